from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext

from ..tools import lifecycle

# The pending reason of tickets that wait for approval; it says whether clocks wait too.
_REASON = "approval"


class ItsmTicket(models.Model):
    """What the approval engine must know of a ticket, and what its answers do."""

    _inherit = "itsm.ticket"

    _approval_subject_fields = frozenset(
        {"answers", "description", "name", "requested_for_id", "service_id"}
    )

    _approval_people_fields = frozenset({"partner_id", "requested_for_id", "user_id"})

    # ------------------------------------------------------------------
    # The verb
    # ------------------------------------------------------------------

    def ask_approval(self, policy):
        """Ask for approval of the tickets; they wait until it is decided.

        :param policy: approval policy, as a record or id
        """
        tickets = self._begin("ask_approval")
        Policy = self.env["itsm.approval.policy"]
        is_id = isinstance(policy, int) and not isinstance(policy, bool)
        if not isinstance(policy, models.BaseModel):
            # Through RPC anything may come; only a number can be an id.
            policy = Policy.search([("id", "=", policy)]) if is_id else Policy
        policy = policy.exists().filtered(
            lambda p: p.active and p.res_model == self._name
        )
        if not policy:
            raise UserError(self.env._("Choose an approval policy for tickets."))
        approvals = tickets._approval_request(policy)
        unasked = tickets.filtered(
            lambda ticket: ticket.id not in approvals.mapped("res_id")
        )
        if unasked:
            raise UserError(
                self.env._(
                    "No step of “%(policy)s” is meant for %(ticket)s, so there is "
                    "nobody to ask.",
                    policy=policy.name,
                    ticket=unasked[0].display_name,
                )
            )
        return True

    # ------------------------------------------------------------------
    # What is decided on, and by whom
    # ------------------------------------------------------------------

    def _approval_policies(self):
        """The policy is the service's; it stands there, not in a search."""
        policies = {
            ticket.id: ticket._work_version().approval_policy_id for ticket in self
        }
        return {id_: policy for id_, policy in policies.items() if policy}

    def _approval_title(self):
        return self.display_name

    def _approval_requesters(self):
        return self.partner_id | self.requested_for_id

    def _approval_implementers(self):
        # sudo: who works on it decides who may approve it, whoever asks.
        ticket = self.sudo()
        return (ticket.user_id | ticket.task_ids.user_id).partner_id

    def _approval_employee(self):
        """Return the employee whose managers are asked: who needs it, else who asks.

        A newcomer for whom somebody asks has no manager on record yet.
        """
        partners = self.requested_for_id | self.partner_id
        found = self.env["res.partner"]._itsm_employee_by_partner(partners)
        ids = [found[id_] for id_ in partners.ids if id_ in found]
        # sudo: facts of the system; only the managers' contacts leave the engine.
        return self.env["hr.employee.public"].sudo().browse(ids[:1])

    @api.model
    def _approval_roles(self):
        return [
            *super()._approval_roles(),
            ("service_owner", self.env._("Owner of the service")),
            ("desk_manager", self.env._("Managers of the desk")),
            ("team_leader", self.env._("Leader of the team")),
        ]

    def _approval_people(self, role):
        ticket = self.sudo()  # sudo: who is asked does not depend on who asks
        people = {
            "service_owner": ticket.service_id.owner_id,
            "desk_manager": ticket.desk_id.manager_ids,
            "team_leader": ticket.team_id.leader_id,
        }
        if role in people:
            return people[role].partner_id
        return super()._approval_people(role)

    def _approval_subject(self):
        """Return what is approved: the service with its answers, else the words."""
        ticket = self.sudo()  # sudo: approvers decide on all of it
        rows = [
            {
                "key": "for",
                "label": self.env._("For"),
                "value": ticket.requested_for_id.id,
                "text": ticket.requested_for_id.name or "",
            }
        ]
        if ticket.service_id:
            rows.insert(
                0,
                {
                    "key": "service",
                    "label": self.env._("Service"),
                    "value": ticket.service_id.id,
                    "text": ticket.service_id.name,
                },
            )
        if ticket.service_version_id:
            return rows + ticket._answers_approved()
        words = html2plaintext(ticket.description or "").strip()
        return [
            *rows,
            {
                "key": "name",
                "label": self.env._("Subject"),
                "value": ticket.name,
                "text": ticket.name,
            },
            {
                "key": "description",
                "label": self.env._("Description"),
                "value": words,
                "text": words,
            },
        ]

    # ------------------------------------------------------------------
    # What follows
    # ------------------------------------------------------------------

    def _by_itself(self):
        """Return the tickets for what the desk does by itself, whoever caused it."""
        return self.with_user(SUPERUSER_ID)

    def _approval_request(self, policy=None):
        """Ask, and let the tickets wait; the clocks stand still meanwhile."""
        approvals = super()._approval_request(policy)
        asked = set(approvals.mapped("res_id"))
        waiting = self.filtered(
            lambda ticket: ticket.id in asked and ticket.state != "approval"
        )
        if waiting:
            reason = self._coded("itsm.pending.reason", _REASON)
            waiting._move(
                "ask_approval",
                {
                    "pending_reason_id": reason.id,
                    "pending_since": fields.Datetime.now(),
                },
            )
        self._go_on_unasked(asked)
        return approvals

    def _go_on_unasked(self, asked):
        """Let tickets go on whose approval became void and which need none now."""
        free = self.filtered(
            lambda ticket: (
                ticket.state == "approval"
                and ticket.approval_state == "void"
                and ticket.id not in asked
            )
        )
        if free:
            free._go_on()

    def _approval_granted(self):
        res = super()._approval_granted()
        tickets = self._by_itself().filtered(lambda t: t.state == "approval")
        if tickets:
            tickets._go_on()
        return res

    def _go_on(self):
        """Begin the work on tickets that nothing holds any more."""
        tickets = self._by_itself()
        tickets._move("approve", {})
        tickets._request_work()
        # They stood still if the approval had become void while they were to begin.
        tickets.task_ids._trigger_automatic()

    def _approval_refused(self, reason):
        res = super()._approval_refused(reason)
        tickets = self._by_itself().filtered(lambda t: t.state == "approval")
        if tickets:
            tickets._end_unapproved("refuse", "refused")
        return res

    def _approval_withdrawn(self, reason):
        """What its requester does not want approved any more, they do not want."""
        res = super()._approval_withdrawn(reason)
        tickets = self._by_itself().filtered(lambda t: t.state == "approval")
        if tickets:
            tickets._end_unapproved("cancel", "cancelled")
        return res

    def _end_unapproved(self, verb, closure_code):
        code = self._coded("itsm.closure.code", closure_code)
        # What had begun before the approval became void ends, too.
        self.sudo().task_ids.filtered(lambda task: task._is_open())._give_up()
        self._move(verb, {"closure_code_id": code.id})

    def _after_transition(self, verb):
        res = super()._after_transition(verb)
        if verb == "cancel":
            self._approval_withdraw(self.env._("The request was cancelled."))
        if verb == "reopen":
            self._approval_recheck()
            self._approval_ask_again()
        return res

    def _approval_ask_again(self):
        """Whoever takes up what was not approved has it decided anew."""
        unapproved = self.filtered(
            lambda ticket: ticket.approval_state in ("refused", "withdrawn")
        )
        # sudo: whoever reopens it need not see its approval.
        for policy, approvals in (
            unapproved.sudo()
            .approval_id.grouped(lambda one: one.policy_id if one.is_chosen else None)
            .items()
        ):
            self.browse(approvals.mapped("res_id"))._approval_request(policy)

    def _approval_recheck(self):
        """What has ended is corrected without asking; reopened, it is looked at."""
        ended = self.filtered(lambda ticket: ticket.state in lifecycle.DONE_STATES)
        return super(ItsmTicket, self - ended)._approval_recheck()
