from odoo.fields import Command

from .common import CmdbCase

# The smallest picture that PNG allows.
PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    "AABJRU5ErkJggg=="
)


class LifeCase(CmdbCase):
    """Items with a life: laptops in stock, a room, and people who hold things."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Event = cls.env["itsm.ci.event"]
        cls.Line = cls.env["itsm.ci.event.line"]
        cls.class_laptop = cls._class("test_laptop", cls.class_device)
        cls.room = cls.env["itsm.location"].create(
            {"name": "Ward 3", "company_id": cls.company.id}
        )
        cls.laptop = cls._laptop("Laptop One")
        cls.supplier = cls.env["res.partner"].create({"name": "Repairs Ltd"})

    @classmethod
    def _laptop(cls, name, status="in_stock", **vals):
        return cls._ci(name, cls.class_laptop, stage_id=cls.stages[status].id, **vals)

    @classmethod
    def _event(cls, kind, items, user=None, **vals):
        """Return a new event made by the keeper."""
        return cls.Event.with_user(user or cls.keeper).create(
            {
                "kind": kind,
                "company_id": cls.company.id,
                "line_ids": [Command.create({"ci_id": item.id}) for item in items],
                **vals,
            }
        )

    @classmethod
    def _handed_over(cls, items, employee=None, **vals):
        """Return a hand-over that is done."""
        event = cls._event(
            "hand_over",
            items,
            custodian_id=(employee or cls.employee_portal).id,
            **vals,
        )
        event.action_done()
        return event
