from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools import conflicts, states
from .itsm_change import RISKS, STATES, TYPES

CHANGE, OUTAGE, FREEZE, MAINTENANCE = "change", "outage", "freeze", "maintenance"
KINDS = [
    (CHANGE, "Changes"),
    (OUTAGE, "Outages"),
    (FREEZE, "Freezes"),
    (MAINTENANCE, "Maintenance Windows"),
]
# A change begun late has no end yet: it is drawn with this length at least.
_START = "COALESCE({0}.actual_start, {0}.planned_start)"
_STOP = (
    "COALESCE({0}.actual_end, GREATEST({0}.planned_end,"
    " {0}.actual_start + interval '15 minutes'))"
)
_OUTAGE = """({0}.outage_start IS NOT NULL AND {0}.outage_end IS NOT NULL
              AND {0}.outage_start < {0}.outage_end)"""
_VIEW = f"""
    CREATE VIEW itsm_change_calendar AS
    SELECT change.id::bigint * 4 AS id, 'change' AS kind,
           {_START.format("change")} AS start, {_STOP.format("change")} AS stop,
           change.id AS change_id, NULL::integer AS window_id,
           change.number, change.name AS subject, change.state, change.type,
           change.risk, change.conflict_state, change.implementer_id, change.team_id,
           change.company_id, 4 AS color,
           change.state IN ('draft', 'assess', 'authorize') AS is_hatched,
           change.write_date AS changed
      FROM itsm_change AS change
     WHERE change.active AND change.state != 'cancelled'
       AND {_START.format("change")} IS NOT NULL
       AND {_STOP.format("change")} IS NOT NULL
    UNION ALL
    SELECT change.id::bigint * 4 + 1, 'outage',
           CASE WHEN {_OUTAGE.format("change")} THEN change.outage_start
                ELSE {_START.format("change")} END,
           CASE WHEN {_OUTAGE.format("change")} THEN change.outage_end
                ELSE {_STOP.format("change")} END,
           change.id, NULL, change.number, change.name, change.state, change.type,
           change.risk, change.conflict_state, change.implementer_id, change.team_id,
           change.company_id, 1,
           change.state IN ('draft', 'assess', 'authorize'), change.write_date
      FROM itsm_change AS change
     WHERE change.active AND change.has_outage AND change.state != 'cancelled'
       AND {_START.format("change")} IS NOT NULL
       AND {_STOP.format("change")} IS NOT NULL
    UNION ALL
    SELECT occurrence.id::bigint * 4 + 2, "window".kind,
           occurrence.start, occurrence."end", NULL, "window".id,
           NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, "window".company_id,
           CASE WHEN "window".kind = 'freeze' THEN 5 ELSE 10 END, FALSE,
           GREATEST("window".write_date, occurrence.write_date)
      FROM itsm_change_window_occurrence AS occurrence
      JOIN itsm_change_window AS "window" ON "window".id = occurrence.window_id
     WHERE "window".active
"""


