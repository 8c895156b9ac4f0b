from datetime import timedelta

from odoo import fields
from odoo.fields import Command

from odoo.addons.itsm_cmdb.tests.impact_common import ImpactCase

from .common import ChangeCase

HOUR = timedelta(hours=1)


class ConflictCase(ChangeCase, ImpactCase):
    """Changes and windows by the hours of one night some weeks ahead."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.night = fields.Datetime.today() + timedelta(days=40)
        cls.Window = cls.env["itsm.change.window"]
        cls.a1, cls.a2, cls.b1, cls.cluster, cls.app = cls._items(
            "A1 A2 B1 Cluster App"
        )

    @classmethod
    def _at(cls, start, end):
        """Return two moments of the night from hours."""
        return cls.night + start * HOUR, cls.night + end * HOUR

    @classmethod
    def _planned(cls, start, end, *items, state="assess", **vals):
        """Return a change at hours of the night, on items, in a state."""
        first, last = cls._at(start, end)
        change = cls._change(
            planned_start=first,
            planned_end=last,
            ci_link_ids=[Command.create({"ci_id": item.id}) for item in items],
            **{"has_outage": True, "implementer_id": False, **vals},
        )
        if state != "draft":
            change._write_system({"state": state})
        return change

    @classmethod
    def _window(cls, first, last, kind="freeze", **vals):
        """Return a window at hours of the night; once, and for everything."""
        start, end = cls._at(first, last)
        return cls.Window.create(
            {
                "name": f"{kind} {first} to {last}",
                "kind": kind,
                "start": start,
                "end": end,
                "tz": "UTC",
                "company_id": cls.company.id,
                **vals,
            }
        )

    @classmethod
    def _delivered(cls, name, *items):
        """Return a service that items deliver."""
        return cls.env["itsm.service"].create(
            {
                "name": name,
                "desk_id": cls.desk.id,
                "ci_ids": [Command.set([item.id for item in items])],
            }
        )

    @classmethod
    def _touch(cls, change, *items, state="down"):
        """Note items that a change touches, where the analysis has not found them."""
        found = change.ci_link_ids.ci_id
        cls.env["itsm.change.ci"].create(
            [
                {
                    "change_id": change.id,
                    "ci_id": item.id,
                    "role": "touched",
                    "state": state,
                }
                for item in items
                if item not in found
            ]
        )

    def _kinds(self, change):
        """Return ``{(kind, severity)}`` of the open conflicts of a change."""
        self._look(change)
        return {(row.kind, row.severity) for row in change.conflict_ids}

    def _look(self, changes):
        """Look at what was marked, as the job does a little later."""
        changes.env["itsm.change"]._refresh_stale(1000)
        changes.invalidate_recordset()
