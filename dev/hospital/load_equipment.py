"""Writes the hospital's configuration items and relations into a database."""

from __future__ import annotations

from .equipment import Equipment
from .load_organisation import QUIET, Loaded

# What has no place in a house.
_NOWHERE = ("Application", "Database", "Virtual Machine", "Licence", "Certificate")


def load_equipment(env, equipment: Equipment, loaded: Loaded) -> None:
    """Write the items, then what joins them to each other and to those there."""
    Item = env["itsm.ci"].with_context(**QUIET)
    classes = {
        each.name: each.id
        for each in env["itsm.ci.class"].with_context(lang="en_US").search([])
    }
    data_room = env.ref("itsm_helpdesk.demo_location_central_b_data")
    Item.create([_values(item, classes, loaded, data_room) for item in equipment.items])
    ids = {item.name: item.id for item in Item.search([])}
    types = {each.code: each.id for each in env["itsm.ci.relation.type"].search([])}
    env["itsm.ci.relation"].create(
        [
            {
                "source_id": ids[relation.source],
                "type_id": types[relation.kind],
                "target_id": ids[relation.target],
            }
            for relation in equipment.relations
        ]
    )


def _values(item, classes, loaded, data_room) -> dict:
    place = loaded.floors[item.place] if item.place else data_room
    people = {
        field: loaded.employees[login].id
        for field, login in (("custodian_id", item.holder), ("owner_id", item.keeper))
        if login
    }
    values = {
        "name": item.name,
        "class_id": classes[item.kind],
        "criticality": item.criticality,
        "environment": "production",
        "department_id": loaded.departments[
            item.department or "Information Technology"
        ].id,
        "attributes": dict(item.attributes),
        **people,
    }
    if item.kind not in _NOWHERE:
        values["location_id"] = place.id
    if item.serial_number:
        values |= {
            "serial_number": item.serial_number,
            "purchase_date": item.bought,
            "purchase_value": item.price,
            "warranty_end": item.bought.replace(year=item.bought.year + 3, day=1),
        }
    return values
