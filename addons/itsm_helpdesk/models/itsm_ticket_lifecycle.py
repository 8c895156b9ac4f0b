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

    def set_pending(self, reason, until=None):
        """Let the tickets wait.

        :param reason: pending reason, as a record, id or code
        :param until: UTC time at which they resume by themselves, or None
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
        merged = tickets.filtered("merged_into_id")
        if merged:
            raise UserError(
                self.env._(
                    "%(ticket)s was merged into %(target)s. Reopen that one.",
                    ticket=merged[0].display_name,
                    target=merged[0].merged_into_id.display_name,
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
        """Hook: return the names of open pieces of work that hold a ticket open."""
        self.ensure_one()
        tasks = self.task_ids.filtered(lambda task: task._is_open())
        return tasks.mapped("display_name")

    def _refuse_open_work(self, besides=None):
        """Refuse to end tickets that have open children or tasks.

        :param besides: children that end together with them
        """
        for ticket in self:
            children = ticket._open_children() - (besides or self.browse()) - self
            open_work = children.mapped("display_name") + ticket._open_work()
            if open_work:
                raise UserError(
                    self.env._(
                        "%(ticket)s still has open work: %(work)s. End that first.",
                        ticket=ticket.display_name,
                        work=", ".join(open_work[:10]),
                    )
                )

    def _may_still_reopen(self):
        """Tell whether the desk still takes the closed ticket up again."""
        self.ensure_one()
        if self.state == "cancelled" or self.merged_into_id:
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
            if not ticket._may_still_reopen():
                raise UserError(
                    self.env._(
                        "%(ticket)s was closed too long ago to be reopened. Please "
                        "open a new ticket; it can refer to this one.",
                        ticket=ticket.display_name,
                    )
                )

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
        by_id = isinstance(value, int)
        found = Model.search([("id" if by_id else "code", "=", value)], limit=1)
        if not found:
            raise UserError(
                self.env._(
                    "There is no %(model)s “%(value)s”.",
                    model=self.env["ir.model"]._get(model).name,
                    value=value,
                )
            )
        return found

    # ------------------------------------------------------------------
    # Movement
    # ------------------------------------------------------------------

    def _move(self, verb, vals):
        """Bring the tickets into the verb's state, with its dates and counters."""
        target = lifecycle.TRANSITIONS[verb].target
        for key, tickets in self.grouped(
            lambda ticket: (ticket.desk_id, bool(ticket.first_response_at))
        ).items():
            desk, responded = key
            tickets._write_system(
                {
                    **self._leaving_values(target),
                    **self._entering_values(target, responded),
                    **vals,
                    "stage_id": self._target_stage(desk.sudo(), target).id,
                }
            )
        if verb == "reopen":
            self._count("reopen_count")
        self._after_transition(verb)

    def _after_transition(self, verb):
        """Hook: called after tickets were moved by ``verb``."""

    @api.model
    def _leaving_values(self, target):
        """Return what is emptied when tickets enter ``target``."""
        values = {}
        if target != "pending":
            values.update(
                pending_reason_id=False, pending_since=False, pending_until=False
            )
        if target in lifecycle.OPEN_STATES:
            values.update(resolved_at=False, closed_at=False)
        return values

    @api.model
    def _entering_values(self, target, responded):
        """Return the dates that entering ``target`` sets."""
        now = fields.Datetime.now()
        if target == "resolved":
            # The solution is an answer, if there was none before.
            answer = {} if responded else {"first_response_at": now}
            return {"resolved_at": now, **answer}
        if target in ("closed", "cancelled"):
            return {"closed_at": now}
        return {}

    def _target_stage(self, desk, state):
        """Return the stage to enter: the one chosen on the kanban, or the first."""
        chosen = self.env["itsm.stage"].browse(
            self.env.context.get("itsm_stage_id", ())
        )
        chosen = chosen.exists()
        if chosen.state == state and (not chosen.desk_ids or desk in chosen.desk_ids):
            return chosen
        return self.env["itsm.stage"]._for_state(desk, state)

    def _write_stage(self, vals):
        """Move to a stage somebody chose, through the verb that leads there."""
        vals = dict(vals)
        stage = self.env["itsm.stage"].browse(vals.pop("stage_id")).exists()
        if vals:
            self.write(vals)
        for state, tickets in self.grouped("state").items():
            if state == stage.state:
                tickets.check_access("write")
                tickets._write_system({"stage_id": stage.id})
                continue
            verb = lifecycle.verb_between(state, stage.state)
            tickets._refuse_dead_end(verb, state, stage)
            tickets.with_context(itsm_stage_id=stage.id)._run_without_form(verb)
        return True

    def _refuse_dead_end(self, verb, state, stage):
        if verb:
            return
        labels = dict(self._fields["state"]._description_selection(self.env))
        raise UserError(
            self.env._(
                "%(ticket)s cannot go from “%(state)s” to “%(stage)s”.",
                ticket=self[0].display_name,
                state=labels[state],
                stage=stage.name,
            )
        )

    def _run_without_form(self, verb):
        """Use a verb that was meant by dragging a card.

        Verbs that need words cannot be meant by a drag alone.
        """
        if verb in ("set_pending", "reopen", "cancel"):
            raise UserError(
                self.env._(
                    "Open %(ticket)s and use the button there: a reason is needed.",
                    ticket=self[0].display_name,
                )
            )
        return getattr(self, verb)()

    def _resolution_values(self, code, text):
        """Return the given code and text; what is not given stays the ticket's own."""
        values = {"resolution_code_id": code.id, "resolution": text}
        return {name: value for name, value in values.items() if value}

    def _close_with(self, code):
        self._move(
            "close", {"closure_code_id": self._coded("itsm.closure.code", code).id}
        )

    def _count(self, name):
        """Add one to a counter of each ticket, in one statement for each value."""
        for count, tickets in self.grouped(name).items():
            tickets._write_system({name: count + 1})

    def _tell(self, text):
        """Post ``text`` in the conversation, where the requester reads it."""
        author = self.env.user.partner_id
        for ticket in self:
            ticket.message_post(
                body=text,
                author_id=author.id,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
