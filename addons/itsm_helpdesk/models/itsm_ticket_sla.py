from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.itsm_sla.tools import life

from ..tools import lifecycle
from .itsm_ticket import WORKERS

# What each verb is to the clocks.
_EVENT_OF_VERB = {
    "start": life.RESUMED,
    "resume": life.RESUMED,
    "set_pending": life.PAUSED,
    "ask_approval": life.PAUSED,
    "approve": life.RESUMED,
    "refuse": life.CANCELLED,
    "resolve": life.RESOLVED,
    "close": life.CLOSED,
    "reopen": life.REOPENED,
    "cancel": life.CANCELLED,
}


class ItsmTicket(models.Model):
    """What the service-level engine must know of a ticket."""

    _inherit = "itsm.ticket"

    clock_ids = fields.One2many(groups=WORKERS)
    # Requesters read of their promises in words, which may leave things unsaid.
    sla_state = fields.Selection(groups=WORKERS)
    sla_warning_at = fields.Datetime(groups=WORKERS)
    service_class_id = fields.Many2one(
        "itsm.service.class",
        compute="_compute_service_class_id",
        store=True,
        precompute=True,
        index="btree_not_null",
        help="The requester's, else their department's, else the service's.",
        groups=WORKERS,
    )

    _sla_tracked = {
        "priority": (life.PRIORITISED, "priority"),
        "team_id": (life.HANDED, "team"),
        "user_id": (life.ASSIGNED, "user"),
        "supplier_id": (life.SUPPLIED, "supplier"),
    }
    _sla_triggers = frozenset({"impact", "urgency", "priority_override"})
    _sla_match_fields = frozenset(
        {
            "department_id",
            "desk_id",
            "partner_id",
            "requested_for_id",
            "service_id",
            "type",
        }
    )

    @api.depends("requested_for_id", "department_id", "service_id")
    def _compute_service_class_id(self):
        for ticket in self.sudo():  # sudo: agents have no rights on departments
            ticket.service_class_id = (
                ticket.requested_for_id._itsm_service_class()
                or ticket.department_id._itsm_service_class()
                or ticket.service_id.service_class_id
            )

    # ------------------------------------------------------------------
    # What happens
    # ------------------------------------------------------------------

    def _after_register(self):
        # Before anything else happens to them, so that it is on record.
        self._sla_open()
        return super()._after_register()

    def _after_transition(self, verb):
        kind = _EVENT_OF_VERB.get(verb)
        if kind:
            self._sla_log(
                [(ticket.id, kind, ticket._sla_pause(kind)) for ticket in self],
                match="turn" if kind == life.REOPENED else "",
                # What is closed was resolved before, which stopped its clocks.
                follow=kind != life.CLOSED,
            )
        return super()._after_transition(verb)

    def _sla_pause(self, kind):
        """Return what a pause's event says: why, and whether clocks stand still."""
        if kind != life.PAUSED:
            return {}
        reason = self.pending_reason_id.sudo()  # sudo: facts of the system
        return {"reason": reason.id, "stops": reason.pauses_clock}

    def _sla_write_shown(self, values):
        return super(ItsmTicket, self._as_system())._sla_write_shown(values)

    # ------------------------------------------------------------------
    # What a ticket is
    # ------------------------------------------------------------------

    def _sla_facts(self):
        return {
            ticket.id: {
                "priority": ticket.priority or None,
                "team": ticket.team_id.id or None,
                "user": ticket.user_id.id or None,
                "supplier": ticket.supplier_id.id or None,
            }
            for ticket in self.sudo()  # sudo: facts of the system, not of the user
        }

    def _sla_opened_at(self):
        return {ticket.id: ticket.opened_at for ticket in self}

    @api.model
    def _sla_open_domain(self):
        return Domain("state", "in", self._open_states())

    def _sla_past(self):
        past = super()._sla_past()
        for ticket in self:
            steps = [
                (ticket.first_response_at, life.RESPONDED, {}),
                (ticket.pending_since, life.PAUSED, ticket._sla_pause(life.PAUSED)),
                (ticket.resolved_at, life.RESOLVED, {}),
                (
                    ticket.closed_at,
                    life.CANCELLED if ticket.state == "cancelled" else life.CLOSED,
                    {},
                ),
            ]
            past[ticket.id] += [step for step in steps if step[0]]
        return past

    def _sla_calendar(self):
        return self.desk_id.resource_calendar_id

    def _sla_company(self):
        return self.company_id

    def _sla_partner(self):
        return self.requested_for_id or self.partner_id

    def _sla_service_class(self):
        return self.service_class_id

    def _sla_fact(self, fact):
        if fact == "desk":
            return frozenset(self.desk_id.ids)
        if fact == "service":
            return frozenset(self.service_id.ids)
        if fact == "type":
            return frozenset([self.type])
        return super()._sla_fact(fact)

    @api.model
    def _sla_party_name(self, kind, party_id):
        if kind == "ola":
            return self._sla_name_of(self.env["itsm.team"].browse(party_id or ()))
        return super()._sla_party_name(kind, party_id)

    @api.model
    def _sla_cause_name(self, cause):
        reason = self.env["itsm.pending.reason"].browse(
            cause if isinstance(cause, int) and cause is not True else ()
        )
        return self._sla_name_of(reason) or super()._sla_cause_name(cause)

    # ------------------------------------------------------------------
    # Whom and what an escalation moves, who corrects
    # ------------------------------------------------------------------

    def _sla_people(self, role):
        if role == "requester":
            return self.partner_id | self.requested_for_id
        return super()._sla_people(role)

    def _sla_raise_priority(self, reason):
        for priority, tickets in self.grouped("priority").items():
            if priority > "1":
                tickets.write(
                    {
                        "priority_override": str(int(priority) - 1),
                        "priority_override_reason": reason,
                    }
                )

    def _sla_after_correction(self, corrected):
        """Bring the ticket's own dates to what the events say now."""
        first, last = self._sla_moments()
        dates = {"opened_at": first.get(life.OPENED, self.opened_at)}
        if self.first_response_at:
            dates["first_response_at"] = min(
                filter(None, [first.get(life.RESPONDED), first.get(life.RESOLVED)]),
                default=False,
            )
        if self.pending_since:
            dates["pending_since"] = last.get(life.PAUSED, self.pending_since)
        if self.resolved_at:
            dates["resolved_at"] = last.get(life.RESOLVED, self.resolved_at)
        if self.state in lifecycle.ENDED_STATES:
            kind = life.CANCELLED if self.state == "cancelled" else life.CLOSED
            dates["closed_at"] = last.get(kind, self.closed_at)
        self._write_system(dates)
