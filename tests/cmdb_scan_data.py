"""People and items for ``test_browser_cmdb_scan.py``.

Runs in an Odoo shell of the live server's database: ``make(env)``.
"""

from people_data import make_people

PEOPLE = [
    ("scan-nurse", "Nina Nurse", "base.group_portal"),
    ("scan-engineer", "Ed Engineer", "itsm_cmdb.group_cmdb_engineer"),
]


def make(env):
    """Make a nurse with a portal login, and laptops: in stock, and one that is hers."""
    nurse = make_people(env, PEOPLE)["scan-nurse"]
    employee = env["hr.employee"].create(
        {"name": nurse.name, "work_contact_id": nurse.partner_id.id}
    )
    env["itsm.desk"].search([]).portal_published = False
    env.ref("itsm_helpdesk.team_it_line1").desk_id.portal_published = True
    ward = env["itsm.location"].create({"name": "Ward Seven"})
    item_class = env["itsm.ci.class"].search([("code", "=", "laptop")])
    items = env["itsm.ci"].create(
        [
            {
                "name": f"Scan laptop {number}",
                "class_id": item_class.id,
                "status": "in_stock",
                "location_id": ward.id,
            }
            for number in range(3)
        ]
    )
    items._ensure_tokens()
    hand_over = env["itsm.ci.event"].create(
        {
            "kind": "hand_over",
            "custodian_id": employee.id,
            "line_ids": [(0, 0, {"ci_id": item.id}) for item in items[:2]],
        }
    )
    hand_over.action_done()
    env.cr.commit()
