from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from .group_order import in_order

STATES = [("planned", "Planned"), ("held", "Held"), ("cancelled", "Cancelled")]
PLANNED, HELD, CANCELLED = (key for key, _label in STATES)
# What the calendar shows of a meeting.
_IN_CALENDAR = frozenset({"duration", "location", "name", "partner_ids", "start"})


class ItsmCabMeeting(models.Model):
    """A meeting of a board, from its planning to its minutes.

    What is decided is decided by votes, before or in the meeting; the agenda keeps the
    outcome and what was said. Once it is closed, nothing of it is altered any more.
    """

    _name = "itsm.cab.meeting"
    _description = "Meeting of a Change Advisory Board"
    _inherit = ["itsm.guarded.mixin", "mail.thread"]
    _order = "start desc, id desc"

    name = fields.Char(
        compute="_compute_name", store=True, readonly=False, precompute=True
    )
    cab_id = fields.Many2one(
        "itsm.cab", "Board", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="cab_id.company_id", store=True, index="btree_not_null"
    )
    chair_id = fields.Many2one(
        "res.users",
        compute="_compute_from_board",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('share', '=', False)]",
        tracking=True,
    )
    state = fields.Selection(
        STATES,
        default=PLANNED,
        required=True,
        readonly=True,
        index=True,
        tracking=True,
        group_expand=in_order(STATES),
    )
    start = fields.Datetime(required=True, index=True, tracking=True)
    duration = fields.Float(
        "Hours",
        compute="_compute_from_board",
        store=True,
        readonly=False,
        precompute=True,
    )
    stop = fields.Datetime("Ends", compute="_compute_stop", store=True, precompute=True)
    location = fields.Char(
        "Place",
        compute="_compute_from_board",
        store=True,
        readonly=False,
        precompute=True,
    )
    partner_ids = fields.Many2many(
        "res.partner",
        "itsm_cab_meeting_partner_rel",
        "meeting_id",
        "partner_id",
        "Invited",
        compute="_compute_partner_ids",
        store=True,
        readonly=False,
    )
    present_ids = fields.Many2many(
        "res.partner",
        "itsm_cab_meeting_present_rel",
        "meeting_id",
        "partner_id",
    )
    event_id = fields.Many2one(
        "calendar.event",
        "Calendar Entry",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    agenda_ids = fields.One2many("itsm.cab.agenda", "meeting_id")
    agenda_count = fields.Integer("Changes", compute="_compute_agenda_count")
    note = fields.Html("General Minutes", help="What does not belong to one change.")
    held_at = fields.Datetime("Closed on", readonly=True, copy=False)
    held_by_id = fields.Many2one("res.users", "Closed by", readonly=True, copy=False)
    minutes_sent_at = fields.Datetime(readonly=True, copy=False)

    _duration_positive = models.Constraint(
        "CHECK (duration > 0)", "A meeting takes some time."
    )

    @api.model
    def _system_fields(self):
        return frozenset(
            {"event_id", "held_at", "held_by_id", "minutes_sent_at", "state"}
        )

    @api.depends("cab_id", "start")
    @api.depends_context("lang")
    def _compute_name(self):
        for meeting in self:
            if meeting.cab_id and meeting.start:
                moment = fields.Datetime.context_timestamp(meeting, meeting.start)
                meeting.name = f"{meeting.cab_id.name} {moment:%Y-%m-%d}"

    @api.depends("cab_id")
    def _compute_from_board(self):
        for meeting in self:
            cab = meeting.cab_id
            meeting.chair_id = cab.chair_id
            meeting.duration = cab.duration or 1.0
            meeting.location = cab.location

    @api.depends("cab_id")
    def _compute_partner_ids(self):
        for meeting in self:
            # sudo: who is on the board is known to whoever invites it.
            meeting.partner_ids = meeting.cab_id.sudo()._all_people()

    @api.depends("start", "duration")
    def _compute_stop(self):
        for meeting in self:
            meeting.stop = meeting.start and (
                meeting.start + timedelta(hours=meeting.duration or 1.0)
            )

    @api.depends("agenda_ids")
    def _compute_agenda_count(self):
        for meeting in self:
            meeting.agenda_count = len(meeting.agenda_ids)

    # ------------------------------------------------------------------
    # Guards
    # ------------------------------------------------------------------

    def write(self, vals):
        if not self._is_system() and not set(vals) <= set(
            self.env["mail.thread"]._fields
        ):
            self._refuse_over()
        result = super().write(vals)
        if not _IN_CALENDAR.isdisjoint(vals):
            self._show_in_calendar()
        return result

    def _refuse_over(self):
        """Refuse to alter meetings that are over."""
        over = self.filtered(lambda meeting: meeting.state != PLANNED)[:1]
        if over:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "“%(meeting)s” is “%(state)s”, so it stays as it is.",
                    meeting=over.name,
                    state=labels[over.state],
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_held(self):
        held = self.filtered(lambda meeting: meeting.state == HELD)[:1]
        if held:
            raise UserError(
                self.env._(
                    "“%(meeting)s” was held, so its minutes are kept.",
                    meeting=held.name,
                )
            )

    # ------------------------------------------------------------------
    # Invitation
    # ------------------------------------------------------------------

    def invite(self):
        """Put the meetings into the calendar; it invites those who are to come."""
        self.check_access("write")
        self._refuse_over()
        for meeting in self:
            if not meeting.partner_ids:
                raise UserError(
                    self.env._(
                        "Say who is invited to “%(meeting)s”.", meeting=meeting.name
                    )
                )
            if not meeting.event_id:
                event = self.env["calendar.event"].create(meeting._event_values())
                meeting._write_system({"event_id": event.id})
        return True

    def _event_values(self):
        self.ensure_one()
        return {
            "name": self.name,
            "start": self.start,
            "stop": self.stop,
            "location": self.location,
            "user_id": (self.chair_id or self.env.user).id,
            "partner_ids": [fields.Command.set(self.partner_ids.ids)],
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
        }

    def _show_in_calendar(self):
        """Let the calendar say the same; it tells those who are invited."""
        if self.env.context.get("itsm_cab_from_calendar"):
            return
        for meeting in self.filtered(
            lambda meeting: meeting.event_id and meeting.state == PLANNED
        ):
            values = meeting._event_values()
            values = {
                name: values[name] for name in ("name", "start", "stop", "location")
            }
            # sudo: whoever may plan the meeting may move its entry.
            event = meeting.event_id.sudo().with_context(itsm_cab_to_calendar=True)
            changed = {
                name: value
                for name, value in values.items()
                if (event[name] or False) != (value or False)
            }
            if event.partner_ids != meeting.partner_ids:
                changed["partner_ids"] = [fields.Command.set(meeting.partner_ids.ids)]
            if changed:
                event.write(changed)

    def _follow_calendar(self):
        """Take over what was moved in the calendar."""
        for meeting in self.filtered(lambda meeting: meeting.state == PLANNED):
            event = meeting.event_id
            meeting.with_context(itsm_cab_from_calendar=True).write(
                {
                    "start": event.start,
                    "duration": (event.stop - event.start).total_seconds() / 3600,
                    "location": event.location,
                    "partner_ids": [fields.Command.set(event.partner_ids.ids)],
                }
            )

    def action_invite(self):
        """Send the invitations, from a button."""
        return self.invite()

    def action_open_event(self):
        """Open the entry in the calendar, with the answers of those invited."""
        self.ensure_one()
        return self.event_id._get_records_action()


class CalendarEvent(models.Model):
    """Meetings of boards that somebody moves in the calendar."""

    _inherit = "calendar.event"

    def write(self, vals):
        moved = not {"location", "partner_ids", "start", "stop"}.isdisjoint(vals)
        result = super().write(vals)
        if moved and not self.env.context.get("itsm_cab_to_calendar"):
            # sudo: whoever may move the entry moves the meeting that it is for.
            meetings = self.env["itsm.cab.meeting"].sudo()
            meetings.search([("event_id", "in", self.ids)])._follow_calendar()
        return result
