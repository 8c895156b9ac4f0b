{
    "name": "ITSM Service Levels",
    "summary": "Working time, service-level clocks and escalation for any record",
    "version": "19.0.1.0.0",
    "category": "Services/Service Desk",
    "author": "ITSM for Odoo",
    "website": "https://itsm-for-odoo.example",
    "license": "LGPL-3",
    "depends": ["mail", "resource"],
    "data": [
        # Security
        "security/itsm_sla_groups.xml",
        "security/ir.model.access.csv",
        "security/itsm_sla_rules.xml",
        # Data
        "data/ir_cron_data.xml",
        "data/itsm_service_class_data.xml",
        # Wizards
        "wizards/itsm_sla_correction_views.xml",
        "wizards/itsm_sla_migration_views.xml",
        "wizards/itsm_sla_remeasure_views.xml",
        # Views
        "views/itsm_service_class_views.xml",
        "views/itsm_sla_escalation_views.xml",
        "views/itsm_sla_policy_views.xml",
        "views/itsm_sla_waiver_views.xml",
        "views/itsm_sla_clock_views.xml",
        "views/res_partner_views.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "itsm_sla/static/src/countdown/**/*",
            "itsm_sla/static/src/timeline/**/*",
        ],
    },
}
