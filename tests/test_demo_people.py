"""The demo's staff, of whom all but one are copied, are as Odoo would make them."""

import json

from dev.paths import ROOT

SCRIPT = """
import json, sys
sys.path.insert(0, {root!r})
from dev.hospital.load_people import load_people
from dev.hospital.organisation import Person
clerk = "demo_user_manager"
if not env.ref("itsm_helpdesk." + clerk, raise_if_not_found=False):
    user = env["res.users"].create({{"name": clerk, "login": clerk}})
    env["ir.model.data"].create({{"module": "itsm_helpdesk", "name": clerk,
        "model": "res.users", "res_id": user.id}})
jobs = {{name: env["hr.job"].create({{"name": name}}) for name in ("Nurse", "Cook")}}
wards = {{name: env["hr.department"].create({{"name": name}}) for name in ("A", "B")}}
plan = [("Ann", "A", "Nurse"), ("Ben", "B", "Cook"), ("Cem", "A", "Cook")]
people = [
    Person(name=name, login=name.lower(), department=ward, phone=str(n), is_head=False,
        job={{"en_US": job, "zh_CN": job}}, language="en_US")
    for n, (name, ward, job) in enumerate(plan)
]
found = list(load_people(env, people, wards, jobs).values())
made = env["hr.employee"].create({{
    "name": "Dan", "department_id": wards["A"].id, "job_id": jobs["Cook"].id,
}})
found[1].job_id = jobs["Nurse"]
env.flush_all()
env.invalidate_all()
print(json.dumps({{
    "facts": [
        [e.name, e.resource_id.name, e.work_contact_id.email, e.department_id.name,
         e.job_id.name, e.version_id.employee_id.id == e.id, len(e.version_ids)]
        for e in found
    ],
    "searched": env["hr.employee"].search([("job_id", "=", jobs["Cook"].id)]).mapped(
        "name"),
    "alike": [
        name for name in ("active", "company_id", "employee_type", "tz")
        if found[2][name] == made[name]
    ],
}}))
"""


def test_copied_employees_stand_on_their_own(live_server):
    """What one of them gets later is not the others', and searches find them."""
    answer = live_server.shell(SCRIPT.format(root=str(ROOT)))
    told = json.loads(answer.strip().splitlines()[-1])
    assert told["facts"] == [
        ["Ann", "Ann", "ann@hospital.example", "A", "Nurse", True, 1],
        ["Ben", "Ben", "ben@hospital.example", "B", "Nurse", True, 1],
        ["Cem", "Cem", "cem@hospital.example", "A", "Cook", True, 1],
    ]
    assert sorted(told["searched"]) == ["Cem", "Dan"]
    assert len(told["alike"]) == 4
