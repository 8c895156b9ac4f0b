from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.form import conditions
from .itsm_ticket import WORKERS

# Verbs after which a part of a request is over.
_ENDING_VERBS = frozenset({"resolve", "close", "cancel", "refuse"})
# States in which the work that a service plans may begin.
_BEGINNING_STATES = ("new", "in_progress", "pending")


class ItsmTicket(models.Model):
    """How a request from the catalogue runs: approval, parts, plan, the end.

    A request may open parts: tickets for other services, often of other desks, each
    on conditions. It is resolved by itself when its required tasks are done and its
    parts are over.
    """

    _inherit = "itsm.ticket"

    is_part = fields.Boolean(
        "Part of a Request",
        readonly=True,
        copy=False,
        help="Opened by the request above it, as its service says.",
    )
    may_begin_request = fields.Boolean(compute="_compute_may_begin_request")
    plan_version_id = fields.Many2one(
        "itsm.service.version",
        readonly=True,
        copy=False,
        ondelete="restrict",
        groups=WORKERS,
        help="What the service was when work began: approval, parts and plan.",
    )

    # ------------------------------------------------------------------
    # The beginning
    # ------------------------------------------------------------------

    def _after_register(self):
        """Requests wait for approval before anybody gets them."""
        # sudo: what a service plans is not for requesters.
        requests = self.sudo().filtered(
            lambda ticket: ticket._is_request() and ticket._work_version()._plans_work()
        )
        self.browse(requests.ids)._request_begin()
        unheld = self.filtered(lambda ticket: ticket.state != "approval")
        return super(ItsmTicket, unheld)._after_register()

    def _is_request(self):
        """Tell whether the ticket asks for what its service delivers."""
        self.ensure_one()
        service = self.sudo().service_id  # sudo: requesters may not see retired ones
        return bool(service) and self.type == service.ticket_type

    @api.depends("service_id", "type", "state", "approval_id", "task_ids.plan_task_id")
    def _compute_may_begin_request(self):
        for ticket in self:
            ticket.may_begin_request = (
                ticket._is_request()
                and ticket.state in _BEGINNING_STATES
                and not ticket._has_begun()
                and ticket._work_version()._plans_work()
            )

    def _work_version(self):
        """Return the version of the service that approval, parts and plan are from.

        That is the one that was asked for, else, without a form, the one that was
        published when work began; nothing where the service never was. A ticket that
        got another service goes by that one.
        """
        self.ensure_one()
        ticket = self.sudo()  # sudo: versions are not for requesters
        service = ticket.service_id
        versions = ticket.service_version_id | ticket.plan_version_id
        mine = versions.filtered(lambda version: version.service_id == service)
        return mine[:1] or service.version_id

    def _has_begun(self):
        """Tell whether approval, parts or plan of the service were started."""
        ticket = self.sudo()  # sudo: tasks and parts may be other desks'
        return bool(
            ticket.approval_id
            or ticket.task_ids.plan_task_id
            or ticket.child_ids.filtered("is_part")
        )

    def action_request_begin(self):
        """Start approval and plan of the service on tickets that came without a form.

        For requests that agents took by telephone or mail and gave a service later.
        """
        self.check_access("write")
        for ticket in self:
            ticket._check_may_begin()
        self._request_begin()
        return True

    def _check_may_begin(self):
        if not self._is_request():
            raise UserError(
                self.env._(
                    "Choose a service for %(ticket)s first, and the type that the "
                    "service has.",
                    ticket=self.display_name,
                )
            )
        if self.state not in _BEGINNING_STATES:
            raise UserError(
                self.env._(
                    "%(ticket)s is not open for work, so nothing can be started.",
                    ticket=self.display_name,
                )
            )
        if self._has_begun():
            raise UserError(
                self.env._(
                    "The work on %(ticket)s was started already.",
                    ticket=self.display_name,
                )
            )

    def _request_begin(self):
        """Lay down the plan and ask for approval; without approval, begin the work."""
        if not self:
            return
        for version, tickets in self.grouped(lambda t: t._work_version()).items():
            tickets._write_system({"plan_version_id": version.id})
        self._plan_create()
        approvals = self._approval_request()
        asked = set(approvals.mapped("res_id"))
        self.filtered(lambda ticket: ticket.id not in asked)._request_work()

    def _request_work(self):
        """Open the parts and start the plan's first tasks."""
        requests = self._by_itself()
        requests._request_open_parts()
        working = requests.filtered(
            lambda ticket: ticket.state == "new" and ticket._has_planned_work()
        )
        if working:
            working._move("start", {})
        requests._plan_advance()
        # What needed no approval is assigned when it is registered.
        requests.filtered(
            lambda ticket: (
                ticket.approval_id
                and ticket.team_id
                and not ticket.user_id
                and ticket.state in ("new", "in_progress")
            )
        )._assign_automatically()

    def _has_planned_work(self):
        """Tell whether parts or planned tasks do the work of the request."""
        self.ensure_one()
        return bool(
            self.child_ids.filtered("is_part") or self.task_ids.filtered("plan_task_id")
        )

    # ------------------------------------------------------------------
    # Parts
    # ------------------------------------------------------------------

    def _request_open_parts(self):
        """Open the parts whose conditions hold."""
        vals_list = [
            ticket._part_values(order)
            for ticket in self
            for order in ticket._orders_wanted()
        ]
        if vals_list:
            self.browse()._create_requests(vals_list)

    def _orders_wanted(self):
        """Return the child services that the answers ask for."""
        self.ensure_one()
        answers = self._answers_raw()
        above = self._services_above()
        # What was approved anew after a change has its first parts already.
        there = self.child_ids.filtered("is_part").service_id
        orders = self._work_version().order_ids.filtered(
            lambda order: (
                order.child_service_id not in there
                and conditions.holds(order.condition, answers)
            )
        )
        wanted = orders.filtered(
            lambda order: (
                order.child_service_id.version_id
                and order.child_service_id not in above
                and order.child_service_id.state == "published"
            )
        )
        left = orders - wanted
        if left:
            self.message_post(
                body=self.env._(
                    "Not opened, because it is not published: %(services)s.",
                    services=", ".join(left.child_service_id.mapped("name")),
                ),
                subtype_xmlid="mail.mt_note",
            )
        return wanted

    def _services_above(self):
        """Return the services of the request and of those it is a part of."""
        services, ticket = self.env["itsm.service"], self
        while ticket:
            services |= ticket.service_id
            ticket = ticket.parent_id if ticket.is_part else ticket.browse()
        return services

    def _part_values(self, order):
        """Return the values of the ticket that a child service opens."""
        service = order.child_service_id
        answers = self._answers_handed_down(service.version_id, order.mapping or {})
        return {
            **self._request_values(service, service.version_id, answers),
            "partner_id": self.partner_id.id,
            "requested_for_id": self.requested_for_id.id,
            "channel_id": self.channel_id.id,
            "parent_id": self.id,
            "is_part": True,
        }

    # ------------------------------------------------------------------
    # The end
    # ------------------------------------------------------------------

    def cancel(self, reason=None):
        """Who gives a request up gives its parts up that nobody works on yet."""
        # sudo: the requester of a request is the requester of its parts; the verb
        # checks below who asks, before anything is kept.
        parts = (
            self.sudo()
            ._open_children()
            .filtered(lambda part: part.is_part and part.state in ("new", "approval"))
        )
        if parts and (reason or "").strip():
            self._begin("cancel")
            # The request is given up with them, so it is not done when they are over.
            parts.with_context(itsm_given_up_ids=self.ids).cancel(reason)
        return super().cancel(reason)

    def _after_transition(self, verb):
        res = super()._after_transition(verb)
        if verb in _ENDING_VERBS:
            # sudo: a part's agents may not see the request above it.
            parents = self.sudo().filtered("is_part").parent_id
            given_up = self.env.context.get("itsm_given_up_ids", ())
            parents = parents.filtered(lambda parent: parent.id not in given_up)
            if parents:
                parents._work_finished()
        if verb == "close":
            self._close_parts()
        return res

    def _close_parts(self):
        """Who confirms a request confirms its parts."""
        # sudo: parts may be other desks'.
        for request in self.sudo():
            parts = request.child_ids.filtered(
                lambda part: part.is_part and part.state == "resolved"
            )
            if parts:
                parts._close_with(request.closure_code_id)

    def _work_finished(self):
        """Resolve the requests that have nothing required left to do."""
        ready = self._by_itself().filtered(
            lambda ticket: (
                ticket.state in _BEGINNING_STATES
                and ticket.service_id.auto_resolve
                and ticket._is_request()
                and ticket._has_planned_work()
                and not ticket._open_children()
                and not any(ticket._open_work())
                and not ticket._plan_is_stopped()
            )
        )
        for ticket in ready:
            ticket.resolve("fulfilled", ticket._fulfilment_text())

    def _fulfilment_text(self):
        """Return what the requester reads when a request is resolved by itself."""
        lang = (self.requested_for_id or self.partner_id).lang or self.env.lang
        ticket = self.with_context(lang=lang)
        parts = ticket.child_ids.filtered("is_part")
        missing = parts.filtered(lambda part: part.state == "cancelled")
        if not missing:
            return ticket.env._("Everything you asked for is done.")
        if parts == missing:
            return ticket.env._(
                "Nothing of it could be delivered: %(parts)s.",
                parts=", ".join(missing.mapped("name")),
            )
        return ticket.env._(
            "Done. Not delivered: %(parts)s.", parts=", ".join(missing.mapped("name"))
        )

    def _plan_stopped(self, task):
        """A task failed and nothing goes on: tell those who look after the ticket."""
        self.ensure_one()
        people = self.user_id | self.team_id.leader_id
        people = people or self.desk_id.manager_ids[:1]
        self.message_post(
            body=self.env._(
                "“%(task)s” failed, and by the plan the work stops there. Decide how "
                "it goes on: cancel the request, or give it another task.",
                task=task.name,
            ),
            subtype_xmlid="mail.mt_note",
            partner_ids=people.partner_id.ids,
        )
