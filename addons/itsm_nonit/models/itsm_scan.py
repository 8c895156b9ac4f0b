"""Places and things that carry a QR label, by which staff say what is wrong."""

from odoo import fields, models

_PATH = "/itsm/place/"


class ItsmLocation(models.Model):
    """A place with a label at its door."""

    _name = "itsm.location"
    _inherit = ["itsm.location", "itsm.labelled.mixin"]

    _label_path = _PATH

    token = fields.Char(
        readonly=True,
        copy=False,
        groups="itsm_helpdesk.group_itsm_agent",
        help="Stands in the link of the printed label.",
    )

    _token_unique = models.UniqueIndex("(token) WHERE token IS NOT NULL")

    def _label_facts(self):
        self.ensure_one()
        return {
            "code": self.code or "",
            "name": self.name,
            "lines": [
                *filter(None, [self.parent_id.complete_name]),
                self.env._("Scan to report a fault"),
            ],
        }

    def _scan_facts(self):
        """Return where somebody stands who scanned the label, as plain values."""
        self.ensure_one()
        return {
            "name": self.name,
            "code": self.code or "",
            "where": self.parent_id.complete_name or "",
            "kind": self.kind,
            "icon": "fa-map-marker",
        }

    def _scan_place(self):
        """Return the place that a report is about."""
        return self


class ItsmBookable(models.Model):
    """A room, vehicle or piece of equipment with a label on it."""

    _name = "itsm.bookable"
    _inherit = ["itsm.bookable", "itsm.labelled.mixin"]

    _label_path = _PATH

    def _label_facts(self):
        self.ensure_one()
        return {
            "code": self.code or "",
            "name": self.name,
            "lines": [
                *filter(None, [self.location_id.complete_name]),
                self.env._("Scan to report a fault"),
            ],
        }

    def _scan_facts(self):
        """Return what somebody holds who scanned the label, as plain values."""
        self.ensure_one()
        icons = {"room": "fa-building-o", "vehicle": "fa-car", "equipment": "fa-cube"}
        return {
            "name": self.name,
            "code": self.code or "",
            "where": self.location_id.complete_name or "",
            "kind": self.kind,
            "icon": icons[self.kind],
        }

    def _scan_place(self):
        """Return the place that a report is about: where the thing is."""
        return self.location_id
