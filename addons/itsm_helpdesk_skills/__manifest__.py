{
    "name": "ITSM Service Desk: Skills",
    "summary": "Skills of the people in teams, skills that tickets need, and who lacks"
    " which",
    "version": "19.0.1.0.0",
    "category": "Services/Service Desk",
    "author": "ITSM for Odoo",
    "website": "https://itsm-for-odoo.example",
    "license": "LGPL-3",
    "depends": ["itsm_helpdesk", "hr_skills"],
    "data": [
        "security/ir.model.access.csv",
        "security/itsm_skill_rules.xml",
        "views/itsm_skill_need_views.xml",
        "views/itsm_service_views.xml",
        "views/itsm_team_views.xml",
        "views/itsm_ticket_views.xml",
    ],
    "demo": ["demo/itsm_skill_demo.xml"],
    "auto_install": True,
}
