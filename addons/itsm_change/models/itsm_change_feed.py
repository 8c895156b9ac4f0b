import hashlib
import re
import secrets
from datetime import timedelta

from dateutil import tz
from vobject import iCalendar

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import consteq

from ..tools import states
from .itsm_change_calendar import CHANGE, OUTAGE

BYTES = 32
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
# What has been is kept in view for a while, what is far ahead will change anyway.
PAST, AHEAD = timedelta(days=30), timedelta(days=184)
# Writing a thousand takes seconds; of more, the next ones are shown.
MOST = 1000
SCOPES = [("all", "All changes that I may see"), ("mine", "Mine and my teams'")]
# Reading is noted so often at most: programs come every few minutes.
NOTED_EVERY = timedelta(hours=1)
_PRODUCT = "-//ITSM for Odoo//Changes//EN"


class ItsmChangeFeed(models.Model):
    """The private address at which somebody's calendar program reads the changes.

    Whoever knows the address reads what its owner may read, as long as they may. So
    only they see it, and can have another one, or none.
    """

    _name = "itsm.change.feed"
    _description = "Calendar Feed of Changes"
    _inherit = ["itsm.guarded.mixin"]
    _rec_name = "user_id"

    user_id = fields.Many2one(
        "res.users", required=True, readonly=True, ondelete="cascade"
    )
    token = fields.Char(readonly=True, copy=False, export_string_translation=False)
    renewed_at = fields.Datetime("Address Made", readonly=True, copy=False)
    read_at = fields.Datetime("Last Read", readonly=True, copy=False)
    scope = fields.Selection(SCOPES, "Show", required=True, default="all")
    has_windows = fields.Boolean("Freezes and Maintenance Windows", default=True)
    address = fields.Char(compute="_compute_address")

    _user_unique = models.UniqueIndex("(user_id)", "Each user has one calendar feed.")
    _token_unique = models.UniqueIndex("(token) WHERE token IS NOT NULL")

    @api.model
    def _system_fields(self):
        return super()._system_fields() | {"user_id", "token", "renewed_at", "read_at"}

    @api.depends("token")
    def _compute_address(self):
        for feed in self:
            feed.address = feed.token and (
                f"{feed.get_base_url()}/itsm/changes/{feed.token}.ics"
            )

    # ------------------------------------------------------------------
    # Its owner
    # ------------------------------------------------------------------

    @api.model
    def action_mine(self):
        """Open the feed of the current user."""
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Calendar Feed"),
            "res_model": self._name,
            "res_id": self._mine().id,
            "views": [(False, "form")],
            "target": "new",
        }

    @api.model
    def _mine(self):
        """Return the feed of the current user; a new one has no address yet."""
        # sudo: nobody makes feeds for others, so nobody has the right to make any.
        feeds = self.sudo()
        feed = feeds.search([("user_id", "=", self.env.uid)])
        if not feed:
            feed = feeds._as_system().create({"user_id": self.env.uid})
        return self.browse(feed.id)

    def action_renew(self):
        """Make a new address; the old one is not known any more."""
        self._refuse_others()
        for feed in self:
            feed._write_system(
                {
                    "token": secrets.token_urlsafe(BYTES),
                    "renewed_at": fields.Datetime.now(),
                    "read_at": False,
                }
            )
        return self._reopened()

    def action_revoke(self):
        """Have no address any more."""
        self._refuse_others()
        self._write_system({"token": False, "renewed_at": False, "read_at": False})
        return self._reopened()

    def _refuse_others(self):
        """Refuse to handle the addresses of others, also to administrators."""
        self.check_access("write")
        if self.user_id - self.env.user:
            raise AccessError(
                self.env._("Only its owner makes or revokes the address of a feed.")
            )

    def _reopened(self):
        return self[:1].action_mine() if self else True

    # ------------------------------------------------------------------
    # Its readers
    # ------------------------------------------------------------------

    @api.model
    def _by_token(self, token):
        """Return the feed of an address, as its owner; empty if there is none."""
        if not _TOKEN.fullmatch(token or ""):
            return self.browse()
        # sudo: whoever has the address needs no login.
        feed = self.sudo().search([("token", "=", token)], limit=1)
        if not feed or not consteq(feed.token, token):
            return self.browse()
        user = feed.user_id
        if not user.active or not user._is_internal():
            return self.browse()
        mine = feed.with_user(user).with_context(
            allowed_company_ids=user.company_ids.ids, lang=user.lang, tz=user.tz
        )
        if not mine.env["itsm.change.calendar"].has_access("read"):
            return self.browse()
        return mine

    def _note_reading(self):
        """Note that a program has read the feed."""
        self.ensure_one()
        now = fields.Datetime.now()
        if not self.read_at or now - self.read_at > NOTED_EVERY:
            self._write_system({"read_at": now})

    def _rows(self):
        """Return the rows of the calendar that the feed shows, as its owner."""
        self.ensure_one()
        now = fields.Datetime.now()
        domain = Domain("stop", ">=", now - PAST) & Domain("start", "<=", now + AHEAD)
        is_change = Domain("kind", "in", (CHANGE, OUTAGE))
        if not self.has_windows:
            domain &= is_change
        if self.scope == "mine":
            domain &= ~is_change | self._mine_domain()
        Calendar = self.env["itsm.change.calendar"]
        is_over = Domain("stop", "<", now)
        rows = Calendar.search(domain & ~is_over, limit=MOST)
        if len(rows) < MOST:
            rest = MOST - len(rows)
            rows += Calendar.search(domain & is_over, limit=rest, order="start desc")
        # A rule that is added for changes alone holds here too.
        visible = rows.change_id._filtered_access("read")
        return rows.filtered(lambda row: not row.change_id or row.change_id in visible)

    def _mine_domain(self):
        """Return which changes somebody has to do with."""
        user = self.user_id
        return Domain.OR(
            [
                Domain("implementer_id", "=", user.id),
                Domain("team_id.member_ids", "in", user.ids),
                Domain("change_id.coordinator_id", "=", user.id),
                Domain("change_id.requester_id", "=", user.partner_id.id),
            ]
        )

    def _events(self):
        """Return the rows as plain values, from which the calendar is written."""
        labels = {
            name: dict(
                self.env["itsm.change.calendar"]
                ._fields[name]
                ._description_selection(self.env)
            )
            for name in ("kind", "state", "type", "risk")
        }
        base = self.get_base_url()
        database = self.env["ir.config_parameter"].sudo().get_param("database.uuid")
        return [self._event(row, labels, base, database) for row in self._rows()]

    def _event(self, row, labels, base, database):
        record = row.change_id or row.window_id
        said = [
            (self.env._("State"), labels["state"].get(row.state)),
            (self.env._("Type"), labels["type"].get(row.type)),
            (self.env._("Risk"), labels["risk"].get(row.risk)),
            (self.env._("Implementer"), row.implementer_id.name),
        ]
        url = f"{base}/odoo/{record._name}/{record.id}"
        lines = [f"{label}: {value}" for label, value in said if value]
        return {
            "uid": f"{row.id}@{database}",
            "summary": _plain(row.name),
            "start": row.start,
            "stop": max(row.stop, row.start + timedelta(minutes=1)),
            "description": _plain("\n".join([*lines, url])),
            "category": labels["kind"][row.kind],
            "url": url,
            "changed": row.changed,
            "is_decided": row.state
            not in (states.DRAFT, states.ASSESS, states.AUTHORIZE),
            "is_busy": row.kind == CHANGE and row.implementer_id == self.user_id,
        }

    def _etag(self, events):
        """Return what stands for this content, before it is written."""
        text = repr([sorted(event.items()) for event in events])
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def _ical(self, events):
        """Return the content of the feed (RFC 5545)."""
        calendar = iCalendar()
        for name, value in (
            ("prodid", _PRODUCT),
            ("method", "PUBLISH"),
            ("x-wr-calname", self.env._("Changes")),
            ("x-published-ttl", "PT15M"),
        ):
            calendar.add(name).value = value
        refresh = calendar.add("refresh-interval")
        refresh.value = "PT15M"
        refresh.params["VALUE"] = ["DURATION"]
        for event in events:
            self._write_event(calendar.add("vevent"), event)
        return calendar.serialize()

    @api.model
    def _write_event(self, entry, event):
        for name, value in (
            ("uid", event["uid"]),
            ("summary", event["summary"]),
            ("description", event["description"]),
            ("dtstart", _utc(event["start"])),
            ("dtend", _utc(event["stop"])),
            # No moment of reading: what has not changed is the same text.
            ("dtstamp", _utc(event["changed"])),
            ("last-modified", _utc(event["changed"])),
            ("status", "CONFIRMED" if event["is_decided"] else "TENTATIVE"),
            ("transp", "OPAQUE" if event["is_busy"] else "TRANSPARENT"),
            ("url", event["url"]),
        ):
            entry.add(name).value = value
        entry.add("categories").value = [event["category"]]


def _utc(moment):
    """Return a moment with its zone, to the second."""
    return moment.replace(microsecond=0, tzinfo=tz.UTC)


def _plain(text):
    """Return a text without what no calendar can hold: control characters."""
    return "".join(
        char if char == "\n" or char.isprintable() else " "
        for char in (text or "").replace("\r\n", "\n").replace("\r", "\n")
    )
