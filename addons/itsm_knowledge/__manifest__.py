{
    "name": "ITSM Knowledge",
    "summary": "Articles that are written, reviewed, published and found: suggested to "
    "those who ask and to those who answer",
    "version": "19.0.1.1.0",
    "category": "Services/Service Desk",
    "author": "ITSM for Odoo",
    "website": "https://itsm-for-odoo.example",
    "license": "LGPL-3",
    "depends": ["itsm_helpdesk"],
    "data": [
        # Security
        "security/ir.model.access.csv",
        "security/itsm_knowledge_rules.xml",
        "security/itsm_article_find_rules.xml",
        # Data
        "data/itsm_role_data.xml",
        "data/itsm_article_find_data.xml",
        "data/itsm_article_data.xml",
        "data/ir_cron_data.xml",
        # Views
        "views/itsm_article_templates.xml",
        "wizards/itsm_article_action_views.xml",
        "views/itsm_article_views.xml",
        "views/itsm_article_part_views.xml",
        "views/itsm_ticket_article_views.xml",
        "views/itsm_menus.xml",
        "views/itsm_article_gap_views.xml",
        "views/portal_knowledge_templates.xml",
        "views/itsm_ticket_known_answers_views.xml",
    ],
    "demo": [
        "demo/itsm_article_demo.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "itsm_knowledge/static/src/ticket/**/*",
        ],
        "web.assets_frontend": [
            "itsm_knowledge/static/src/portal/*.*",
        ],
    },
    "application": True,
}
