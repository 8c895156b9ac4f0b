{
    "name": "ITSM Knowledge",
    "summary": "Articles that are written, reviewed, published and found: suggested to "
    "those who ask and to those who answer",
    "version": "19.0.1.0.0",
    "category": "Services/Service Desk",
    "author": "ITSM for Odoo",
    "website": "https://itsm-for-odoo.example",
    "license": "LGPL-3",
    "depends": ["itsm_helpdesk"],
    "data": [
        # Security
        "security/ir.model.access.csv",
        # Data
        # Views
    ],
    "demo": [],
    "assets": {},
    "application": True,
}
