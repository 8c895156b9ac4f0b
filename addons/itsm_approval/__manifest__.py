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
        # Wizards
        "wizards/itsm_approval_decision_views.xml",
        # Views
        "views/itsm_approval_views.xml",
        "views/itsm_approval_policy_views.xml",
        "views/itsm_approval_delegation_views.xml",
        "views/portal_trail_templates.xml",
        "views/portal_templates.xml",
        "views/portal_approval_templates.xml",
        "views/portal_absence_templates.xml",
        "views/mail_link_templates.xml",
        "views/itsm_menus.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "itsm_approval/static/src/trail/**/*",
            "itsm_approval/static/src/role/**/*",
            "itsm_approval/static/src/systray/**/*",
        ],
        "web.assets_frontend": [
            "itsm_approval/static/src/trail/trail.scss",
            "itsm_approval/static/src/portal/*.scss",
            "itsm_approval/static/src/portal/*.js",
            "itsm_approval/static/src/portal/*.xml",
        ],
        "web.assets_tests": [
            "itsm_approval/static/tests/tours/**/*",
        ],
    },
}
