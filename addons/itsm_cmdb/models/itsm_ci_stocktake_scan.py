from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.image import base64_to_image

from ..tools import scanned

MAX_PHOTO = 8 * 1024 * 1024


class ItsmCiStocktake(models.Model):
    """What a scan does.

    Two counters may scan at once: a line is taken by one statement, and whoever comes
    second is told who was quicker.
    """

    _inherit = "itsm.ci.stocktake"

    # ------------------------------------------------------------------
    # Scanning
    # ------------------------------------------------------------------

    def _check_count(self):
        """Check that the user may count here and now.

        :raise AccessError, UserError: where not
        """
        self.ensure_one()
        self.check_access("read")
        if self.state != "counting":
            raise UserError(
                self.env._("“%s” is not being counted at present.", self.name)
            )
        if not self.may_count:
            raise AccessError(
                self.env._("You are not one of those who count “%s”.", self.name)
            )

    def _scan_room(self, room_id):
        """Return a place that may be counted in.

        :raise UserError: where there is none
        """
        if isinstance(room_id, int) and not isinstance(room_id, bool):
            room = self.env["itsm.location"].search(
                self._room_domain() & Domain("id", "=", room_id)
            )
            if room:
                return room
        raise UserError(self.env._("Say first in which room you are."))

    def scan(self, text, room_id=False, item_id=False, again=False):
        """Take what was scanned or typed; return what it turned out to be.

        :param room_id: where the counter is
        :param item_id: which item is meant, where the text fits several
        :param again: take what was seen already as seen here
        :return: ``kind`` expected, moved, unknown, already, choose or room, with what
            the screen shows
        """
        self._check_count()
        read = scanned.read(text if isinstance(text, str) else "")
        if not (read.token or read.terms):
            raise UserError(self.env._("Nothing was read. Scan once more."))
        items = self._scan_items(read)
        if not items and read.terms:
            room = self.env["itsm.location"].search(
                self._room_domain() & Domain("code", "in", read.terms), limit=1
            )
            if room:
                return {"kind": "room", **self.room_state(room.id)}
        room = self._scan_room(room_id)
        if len(items) > 1:
            items = items.filtered(lambda item: item.id == item_id) or items
        if len(items) > 1:
            return {"kind": "choose", "items": [self._item_data(i) for i in items]}
        if items:
            return self._take_item(items, room, bool(again))
        return self._take_unknown(read.token or read.terms[0], room)

    def _scan_items(self, read):
        """Return the items of the company that a label may mean, by one query."""
        # sudo: what is there is there, also of classes that the counter does not see;
        # archived items are found on shelves as well.
        Item = self.env["itsm.ci"].sudo().with_context(active_test=False)
        domain = Domain("token", "=", read.token)
        if not read.token:
            domain = Domain.OR(
                Domain(name, "in", read.terms)
                for name in ("code", "asset_code", "serial_number")
            )
        return Item.search(
            domain & Domain("company_id", "in", [self.company_id.id, False]), limit=10
        )

    def _item_data(self, item):
        """Return what the screen says of an item; of a hidden one, that it is there."""
        if not item.with_env(self.env).has_access("read"):
            hidden = dict.fromkeys(
                ("code", "class", "serial_number", "location", "custodian"), ""
            )
            return {"id": item.id, "name": item._restricted_name(), **hidden}
        return {
            "id": item.id,
            "name": item.name,
            "code": item.code or "",
            "class": item.class_id.name,
            "serial_number": item.serial_number or "",
            "location": item.location_id.complete_name or "",
            "custodian": item.custodian_id.name or "",
        }

    def _take_item(self, item, room, again):
        """Note that an item was seen in a room."""
        line_id = self._take_line(item, room, again)
        # sudo: lines are written by verbs only.
        line = (
            self.env["itsm.ci.stocktake.line"]
            .sudo()
            .search([("stocktake_id", "=", self.id), ("ci_id", "=", item.id)])
        )
        known = {
            "line_id": line.id,
            "item": self._item_data(item),
            "from": line.expected_location_id.complete_name or ""
            if line.with_env(self.env).has_access("read")
            else "",
            "was_expected": line.expected,
            **self._scan_progress(room),
        }
        if line_id:
            kind = "expected" if line.result == "seen" else "moved"
            return {"kind": kind, **known}
        return {
            "kind": "already",
            "by": line.seen_by_id.name or "",
            "mine": line.seen_by_id == self.env.user,
            "at": fields.Datetime.to_string(line.seen_at),
            "where": line.seen_location_id.complete_name or "",
            "same_room": line.seen_location_id == room,
            **known,
        }

    def _take_line(self, item, room, again):
        """Take the line of an item, in one statement; return its id, or None.

        Whoever comes second waits for the first, and is begun anew by the server.
        """
        values = {
            "stocktake": self.id,
            "item": item.id,
            "room": room.id,
            "path": room.parent_path,
            "uid": self.env.uid,
            "now": fields.Datetime.now(),
        }
        free = SQL("TRUE") if again else SQL("l.result = 'pending'")
        self.env.flush_all()
        taken = self.env.execute_query(
            SQL(
                """
                UPDATE itsm_ci_stocktake_line l
                   SET result = CASE WHEN EXISTS (
                           SELECT 1 FROM itsm_location p
                            WHERE p.id = l.expected_location_id
                              AND p.parent_path LIKE %(path)s || '%%')
                           AND l.expected THEN 'seen' ELSE 'moved' END,
                       seen_location_id = %(room)s, seen_by_id = %(uid)s,
                       seen_at = %(now)s, write_uid = %(uid)s, write_date = %(now)s
                 WHERE l.stocktake_id = %(stocktake)s
                   AND l.ci_id = %(item)s
                   AND %(free)s
             RETURNING l.id
                """,
                free=free,
                **values,
            )
        ) or self.env.execute_query(
            SQL(
                """
                INSERT INTO itsm_ci_stocktake_line
                       (stocktake_id, ci_id, class_id, item_name, item_code, expected,
                        result, expected_location_id, expected_custodian_id,
                        expected_status, seen_location_id, seen_by_id, seen_at,
                        create_uid, create_date, write_uid, write_date)
                SELECT %(stocktake)s, ci.id, ci.class_id, ci.name, ci.code, FALSE,
                       'moved', ci.location_id, ci.custodian_id, ci.status, %(room)s,
                       %(uid)s, %(now)s, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM itsm_ci ci
                 WHERE ci.id = %(item)s
                    ON CONFLICT DO NOTHING
             RETURNING id
                """,
                **values,
            )
        )
        self.env["itsm.ci.stocktake.line"].invalidate_model()
        return taken[0][0] if taken else None

    def _take_unknown(self, code, room):
        """Note a label that belongs to no item."""
        now = fields.Datetime.now()
        self.env.flush_all()
        taken = self.env.execute_query(
            SQL(
                """
                INSERT INTO itsm_ci_stocktake_line
                       (stocktake_id, code_read, item_name, expected, result,
                        new_code_kind, seen_location_id, seen_by_id, seen_at,
                        create_uid, create_date, write_uid, write_date)
                VALUES (%(stocktake)s, %(code)s, %(code)s, FALSE, 'unknown',
                        'asset_code', %(room)s, %(uid)s, %(now)s,
                        %(uid)s, %(now)s, %(uid)s, %(now)s)
                    ON CONFLICT DO NOTHING
             RETURNING id
                """,
                stocktake=self.id,
                code=code,
                room=room.id,
                uid=self.env.uid,
                now=now,
            )
        )
        self.env["itsm.ci.stocktake.line"].invalidate_model()
        # sudo: lines are written by verbs only.
        line = (
            self.env["itsm.ci.stocktake.line"]
            .sudo()
            .search(
                [
                    ("stocktake_id", "=", self.id),
                    ("result", "=", "unknown"),
                    ("code_read", "=", code),
                ]
            )
        )
        return {
            "kind": "unknown" if taken else "already",
            "line_id": line.id,
            "code": code,
            "by": line.seen_by_id.name or "",
            "mine": line.seen_by_id == self.env.user,
            "where": line.seen_location_id.complete_name or "",
            "same_room": line.seen_location_id == room,
            **self._scan_progress(room),
        }

    def undo_scan(self, line_id, room_id=False):
        """Take back a scan of the user's own.

        :raise UserError: where it is none
        """
        self._check_count()
        line = self._own_line(line_id)
        if line.expected:
            line.write(
                {
                    "result": "pending",
                    "seen_at": False,
                    "seen_by_id": False,
                    "seen_location_id": False,
                }
            )
        else:
            line.unlink()
        room = self._scan_room(room_id) if room_id else None
        return self._scan_progress(room)

    def note_scan(self, line_id, note=None, photo=None):
        """Keep a note or a photo (base64) with a scan of the user's own.

        :raise UserError: for what is no picture, or is too large
        """
        self._check_count()
        line = self._own_line(line_id)
        values = {}
        if note is not None:
            values["note"] = str(note)[:500]
        if photo:
            if not isinstance(photo, str) or len(photo) > MAX_PHOTO * 4 // 3:
                raise UserError(self.env._("The photo is larger than 8 MB."))
            base64_to_image(photo)  # refuses what is no picture
            values["image"] = photo
        line.write(values)
        return True

    def _own_line(self, line_id):
        line = self.env["itsm.ci.stocktake.line"].browse()
        if isinstance(line_id, int):
            # sudo: lines are written by verbs only; it is the user's own.
            line = line.sudo().search(
                [
                    ("id", "=", line_id),
                    ("stocktake_id", "=", self.id),
                    ("seen_by_id", "=", self.env.uid),
                ]
            )
        if not line:
            raise UserError(
                self.env._("This is no scan of yours; only its counter takes it back.")
            )
        return line
