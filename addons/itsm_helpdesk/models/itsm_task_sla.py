from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.itsm_sla.tools import life

from ..tools import plan


class ItsmTask(models.Model):
    """What the service-level engine must know of a task: a team's promise (OLA).

    A task's life begins when it could be begun, not when it was planned. Taking it is
    the answer, ending it the solution; another team's turn is a clock of its own. No
    escalation tells the requester: a team's promise is not their business.
    """

    _inherit = "itsm.task"

    sla_deadline = fields.Datetime(
        "Team's Deadline", help="Until when the team has promised to be done."
    )
    sla_state = fields.Selection(string="Team's Promise")

    _sla_tracked = {
        "team_id": (life.HANDED, "team"),
        "user_id": (life.ASSIGNED, "user"),
    }
    _sla_triggers = frozenset({"state"})
    _sla_match_fields = frozenset({"team_id", "ticket_id"})
    # A task is nobody's promise to the customer; what the team promised is shown.
    _sla_shown_kinds = frozenset({"sla", "ola"})

    # ------------------------------------------------------------------
    # What happens
    # ------------------------------------------------------------------

    def _sla_begin(self):
        """Begin the lives of tasks that can be begun now, or take them up again."""
        known = self.env["itsm.sla.event"]._events_of(self._name, self.ids)
        again = self.filtered(lambda task: known[task.id])
        (self - again)._sla_open()
        again._sla_log([(task.id, life.REOPENED, {}) for task in again], match="turn")

    def _sla_follow_state(self):
        """Note the end of tasks that were open."""
        self._sla_log(
            [
                (task.id, self._SLA_ENDS[task.state], {})
                for task in self
                if task.state in self._SLA_ENDS
            ]
        )

    def _sla_suspend(self):
        """Take back that tasks could be begun."""
        known = self.env["itsm.sla.event"]._events_of(self._name, self.ids)
        self._sla_log([(id_, life.CANCELLED, {}) for id_ in self.ids if known[id_]])

    def _sla_note_changes(self, before, vals=()):
        # Nothing is measured before a task could be begun.
        begun = self.filtered("ready_at")
        if begun:
            return super(ItsmTask, begun)._sla_note_changes(before, vals)
        return None

    def _sla_tracked_facts(self):
        facts = super()._sla_tracked_facts()
        if self.state in (plan.WAITING, plan.TODO):
            facts["user_id"] = None  # to be given a task is not to have begun it
        return facts

    # ------------------------------------------------------------------
    # What a task is
    # ------------------------------------------------------------------

    def _sla_facts(self):
        facts = {}
        for task in self.sudo():  # sudo: facts of the system, not of the user
            tracked = task._sla_tracked_facts()
            facts[task.id] = {
                "priority": task.ticket_id.priority or None,
                "team": tracked["team_id"],
                "user": tracked["user_id"],
            }
        return facts

    def _sla_opened_at(self):
        return {task.id: task.ready_at for task in self if task.ready_at}

    @api.model
    def _sla_open_domain(self):
        return Domain("state", "in", plan.STARTED_STATES)

    def _sla_past(self):
        begun = self.filtered("ready_at")
        past = {id_: [] for id_ in self.ids} | super(ItsmTask, begun)._sla_past()
        for task in begun:
            end = self._SLA_ENDS.get(task.state)
            if end and task.done_at:
                past[task.id].append((task.done_at, end, {}))
        return past

    def _sla_calendar(self):
        return self.desk_id.resource_calendar_id

    def _sla_company(self):
        return self.company_id

    def _sla_partner(self):
        return self.ticket_id._sla_partner()

    def _sla_service_class(self):
        return self.ticket_id.service_class_id

    def _sla_fact(self, fact):
        if fact == "desk":
            return frozenset(self.desk_id.ids)
        if fact in ("service", "type") and self.ticket_id:
            return self.ticket_id._sla_fact(fact)
        return super()._sla_fact(fact)

    @api.model
    def _sla_party_name(self, kind, party_id):
        return self.env["itsm.ticket"]._sla_party_name(kind, party_id)

    # ------------------------------------------------------------------
    # Corrections
    # ------------------------------------------------------------------

    def _sla_after_correction(self, corrected):
        """Bring the task's own dates to what the events say now."""
        first, last = self._sla_moments()
        dates = {"ready_at": first.get(life.OPENED, self.ready_at)}
        if self.started_at:
            dates["started_at"] = first.get(life.ASSIGNED, self.started_at)
        if self.done_at:
            end = self._SLA_ENDS.get(self.state)
            dates["done_at"] = last.get(end, self.done_at)
        self._write_system(dates)
