{
    "name": "ITSM Service Desk: Surveys",
    "summary": "Surveys for a period among those who asked a desk, beside the ratings",
    "version": "19.0.1.0.0",
    "category": "Services/Service Desk",
    "author": "ITSM for Odoo",
    "website": "https://itsm-for-odoo.example",
    "license": "LGPL-3",
    "depends": ["itsm_helpdesk", "survey"],
    "data": [
        "security/ir.model.access.csv",
        "security/itsm_survey_round_rules.xml",
        "data/mail_template_data.xml",
        "views/itsm_survey_round_views.xml",
    ],
    "auto_install": True,
}
