{
    "name": "ITSM Configuration Database",
    "summary": "Configuration items, what depends on what, impact, imports, audits, "
    "addresses and the life of assets",
    "version": "19.0.1.0.0",
    "category": "Services/Service Desk",
    "author": "ITSM for Odoo",
    "website": "https://itsm-for-odoo.example",
    "license": "LGPL-3",
    "depends": ["itsm_helpdesk"],
    "external_dependencies": {"python": ["openpyxl", "xlrd", "xlsxwriter"]},
    "data": [
        # Security
        "security/itsm_cmdb_groups.xml",
        "security/ir.model.access.csv",
        "security/itsm_cmdb_rules.xml",
    ],
    "application": True,
}
