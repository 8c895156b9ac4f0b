{
    "name": "ITSM Dashboards: Assets",
    "summary": "Dashboard of configuration items and assets",
    "version": "19.0.1.0.0",
    "category": "Services/Service Desk",
    "author": "ITSM for Odoo",
    "website": "https://itsm-for-odoo.example",
    "license": "LGPL-3",
    "depends": ["itsm_cmdb", "spreadsheet_dashboard_itsm"],
    "data": ["data/dashboards.xml"],
    "auto_install": True,
}
