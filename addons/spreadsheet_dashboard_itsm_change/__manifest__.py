{
    "name": "ITSM Dashboards: Changes",
    "summary": "Dashboard of changes: what comes, and what came of it",
    "version": "19.0.1.0.0",
    "category": "Services/Service Desk",
    "author": "ITSM for Odoo",
    "website": "https://itsm-for-odoo.example",
    "license": "LGPL-3",
    "depends": ["itsm_change", "spreadsheet_dashboard_itsm"],
    "data": ["data/dashboards.xml"],
    "auto_install": True,
}
