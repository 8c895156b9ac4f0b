from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

PENDING_SHOWN = 100
ROOMS_SHOWN = 30


class ItsmCiStocktake(models.Model):
    """What the counting screen shows: rooms, what is expected there, progress."""

    _inherit = "itsm.ci.stocktake"

    def scan_state(self):
        """Return what the screen shows when it is opened."""
        self.ensure_one()
        self.check_access("read")
        return {
            "id": self.id,
            "name": self.name,
            "state": self.state,
            "may_count": self.may_count,
            "rooms": self.find_rooms(""),
            **self._scan_progress(),
        }

    def find_rooms(self, term):
        """Return places to count in whose name or code has ``term``.

        Without a term those come first in which something is still expected.
        """
        self.ensure_one()
        self.check_access("read")
        Location = self.env["itsm.location"]
        domain = self._room_domain()
        term = term.strip() if isinstance(term, str) else ""
        if term:
            domain &= Domain("complete_name", "ilike", term) | Domain(
                "code", "ilike", term
            )
            rooms = Location.search(domain, limit=ROOMS_SHOWN)
        else:
            waiting = self.env["itsm.ci.stocktake.line"]._read_group(
                [
                    ("stocktake_id", "=", self.id),
                    ("result", "=", "pending"),
                    ("expected_location_id", "!=", False),
                ],
                ["expected_location_id"],
                order="expected_location_id",
                limit=ROOMS_SHOWN,
            )
            rooms = Location.browse([room.id for (room,) in waiting])
        return [self._room_data(room) for room in rooms]

    def _room_domain(self):
        """Return the places of the company; one may also find things elsewhere."""
        return Domain("company_id", "in", [self.company_id.id, False])

    def _room_data(self, room):
        return {"id": room.id, "name": room.complete_name, "code": room.code or ""}

    def room_state(self, room_id):
        """Return what is still expected in a room, and how far it is."""
        self.ensure_one()
        self.check_access("read")
        room = self._scan_room(room_id)
        lines = self.env["itsm.ci.stocktake.line"].search_fetch(
            [
                ("stocktake_id", "=", self.id),
                ("expected_location_id", "child_of", room.id),
                ("result", "=", "pending"),
            ],
            ["item_name", "item_code", "expected_custodian_id"],
            limit=PENDING_SHOWN,
        )
        return {
            "room": self._room_data(room),
            "pending": [
                {
                    "id": line.id,
                    "name": line.item_name,
                    "code": line.item_code or "",
                    # sudo: the name of who has it, for people without HR rights.
                    "custodian": line.sudo().expected_custodian_id.name or "",
                }
                for line in lines
            ],
            **self._scan_progress(room),
        }

    def _scan_progress(self, room=None):
        """Return how many are done of all, and of those expected in a room."""
        path = f"{room.parent_path}%" if room else ""
        self.env["itsm.ci.stocktake.line"].flush_model()
        done, total, room_done, room_total, extra = self.env.execute_query(
            SQL(
                """
                SELECT COUNT(*) FILTER (WHERE l.expected AND l.result != 'pending'),
                       COUNT(*) FILTER (WHERE l.expected),
                       COUNT(*) FILTER (WHERE l.expected AND l.result != 'pending'
                                          AND p.parent_path LIKE %(path)s),
                       COUNT(*) FILTER (WHERE l.expected
                                          AND p.parent_path LIKE %(path)s),
                       COUNT(*) FILTER (WHERE NOT l.expected)
                  FROM itsm_ci_stocktake_line l
             LEFT JOIN itsm_location p ON p.id = l.expected_location_id
                 WHERE l.stocktake_id = %(stocktake)s
                """,
                path=path,
                stocktake=self.id,
            )
        )[0]
        return {
            "done": done,
            "total": total,
            "room_done": room_done,
            "room_total": room_total,
            "extra": extra,
        }
