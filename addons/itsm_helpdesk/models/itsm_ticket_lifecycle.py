from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import lifecycle


class ItsmTicket(models.Model):
    """The verbs that move a ticket through its life, each with its guards.

    The table of verbs stands in ``tools/lifecycle.py``. Every verb works on many
    tickets at once, refuses with a sentence, and can be called through RPC: ids
    and codes are taken as well as records.
    """

    _inherit = "itsm.ticket"

    can_confirm = fields.Boolean(compute="_compute_portal_rights")
    can_reopen = fields.Boolean(compute="_compute_portal_rights")
    can_cancel = fields.Boolean(compute="_compute_portal_rights")

    @api.depends("state", "closed_at", "partner_id", "requested_for_id")
    @api.depends_context("uid")
    def _compute_portal_rights(self):
        """What the current user may do as the requester of the ticket."""
        partner = self.env.user.partner_id
        for ticket in self:
            verbs = (
                lifecycle.allowed_verbs(ticket.state, lifecycle.REQUESTER)
                if ticket._is_requester(partner)
                else ()
            )
            ticket.can_confirm = "close" in verbs
            ticket.can_cancel = "cancel" in verbs
            ticket.can_reopen = "reopen" in verbs and ticket._may_still_reopen()

    # ------------------------------------------------------------------
    # Verbs
    # ------------------------------------------------------------------

    def start(self):
        """Begin the work, whoever holds the ticket."""
        tickets = self._begin("start")
        tickets._move("start", {})
        return True

    def set_pending(self, reason, until=None, supplier=None):
        """Let the tickets wait.

        :param reason: pending reason, as a record, id or code
        :param until: UTC time at which they resume by themselves, or None
        :param supplier: contact (record or id) who has them, where the reason says
            that they wait for a supplier
        """
        tickets = self._begin("set_pending")
        reason = self._coded("itsm.pending.reason", reason)
        if not reason:
            raise UserError(self.env._("Choose what the ticket waits for."))
        until = self._moment(until)
        if reason.needs_date and not until:
            raise UserError(
                self.env._(
                    "“%(reason)s” needs the date on which the ticket goes on.",
                    reason=reason.name,
                )
            )
        if until and until <= fields.Datetime.now():
            raise UserError(
                self.env._("The date until which the ticket waits must lie ahead.")
            )
        tickets._move(
            "set_pending",
            {
                "pending_reason_id": reason.id,
                "pending_since": fields.Datetime.now(),
                "pending_until": until,
                "supplier_id": self._supplier_argument(reason, supplier).id,
            },
        )
        return True

    def resume(self):
        """End the waiting."""
        self._begin("resume")._move("resume", {})
        return True

    def resolve(self, code=None, text=None, with_children=False):
        """Solve the tickets; the requester is asked to confirm.

        :param code: resolution code, as a record, id or code; default: the ticket's
        :param text: what solved it, for the requester; default: the ticket's
        :param with_children: resolve open children with the same code and text; a
            major incident does so by itself
        """
        tickets = self._begin("resolve")
        code = self._coded("itsm.resolution.code", code)
        for ticket in tickets:
            ticket._check_can_resolve(code, text)
        children = tickets._open_children()
        cascade = children.filtered(
            lambda child: with_children or child.parent_id.is_major
        )
        (tickets - cascade)._refuse_open_work(besides=cascade)
        for parent, group in cascade.grouped("parent_id").items():
            group.sudo().resolve(
                code or parent.resolution_code_id, text or parent.resolution
            )
        tickets._move("resolve", tickets._resolution_values(code, text))
        return True

    def close(self):
        """Confirm the solution: by the requester, or by an agent in their name."""
        by_requester = self._acts_as_requester()
        tickets = self._begin("close")
        tickets._refuse_open_work()
        code = "confirmed" if by_requester else "by_agent"
        tickets._close_with(code)
        return True

    def reopen(self, reason=None):
        """Take the tickets up again, because the solution did not hold.

        :param reason: why; kept in the conversation
        """
        by_requester = self._acts_as_requester()
        tickets = self._begin("reopen")
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the ticket is reopened."))
        if by_requester:
            tickets._check_requester_may_reopen()
        merged = tickets.filtered("merged_into_id")[:1]
        if merged:
            raise UserError(
                self.env._(
                    "%(ticket)s was merged into %(target)s. Reopen that one.",
                    ticket=merged.display_name,
                    # sudo: the number only; the other ticket may be another desk's.
                    target=merged.sudo().merged_into_id.number,
                )
            )
        tickets._move("reopen", {"closure_code_id": False})
        tickets._tell(reason)
        return True

    def cancel(self, reason=None):
        """Give the tickets up: not needed any more, a mistake …

        :param reason: why; the requester reads it
        """
        tickets = self._begin("cancel")
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the ticket is cancelled."))
        tickets._refuse_open_work()
        code = self._coded("itsm.closure.code", "cancelled")
        tickets._move("cancel", {"closure_code_id": code.id})
        tickets._tell(reason)
        return True

    # ------------------------------------------------------------------
    # Guards
    # ------------------------------------------------------------------

    def _acts_as_agent(self):
        """Tell whether the current user works on these tickets as an agent."""
        return self.env.su or (
            self.env.user.has_group("itsm_helpdesk.group_itsm_agent")
            and self.has_access("write")
        )

    def _acts_as_requester(self):
        """Tell whether the current user is here as the requester only."""
        return not self._acts_as_agent() and self._is_requester(
            self.env.user.partner_id
        )

    def _begin(self, verb):
        """Check who asks and in which state; return the tickets ready to be moved.

        A requester has no right to write on tickets, so what follows runs with
        the rights of the system – after this check, and for the requester's verbs
        only.
        """
        transition = lifecycle.TRANSITIONS[verb]
        tickets = self
        if not self._acts_as_agent():
            self.check_access("read")
            if (
                lifecycle.REQUESTER not in transition.actors
                or not self._acts_as_requester()
            ):
                raise AccessError(
                    self.env._(
                        "Only an agent of the desk can do this with %(ticket)s.",
                        ticket=self[:1].sudo().display_name,
                    )
                )
            tickets = self.sudo()
        self._refuse_state(transition, tickets)
        return tickets

    def _refuse_state(self, transition, tickets):
        """Refuse the verb on tickets that are not in a state that allows it."""
        wrong = tickets.filtered(lambda t: t.state not in transition.sources)
        if not wrong:
            return
        labels = dict(self._fields["state"]._description_selection(self.env))
        raise UserError(
            self.env._(
                "%(ticket)s is “%(state)s”; this is possible only for: %(states)s.",
                ticket=wrong[0].display_name,
                state=labels[wrong[0].state],
                states=", ".join(
                    str(labels[state])
                    for state in lifecycle.STATES
                    if state in transition.sources
                ),
            )
        )

    def _check_can_resolve(self, code, text):
        """Refuse a solution without a code or without words."""
        if not (code or self.resolution_code_id):
            raise UserError(
                self.env._(
                    "Choose a resolution code for %(ticket)s.", ticket=self.display_name
                )
            )
        if not (text or self.resolution or "").strip():
            raise UserError(
                self.env._(
                    "Write down what solved %(ticket)s; the requester will read it.",
                    ticket=self.display_name,
                )
            )

    def _open_work(self):
        """Hook: return what holds a ticket open, as a list of recordsets."""
        self.ensure_one()
        # sudo: a task that the user may not see holds the ticket open too.
        return [self.sudo().task_ids.filtered(lambda task: task._is_open())]

    def _refuse_open_work(self, besides=None):
        """Refuse to end tickets that have open children or tasks.

        :param besides: children that end together with them
        """
        for ticket in self:
            children = ticket._open_children() - (besides or self.browse()) - self
            work = [records for records in (children, *ticket._open_work()) if records]
            if not work:
                continue
            # Requesters act with the rights of the system, and get to know no
            # names of other tickets and tasks from it.
            names = [
                record.display_name
                for records in work
                for record in records.sudo(False)._filtered_access("read")
            ]
            if not names:
                raise UserError(
                    self.env._(
                        "%(ticket)s still has open work at the desk, which has to end "
                        "first.",
                        ticket=ticket.display_name,
                    )
                )
            raise UserError(
                self.env._(
                    "%(ticket)s still has open work: %(work)s. End that first.",
                    ticket=ticket.display_name,
                    work=", ".join(names[:10]),
                )
            )

    def _may_still_reopen(self):
        """Tell whether the desk still takes the closed ticket up again."""
        self.ensure_one()
        # sudo: what it was merged into is not for requesters.
        if self.state == "cancelled" or self.sudo().merged_into_id:
            return False
        return self.state == "resolved" or self._ended_lately()

    def _ended_lately(self):
        """Tell whether the ticket ended within the desk's days for reopening."""
        self.ensure_one()
        if not self.closed_at:
            return True
        days = (fields.Datetime.now() - self.closed_at).days
        return days < self.sudo().desk_id.reopen_days

    def _check_requester_may_reopen(self):
        for ticket in self:
            if ticket.state == "cancelled":
                raise UserError(
                    self.env._(
                        "%(ticket)s was cancelled. Please open a new ticket; it can "
                        "refer to this one.",
                        ticket=ticket.display_name,
                    )
                )
            if not ticket._may_still_reopen():
                raise UserError(
                    self.env._(
                        "%(ticket)s was closed too long ago to be reopened. Please "
                        "open a new ticket; it can refer to this one.",
                        ticket=ticket.display_name,
                    )
                )

    @api.model
    def _supplier_argument(self, reason, supplier):
        """Return the supplier that a caller means by a record or an id."""
        Partner = self.env["res.partner"]
        if not supplier or reason.waits_for != "supplier":
            return Partner
        if isinstance(supplier, models.BaseModel):
            return supplier
        # Through RPC anything may come; only a number can be an id.
        is_id = isinstance(supplier, int) and not isinstance(supplier, bool)
        found = Partner.browse(supplier if is_id else ()).exists()
        if not found:
            raise UserError(
                self.env._("There is no supplier with id %(id)s.", id=supplier)
            )
        return found

    @api.model
    def _moment(self, value):
        """Return the UTC time that a caller means, False for none.

        ISO 8601 is taken as well as Odoo's own form.

        :raise UserError: when it is no time
        """
        if isinstance(value, str):
            value = value.strip().replace("T", " ").removesuffix("Z")
        try:
            return fields.Datetime.to_datetime(value) or False
        except (TypeError, ValueError):
            raise UserError(
                self.env._(
                    "“%(value)s” is not a time. Write it like 2026-12-31 08:00:00, "
                    "in UTC.",
                    value=value,
                )
            ) from None

    @api.model
    def _coded(self, model, value):
        """Return the record that a caller means by a record, an id or a code.

        :raise UserError: when there is none
        """
        Model = self.env[model].sudo().with_context(active_test=True)
        if not value:
            return Model
        if isinstance(value, models.BaseModel):
            return value.sudo()
        if isinstance(value, int):
            found = Model.search([("id", "=", value)], limit=1)
        else:
            found = Model.browse(Model._id_by_code(value) or ())
        if not found:
            raise UserError(
                self.env._(
                    "There is no %(model)s “%(value)s”.",
                    model=self.env["ir.model"]._get(model).name,
                    value=value,
                )
            )
        return found
