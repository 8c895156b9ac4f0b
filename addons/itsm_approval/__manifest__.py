{
    "name": "ITSM Approvals",
    "summary": "Ordered approval steps, quorum and delegation for any record",
    "version": "19.0.1.0.0",
    "category": "Services/Service Desk",
    "author": "ITSM for Odoo",
    "website": "https://itsm-for-odoo.example",
    "license": "LGPL-3",
    "depends": ["hr", "mail", "portal"],
    "data": [
        # Security
        "security/itsm_approval_groups.xml",
        "security/ir.model.access.csv",
        "security/itsm_approval_rules.xml",
        # Data
        "data/ir_cron_data.xml",
        "data/mail_template_data.xml",
    ],
}
