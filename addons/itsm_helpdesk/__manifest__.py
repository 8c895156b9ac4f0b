{
    "name": "ITSM Service Desk",
    "summary": "Service desk for IT, facilities and administration: tickets, teams, "
    "portal, mail, import",
    "version": "19.0.1.0.0",
    "category": "Services/Service Desk",
    "author": "ITSM for Odoo",
    "website": "https://itsm-for-odoo.example",
    "license": "LGPL-3",
    "depends": ["mail", "portal", "hr", "resource"],
    "external_dependencies": {"python": ["openpyxl", "xlrd", "xlsxwriter"]},
    "data": [
        # Security
        "security/itsm_groups.xml",
        "security/ir.model.access.csv",
        "security/itsm_rules.xml",
        # Data
        "data/ir_sequence_data.xml",
        "data/mail_message_subtype_data.xml",
        "data/mail_template_data.xml",
        "data/itsm_stage_data.xml",
        "data/itsm_priority_rule_data.xml",
        "data/itsm_channel_data.xml",
        "data/itsm_pending_reason_data.xml",
        "data/itsm_code_data.xml",
        "data/itsm_desk_data.xml",
        "data/ir_cron_data.xml",
        "data/itsm_import_profile_data.xml",
        # Wizards
        "wizards/itsm_ticket_action_views.xml",
        # Views
        "views/itsm_ticket_views.xml",
        "views/itsm_ticket_kanban.xml",
        "views/itsm_ticket_reports.xml",
        "views/itsm_task_views.xml",
        "views/itsm_team_views.xml",
        "views/itsm_desk_views.xml",
        "views/itsm_configuration_views.xml",
        "views/itsm_import_views.xml",
        "views/res_partner_views.xml",
        "views/portal_templates.xml",
        "views/portal_ticket_templates.xml",
        "views/portal_new_templates.xml",
        "views/itsm_menus.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "itsm_helpdesk/static/src/import/**/*",
            "itsm_helpdesk/static/src/presence/**/*",
            "itsm_helpdesk/static/src/matrix/**/*",
            "itsm_helpdesk/static/src/kanban/**/*",
        ],
        "web.assets_frontend": [
            "itsm_helpdesk/static/src/portal/*.*",
        ],
        "web.assets_tests": [
            "itsm_helpdesk/static/tests/tours/**/*",
        ],
    },
    "demo": [
        "demo/hr_demo.xml",
        "demo/itsm_desk_demo.xml",
        "demo/itsm_ticket_closed_demo.xml",
        "demo/itsm_ticket_running_demo.xml",
        "demo/itsm_ticket_fresh_demo.xml",
        "demo/itsm_task_demo.xml",
    ],
    "application": True,
}
