{
    "name": "ITSM Dashboards: Service Desk",
    "summary": "Dashboards of the service desk: today, service levels, workload,"
    " satisfaction",
    "version": "19.0.1.0.0",
    "category": "Services/Service Desk",
    "author": "ITSM for Odoo",
    "website": "https://itsm-for-odoo.example",
    "license": "LGPL-3",
    "depends": ["itsm_helpdesk", "spreadsheet_dashboard"],
    "data": ["data/dashboards.xml"],
    "auto_install": True,
}
