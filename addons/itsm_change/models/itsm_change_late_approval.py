from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.itsm_approval.models.itsm_approval import UNDER_WAY

from ..tools import states

LATE_STATES = [
    ("waiting", "Waiting"),
    ("granted", "Approved"),
    ("refused", "Rejected"),
    ("missing", "Nobody Asked"),
]
# Where it began before it was decided on, and has not ended yet.
AT_WORK = (states.IMPLEMENT, states.REVIEW)


class ItsmChange(models.Model):
    """Emergencies that began before anybody had decided: that is made up for.

    The emergency board is asked at once and has some hours. Halfway they are reminded;
    after that change managers may decide instead, and are told so. Without a decision
    the change is not closed. If it is refused, that stands on the record, and its
    review has to say what follows.
    """

    _inherit = "itsm.change"

    is_late_approval = fields.Boolean(
        "Began before It Was Decided", readonly=True, copy=False, tracking=True
    )
    late_approval_state = fields.Selection(
        LATE_STATES,
        "Late Approval",
        compute="_compute_late_approval_state",
        store=True,
        index="btree_not_null",
        tracking=True,
    )
    late_approval_deadline = fields.Datetime(
        "Decide Afterwards by", readonly=True, copy=False
    )
    late_refusal_note = fields.Text(
        "What Follows from the Rejection",
        copy=False,
        help="The emergency board rejected what had begun already. Say what was done "
        "about it, and what you will do otherwise.",
    )
    # When the board is reminded, and when the change managers are asked.
    late_remind_at = fields.Datetime(
        readonly=True, copy=False, export_string_translation=False
    )
    late_escalate_at = fields.Datetime(
        readonly=True, copy=False, export_string_translation=False
    )

    _late_idx = models.Index(
        "(LEAST(late_remind_at, late_escalate_at))"
        " WHERE late_remind_at IS NOT NULL OR late_escalate_at IS NOT NULL"
    )

    @api.model
    def _system_fields(self):
        return super()._system_fields() | {
            "is_late_approval",
            "late_approval_deadline",
            "late_approval_state",
            "late_escalate_at",
            "late_remind_at",
        }

    @api.depends("is_late_approval", "approval_state")
    def _compute_late_approval_state(self):
        for change in self:
            state = False
            if change.is_late_approval:
                known = {"granted": "granted", "refused": "refused"}
                known |= dict.fromkeys(UNDER_WAY, "waiting")
                state = known.get(change.approval_state, "missing")
            change.late_approval_state = state

    def write(self, vals):
        if "late_refusal_note" in vals and not self._is_system():
            for change in self:
                if change.state in states.ENDED_STATES:
                    change._refuse_late("late_refusal_note")
        return super().write(vals)

    # ------------------------------------------------------------------
    # Asking afterwards
    # ------------------------------------------------------------------

    def _move(self, verb, vals=None, reason=None):
        if verb != "start_now":
            return super()._move(verb, vals, reason)
        # A decision of an earlier round is none on what begins now.
        decided = self.filtered(
            lambda change: (
                change.state == states.AUTHORIZE
                and (change.approval_not_needed or change.approval_state == "granted")
            )
        )
        result = super()._move(verb, vals, reason)
        (self - decided)._ask_late()
        return result

    def _ask_late(self):
        """Ask for the approval of what has begun, and set a time for it."""
        now = fields.Datetime.now()
        hours = self.env["itsm.cab"]._late_hours(self)
        for change in self:
            limit = timedelta(hours=hours[change.id])
            change._write_system(
                {
                    "is_late_approval": True,
                    "late_approval_deadline": now + limit,
                    "late_remind_at": now + limit / 2,
                    "late_escalate_at": now + limit,
                }
            )
        self._approval_request()
        cron = self.env.ref("itsm_change.ir_cron_late_approval").sudo()
        # sudo: whoever begins an emergency need not have rights on jobs.
        moments = self.mapped("late_remind_at") + self.mapped("late_escalate_at")
        cron._trigger(at=moments)

    def ask_late_approval(self):
        """Ask again where nobody is being asked, as when a policy was missing."""
        self.check_access("write")
        for change in self:
            if change.late_approval_state != "missing" or change.state not in AT_WORK:
                raise UserError(
                    self.env._(
                        "%(change)s does not lack a question to the emergency board.",
                        change=change.display_name,
                    )
                )
        self._approval_request()
        unasked = self.filtered(lambda change: change.late_approval_state == "missing")
        if unasked:
            raise UserError(
                self.env._(
                    "No approval policy says who decides on %(change)s. Ask an approval"
                    " manager to make one for emergency changes.",
                    change=unasked[0].display_name,
                )
            )
        return True

    def action_ask_late_approval(self):
        """Ask again, from a button."""
        return self.ask_late_approval()

    def _approval_withdrawn(self, reason):
        """Nobody gets around the decision by taking the question back."""
        result = super()._approval_withdrawn(reason)
        late = self._by_itself().filtered(
            lambda change: change.is_late_approval and change.state in AT_WORK
        )
        if late:
            late._approval_request()
        return result

    def _approval_refused(self, reason):
        result = super()._approval_refused(reason)
        for change in self._by_itself().filtered("is_late_approval"):
            text = self.env._(
                "The emergency board rejected what has begun already. Decide whether it"
                " is undone; the review has to say what follows."
            )
            change._message_log(body=text)
            people = change.implementer_id | change.coordinator_id
            change._tell_by_activity(
                people or change._change_managers(),
                self.env._("Rejected after it began"),
                text,
            )
        return result

    def _tell_by_activity(self, users, summary, text):
        """Give people a task about the change."""
        self.ensure_one()
        for user in users:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=summary,
                note=text,
                user_id=user.id,
            )

    # ------------------------------------------------------------------
    # Time
    # ------------------------------------------------------------------

    @api.model
    def _cron_late_approvals(self):
        """Remind those who have to decide afterwards, then ask the change managers."""
        now = fields.Datetime.now()
        late = self.search([("late_escalate_at", "<=", now)])
        for change in self.search([("late_remind_at", "<=", now)]) - late:
            change._remind_late()
            self.env["ir.cron"]._commit_progress(1)
        for change in late:
            change._escalate_late()
            self.env["ir.cron"]._commit_progress(1)

    def _is_waiting_late(self):
        return self.late_approval_state in ("waiting", "missing") and (
            self.state in AT_WORK
        )

    def _remind_late(self):
        """Write to those who are silent once more."""
        self._write_system({"late_remind_at": False})
        if self._is_waiting_late():
            self.approval_id._as_engine().current_step_id._remind()

    def _escalate_late(self):
        """Let the change managers decide instead of those who were silent."""
        self._write_system({"late_remind_at": False, "late_escalate_at": False})
        if not self._is_waiting_late():
            return
        managers = self._change_managers()
        step = self.approval_id._as_engine().current_step_id
        if step and managers:
            step.escalate_to_ids = managers.partner_id
            step._escalate()
        text = self.env._(
            "Began as an emergency, and nobody has decided on it in time. Decide, or "
            "see to it that the board does."
        )
        self._message_log(body=text)
        self._tell_by_activity(managers, self.env._("Decide afterwards"), text)

    # ------------------------------------------------------------------
    # Gate
    # ------------------------------------------------------------------

    def _gate_facts(self):
        return super()._gate_facts() | {"late_approval": self._gate_late_approval()}

    def _gate_late_approval(self):
        """Return whether what began undecided was decided on, and what is missing.

        What was decided on before it began has nothing to make up for.
        """
        state = self.late_approval_state
        if state == "waiting":
            return False, self.env._(
                "It began before it was decided on. Waiting for the decision of "
                "%(names)s.",
                names=self.approval_id.waiting_for or self.env._("the approvers"),
            )
        if state == "missing":
            return False, self.env._(
                "It began before it was decided on, and nobody is asked. Ask the "
                "emergency board."
            )
        if state == "refused":
            has_note = bool((self.late_refusal_note or "").strip())
            return has_note, self.env._(
                "The emergency board rejected it. Write down what follows from that."
            )
        return (True if state else None), ""

    @api.model
    def _next_step_fields(self):
        return (
            *super()._next_step_fields(),
            "approval_not_needed",
            "late_approval_state",
            "late_refusal_note",
        )