class ItsmChangeCalendar(models.Model):
    """What the calendar of changes shows: one row for each stretch of time.

    A change is there with its window and, if something does not work meanwhile, with
    its outage; each freeze and maintenance window with each of its times. A change that
    was made stands where it really was made.
    """

    _name = "itsm.change.calendar"
    _description = "Calendar of Changes"
    _auto = False
    _order = "start, id"
    _depends = {
        "itsm.change": [
            "active",
            "actual_end",
            "actual_start",
            "company_id",
            "conflict_state",
            "has_outage",
            "implementer_id",
            "name",
            "number",
            "outage_end",
            "outage_start",
            "planned_end",
            "planned_start",
            "risk",
            "state",
            "team_id",
            "type",
            "write_date",
        ],
        "itsm.change.window": ["active", "company_id", "kind", "write_date"],
        "itsm.change.window.occurrence": ["end", "start", "window_id"],
    }

    kind = fields.Selection(KINDS, "Show", readonly=True)
    name = fields.Char("What", compute="_compute_name", search="_search_name")
    start = fields.Datetime("Begin", readonly=True)
    stop = fields.Datetime("End", readonly=True)
    change_id = fields.Many2one("itsm.change", readonly=True)
    window_id = fields.Many2one("itsm.change.window", readonly=True)
    # Read with the row: a month of names must not fetch a month of changes.
    number = fields.Char(readonly=True)
    subject = fields.Char(readonly=True)
    state = fields.Selection(STATES, readonly=True)
    type = fields.Selection(TYPES, readonly=True)
    risk = fields.Selection(RISKS, readonly=True)
    conflict_state = fields.Selection(
        [("none", "None"), ("inform", "Hint"), ("warn", "Warning"), ("block", "Block")],
        "Conflict",
        readonly=True,
    )
    implementer_id = fields.Many2one("res.users", readonly=True)
    team_id = fields.Many2one("itsm.team", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    color = fields.Integer(readonly=True, aggregator=None)
    is_hatched = fields.Boolean("Not Decided Yet", readonly=True)
    changed = fields.Datetime("Last Changed", readonly=True)

    def init(self):
        """Make the view. An id is made of the row it shows, so it stays the same."""
        tools.drop_view_if_exists(self.env.cr, self._table)
        self.env.cr.execute(_VIEW)

    @api.depends_context("lang")
    @api.depends("kind", "number", "subject", "window_id.name")
    def _compute_name(self):
        for row in self:
            name = " ".join(filter(None, (row.number, row.subject)))
            if row.kind == OUTAGE:
                name = self.env._("Outage: %(change)s", change=name)
            row.name = row.window_id.name if row.window_id else name

    @api.model
    def _search_name(self, operator, value):
        if operator not in ("ilike", "=ilike", "like", "=like", "in", "="):
            return NotImplemented
        return Domain.OR(
            Domain(name, operator, value)
            for name in ("number", "subject", "window_id.name")
        )

    @api.depends("name")
    def _compute_display_name(self):
        for row in self:
            row.display_name = row.name

    # ------------------------------------------------------------------
    # What can be done with a row
    # ------------------------------------------------------------------

    def action_open(self):
        """Open the change, or the window."""
        self.ensure_one()
        self._refuse_gone()
        record = self.change_id or self.window_id
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }

    def move(self, start, stop):
        """Give a change another time, as when it is dragged on the calendar.

        :param start: moment, also as text (UTC)
        :return: sentences about what follows from it
        """
        self.ensure_one()
        self._refuse_gone()
        if self.kind != CHANGE:
            raise UserError(self._why_fixed())
        start, stop = self._moment(start), self._moment(stop)
        change = self.change_id
        state = change.state
        change._move_to(start, stop)
        told = [
            each["text"]
            for each in change._slot_problems([(start, stop)])[0]
            if each["severity"] != conflicts.INFORM
        ]
        if state == states.SCHEDULED and change.state != state:
            told.append(
                self.env._(
                    "%(change)s has to be approved again for its new time.",
                    change=change.display_name,
                )
            )
        return told

    def _refuse_gone(self):
        """Refuse a row whose change was cancelled or deleted in the meantime."""
        if not self.exists():
            raise UserError(
                self.env._("This is not on the calendar any more. Load the page again.")
            )

    def _why_fixed(self):
        """Return why a row cannot be dragged."""
        if self.kind == OUTAGE:
            return self.env._(
                "The outage of %(change)s moves with the change. Drag the change, or "
                "open it to set other hours for the outage.",
                change=self.change_id.display_name,
            )
        return self.env._(
            "“%(window)s” is a freeze or a maintenance window. Open it to give it "
            "other times.",
            window=self.window_id.name,
        )

    @api.model
    def _moment(self, value):
        """Return a moment that a client sent."""
        try:
            moment = fields.Datetime.to_datetime(value)
        except (TypeError, ValueError):
            moment = None
        if not moment or getattr(moment, "tzinfo", None):
            raise UserError(
                self.env._("“%(value)s” is not a date with a time.", value=value)
            )
        return moment
