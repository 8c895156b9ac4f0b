from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools import notices, states

# The verbs after which people want to hear at once. Dates often move twice in a row,
# so of those the job tells at its next turn.
TELLING_VERBS = frozenset(
    {"authorize", "schedule", "start", "start_now", "finish", "cancel"}
)
# By hand people may be told of what is ever so far away.
_ANY_TIME = timedelta(days=36500)
_CRON = "itsm_change.ir_cron_tell_affected"
# In which states somebody may send which notice early.
_BY_HAND = {
    notices.PLANNED: (states.SCHEDULED,),
    notices.STARTED: (states.IMPLEMENT,),
    notices.ENDED: (states.REVIEW, states.CLOSED),
    notices.CANCELLED: (states.CANCELLED,),
}


class ItsmChange(models.Model):
    """Telling those affected: before, during and after.

    One job tells; verbs only wake it. What is due is worked out from the state and
    from what was told (``tools/notices.py``).
    """

    _inherit = "itsm.change"

    notice_ids = fields.One2many(
        "itsm.change.notice", "change_id", readonly=True, copy=False
    )
    is_telling = fields.Boolean(
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="People were told of it, and have not been told of its end.",
    )
    told_count = fields.Integer("People Told", compute="_compute_told_count")

    @api.model
    def _system_fields(self):
        return super()._system_fields() | {"is_telling", "notice_ids"}

    @api.depends("notice_ids.person_ids")
    def _compute_told_count(self):
        told = self._told_partners()
        for change in self:
            change.told_count = len(told.get(change.id, ()))

    def _told_partners(self, phases=notices.PHASES):
        """Return ``{change id: ids of contacts}`` who were told in some phases."""
        # sudo: how many were told is no secret to those who read the change.
        rows = (
            self.env["itsm.change.notice.person"]
            .sudo()
            ._read_group(
                [
                    ("notice_id.change_id", "in", self.ids),
                    ("notice_id.phase", "in", phases),
                ],
                ["notice_id"],
                ["partner_id:array_agg"],
            )
        )
        told = {}
        for notice, partner_ids in rows:
            told.setdefault(notice.change_id.id, set()).update(partner_ids)
        return told

    def _after_transition(self, verb):
        result = super()._after_transition(verb)
        if verb in TELLING_VERBS:
            # sudo: waking the job is no right of people.
            self.env.ref(_CRON).sudo()._trigger()
        return result

    # ------------------------------------------------------------------
    # The job
    # ------------------------------------------------------------------

    @api.model
    def _cron_tell_affected(self):
        """Tell whoever has to be told now; each change in a transaction of its own."""
        changes = self.search(self._telling_domain())
        Cron = self.env["ir.cron"]
        Cron._commit_progress(remaining=len(changes))
        for change in changes:
            held = change.try_lock_for_update()
            if held:
                held._tell_due()
            if not Cron._commit_progress(1):
                break

    @api.model
    def _telling_domain(self):
        """Return the domain of the changes of which something may have to be told."""
        # sudo: the longest of all companies; each change has its own below.
        companies = self.env["res.company"].sudo().search(Domain.TRUE)
        longest = max(companies.mapped("change_notice_hours"), default=0)
        horizon = fields.Datetime.now() + timedelta(hours=longest)
        soon = Domain("state", "=", states.SCHEDULED) & Domain(
            "planned_start", "<=", horizon
        )
        return Domain("tell_affected", "=", True) & (
            soon
            | Domain("state", "=", states.IMPLEMENT)
            | Domain("is_telling", "=", True)
        )

    def _tell_due(self):
        """Tell what is due of one change, and those whom it affects since yesterday."""
        self.ensure_one()
        phase = self._due_phase()
        if phase:
            return self._tell(phase)
        if self.state == states.SCHEDULED and self.is_telling:
            return self._tell(notices.PLANNED)
        self._keep_announcement()
        return self.env["itsm.change.notice.person"]

    def _due_phase(self, ahead=None):
        """Return what people have to be told of the change now, or None.

        :param ahead: how long before the start it is told of, if not as settled
        """
        self.ensure_one()
        return notices.due(
            self.state,
            self.planned_start or None,
            self.planned_end or None,
            self.notice_ids._told(),
            fields.Datetime.now(),
            self._notice_ahead() if ahead is None else ahead,
        )

    def _tell(self, phase, by=None):
        """Tell those affected who were not told this yet.

        :param by: user who does so before the job
        :return: rows of the people who are told now
        """
        self.ensure_one()
        change = self.sudo()  # sudo: notices are written by the system alone
        notice = change._notice_of(phase, by)
        people = notice._tell(change._to_tell(phase))
        change._keep_announcement(phase)
        if change.announcement_id and not notice.announcement_id:
            notice._write_system({"announcement_id": change.announcement_id.id})
        is_telling = phase not in notices.LAST_PHASES
        if change.is_telling != is_telling:
            change._write_system({"is_telling": is_telling})
        return people

    def _notice_of(self, phase, by=None):
        """Return the notice of a phase, made if need be; each move has its own."""
        same = self.notice_ids.filtered(lambda notice: notice.phase == phase)
        if same and phase != notices.MOVED:
            return same
        is_open = self.state in (states.SCHEDULED, states.IMPLEMENT)
        has_dates = is_open or phase in notices.LAST_PHASES
        return (
            self.env["itsm.change.notice"]
            ._as_system()
            .create(
                {
                    "change_id": self.id,
                    "phase": phase,
                    "occasion": len(same),
                    "sent_at": fields.Datetime.now(),
                    "sent_by_id": by.id if by else False,
                    "start": has_dates and self.planned_start,
                    "end": has_dates and self.planned_end,
                }
            )
        )

    def _to_tell(self, phase):
        """Return the contacts whom a notice is for, told already or not."""
        Partner = self.env["res.partner"].sudo()  # sudo: as whom it affects
        before = Partner.browse(sorted(self._told_partners().get(self.id, ())))
        before = before.exists().filtered(lambda person: person.active and person.email)
        if phase == notices.PLANNED:
            # Whoever was told of the move knows the new date.
            moved = self._told_partners((notices.MOVED,)).get(self.id, set())
            return self._affected_people()[self.id].filtered(
                lambda person: person.id not in moved
            )
        if phase == notices.STARTED:
            return before | self._affected_people()[self.id]
        return before

    # ------------------------------------------------------------------
    # By hand
    # ------------------------------------------------------------------

    def _phase_by_hand(self):
        """Return what somebody may tell now, before the job does."""
        self.ensure_one()
        phase = self.sudo()._due_phase(ahead=_ANY_TIME)
        if phase:
            return phase
        told = self.notice_ids.mapped("phase")
        for phase, allowed in _BY_HAND.items():
            if self.state in allowed and phase in told:
                return phase
        return None

    def action_tell(self):
        """Show what those affected would read, and how many they are."""
        self.ensure_one()
        self.check_access("write")
        if not self._phase_by_hand():
            raise UserError(
                self.env._(
                    "There is nothing to tell of %(change)s yet: people are told when "
                    "it is scheduled.",
                    change=self.display_name,
                )
            )
        wizard = self.env["itsm.change.tell"].create({"change_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Tell Those Affected"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
        }

    def action_view_notices(self):
        """Open what was told to whom."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_change.itsm_change_notice_action"
        )
        return {**action, "domain": [("change_id", "in", self.ids)]}
