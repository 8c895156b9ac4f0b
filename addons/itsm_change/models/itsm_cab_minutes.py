from datetime import timedelta

from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime, format_list

from ..tools import states
from .itsm_cab_meeting import CANCELLED, HELD, PLANNED

_BY_VOTES = {"granted": "approved", "refused": "rejected"}


class ItsmCabMeeting(models.Model):
    """The end of a meeting: outcomes, minutes, and what moves to the next one."""

    _inherit = "itsm.cab.meeting"

    def close(self):
        """End the meetings: note the outcomes, and move what was not treated."""
        self.check_access("write")
        self._refuse_over()
        for meeting in self:
            if not meeting.present_ids:
                raise UserError(
                    self.env._(
                        "Say who was present at “%(meeting)s” before you close it.",
                        meeting=meeting.name,
                    )
                )
        now = fields.Datetime.now()
        for meeting in self:
            meeting._settle_agenda()
        self._write_system({"state": HELD, "held_at": now, "held_by_id": self.env.uid})
        for meeting in self:
            meeting._note_outcomes()
        return True

    def _settle_agenda(self):
        """Give each change its outcome, and freeze the votes."""
        self.ensure_one()
        # sudo: rows of all companies belong to the meeting that is closed.
        rows = self.sudo().agenda_ids._as_system()
        for row in rows:
            outcome = _BY_VOTES.get(row.approval_state)
            if not outcome and row._still_waits() and row.outcome != "noted":
                outcome = "deferred"
            outcome = outcome or "noted"
            row.write({"outcome": outcome, "votes": row._current_votes()})
        moved = rows.filtered(lambda row: row.outcome == "deferred")
        if moved:
            moved._move_to(self._next_meeting())

    def _next_meeting(self):
        """Return the board's next planned meeting; made where there is none."""
        self.ensure_one()
        later = self.search(
            [
                ("cab_id", "=", self.cab_id.id),
                ("state", "=", PLANNED),
                ("start", ">", self.start),
                ("id", "!=", self.id),
            ],
            order="start, id",
            limit=1,
        )
        if later:
            return later
        start = self.start + timedelta(days=self.cab_id.interval_days)
        while start <= fields.Datetime.now():
            start += timedelta(days=self.cab_id.interval_days)
        return self.create({"cab_id": self.cab_id.id, "start": start})

    def _note_outcomes(self):
        """Tell the chatter of each change what the meeting came to."""
        self.ensure_one()
        # sudo: what the meeting came to is noted on all of its changes.
        rows = self.sudo().agenda_ids
        labels = dict(rows._fields["outcome"]._description_selection(self.env))
        bodies = {
            row.change_id.id: Markup("<p>%s</p><p>%s</p>")
            % (
                self.env._(
                    "%(meeting)s: %(outcome)s",
                    meeting=self.name,
                    outcome=labels[row.outcome],
                ),
                row.note or "",
            )
            for row in rows
        }
        if bodies:
            rows.change_id._message_log_batch(
                bodies=bodies, author_id=self.env.user.partner_id.id
            )

    def cancel(self, reason=None):
        """Call the meetings off; what was on their agendas waits for another one.

        :param reason: what those who were invited are told
        """
        self.check_access("write")
        self._refuse_over()
        if not isinstance(reason, str) or not reason.strip():
            raise UserError(self.env._("Say why the meeting is called off."))
        for meeting in self:
            if meeting.event_id:
                meeting.message_notify(
                    partner_ids=meeting.partner_ids.ids,
                    subject=self.env._("Called off: %(meeting)s", meeting=meeting.name),
                    body=reason,
                )
                # sudo: whoever calls the meeting off takes it from the calendar.
                meeting.event_id.sudo().active = False
            meeting._message_log(body=reason)
        self._write_system({"state": CANCELLED})
        return True

    def action_close(self):
        """Close the meeting, from a button."""
        return self.close()

    def action_cancel(self):
        """Call the meeting off, from a button."""
        return self.cancel(self.env._("The meeting does not take place."))

    # ------------------------------------------------------------------
    # Minutes
    # ------------------------------------------------------------------

    def send_minutes(self):
        """Mail the minutes to those who were invited or present."""
        self.check_access("write")
        for meeting in self:
            if meeting.state != HELD:
                raise UserError(
                    self.env._(
                        "Close “%(meeting)s” first: then its minutes are complete.",
                        meeting=meeting.name,
                    )
                )
            people = meeting.partner_ids | meeting.present_ids
            meeting.message_post(
                body=meeting._minutes(),
                subject=self.env._("Minutes: %(meeting)s", meeting=meeting.name),
                partner_ids=people.ids,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
        self._write_system({"minutes_sent_at": fields.Datetime.now()})
        return True

    def _minutes(self):
        """Return the minutes as HTML."""
        self.ensure_one()
        return self.env["ir.qweb"]._render(
            "itsm_change.itsm_cab_minutes_content", {"meeting": self}
        )

    def action_send_minutes(self):
        """Send the minutes, from a button."""
        return self.send_minutes()

    def action_print_minutes(self):
        """Print the agenda, or the minutes once the meeting is over."""
        self.check_access("read")
        report = self.env.ref("itsm_change.action_report_itsm_cab_minutes")
        return report.report_action(self)

    def _minutes_time(self):
        """Return when it was, by the reader's clock."""
        self.ensure_one()
        return format_datetime(self.env, self.start, dt_format="medium")

    def _absent(self):
        """Return who was invited and did not come."""
        self.ensure_one()
        return self.partner_ids - self.present_ids

    def _listed(self, people):
        """Return names as one lists them in the reader's language."""
        return format_list(self.env, people.mapped("name"))


class ItsmCabAgenda(models.Model):
    """What was not treated."""

    _inherit = "itsm.cab.agenda"

    def _still_waits(self):
        """Tell whether the change still waits for a decision."""
        self.ensure_one()
        return (
            self.change_id.state not in states.ENDED_STATES
            and self.approval_state not in _BY_VOTES
        )

    def _move_to(self, meeting):
        """Put the changes on the agenda of another meeting, in the same order."""
        there = meeting.sudo().agenda_ids
        before = min(there.mapped("sequence"), default=10 * len(self) + 10)
        new = self.filtered(lambda row: row.change_id not in there.change_id)
        self.create(
            [
                {
                    "meeting_id": meeting.id,
                    "change_id": row.change_id.id,
                    "sequence": before - 10 * (len(new) - place),
                    "moved_from_id": row.meeting_id.id,
                }
                for place, row in enumerate(new.sorted("sequence"))
            ]
        )
        self.write({"moved_to_id": meeting.id})
