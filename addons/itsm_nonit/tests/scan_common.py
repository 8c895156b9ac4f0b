from odoo.fields import Command

from .common import NonitCase


class ScanCase(NonitCase):
    """A room, a car, and what can be wrong with them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Location = cls.env["itsm.location"]
        cls.house = Location.create({"name": "House A", "kind": "building"})
        cls.ward = Location.create(
            {"name": "Ward 3", "code": "A-3", "kind": "room", "parent_id": cls.house.id}
        )
        cls.car = cls.env["itsm.bookable"].create(
            {
                "name": "Blue Car",
                "code": "AB 123",
                "kind": "vehicle",
                "desk_id": cls.desk.id,
                "location_id": cls.house.id,
            }
        )

    @classmethod
    def _kinds(cls, *codes):
        kinds = cls.env["itsm.scan.kind"].search([("code", "in", codes)])
        return [Command.set(kinds.ids)]

    @classmethod
    def _url_of(cls, thing):
        thing._ensure_tokens()
        return f"/itsm/place/{thing.token}"
