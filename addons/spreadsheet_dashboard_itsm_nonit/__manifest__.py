{
    "name": "ITSM Dashboards: Desks Beyond IT",
    "summary": "Dashboard of logistics, facilities, administration and other desks",
    "version": "19.0.1.0.0",
    "category": "Services/Service Desk",
    "author": "ITSM for Odoo",
    "website": "https://itsm-for-odoo.example",
    "license": "LGPL-3",
    "depends": ["itsm_nonit", "spreadsheet_dashboard_itsm"],
    "data": ["data/dashboards.xml", "views/itsm_desk_views.xml"],
    "post_init_hook": "post_init_hook",
    "auto_install": True,
}
