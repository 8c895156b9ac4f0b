"""Writes the staff of the hospital into a database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .copies import new_ids, write_copies
from .organisation import Person

# People appear at once, without mails, invitations and pictures of their initials.
QUIET = {
    "mail_auto_subscribe_no_notify": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "no_reset_password": True,
    "tracking_disable": True,
}


def load_people(
    env, people: Sequence[Person], departments: Mapping, jobs: Mapping
) -> dict:
    """Write employees with their contacts; return ``{login of the plan: employee}``.

    Odoo writes each new employee several times and alone, which takes half a minute
    for all. So it makes the first one, and the others are copies of that.
    """
    partners = _partners(env, people)
    first = _first(env, people[0], partners[0], departments, jobs)
    ids = _copies(env, first, people[1:], partners[1:], departments, jobs)
    employees = first.browse([first.id, *ids])
    return dict(zip((person.login for person in people), employees, strict=True))


def _partners(env, people):
    return (
        env["res.partner"]
        .with_context(**QUIET)
        .create(
            [
                {
                    "name": person.name,
                    "email": f"{person.login}@hospital.example",
                    "phone": person.phone,
                    "function": person.job[person.language],
                    "lang": person.language,
                    "image_1920": False,
                }
                for person in people
            ]
        )
    )


def _first(env, person, partner, departments, jobs):
    # Odoo draws a face for who may change views; the others need none either.
    clerk = env.ref("itsm_helpdesk.demo_user_manager")
    return (
        env["hr.employee"]
        .with_user(clerk)
        .sudo()
        .with_context(**QUIET)
        .create(
            {
                "name": person.name,
                "work_contact_id": partner.id,
                "work_email": partner.email,
                "work_phone": person.phone,
                **_work(person, departments, jobs),
            }
        )
        .with_env(env)
    )


def _work(person, departments, jobs) -> dict:
    return {
        "department_id": departments[person.department].id,
        "job_id": jobs[person.job["en_US"]].id,
        "job_title": person.job[person.language],
    }


def _copies(env, first, people, partners, departments, jobs) -> list[int]:
    """Write employees, their resources and versions; return the employees' ids."""
    resources, employees, versions = [], [], []
    models = ("resource.resource", "hr.employee", "hr.version")
    ids = zip(*(new_ids(env, model, len(people)) for model in models), strict=True)
    for person, partner, (resource_id, employee_id, version_id) in zip(
        people, partners, ids, strict=True
    ):
        resources.append({"id": resource_id, "name": person.name})
        employees.append(
            {
                "id": employee_id,
                "resource_id": resource_id,
                "work_contact_id": partner.id,
                "name": person.name,
                "legal_name": person.name,
                "work_email": partner.email,
                "work_phone": person.phone,
            }
        )
        versions.append(
            {
                "id": version_id,
                "employee_id": employee_id,
                "is_custom_job_title": person.job[person.language]
                != person.job["en_US"],
                **_work(person, departments, jobs),
            }
        )
    write_copies(first.resource_id, resources)
    write_copies(first, employees)
    write_copies(first.version_id, versions)
    made = [row["id"] for row in employees]
    env.cr.execute(
        "UPDATE hr_employee AS of SET current_version_id = version.id"
        " FROM hr_version AS version"
        " WHERE version.employee_id = of.id AND of.id = ANY(%s)",
        [made],
    )
    env.invalidate_all()
    return made
