from odoo import api, fields, models
from odoo.fields import Domain

from ..tools import lifecycle

# Colour of each status on the portal, by state: Bootstrap's contextual classes.
_TONES = {
    "new": "info",
    "approval": "info",
    "in_progress": "primary",
    "pending": "light",
    "resolved": "success",
    "closed": "light",
    "cancelled": "light",
}
_STEP_OF_STATE = {"in_progress": 1, "pending": 1, "resolved": 2, "closed": 3}


class ItsmTicket(models.Model):
    """The ticket as its requester sees it on the portal.

    Pages are rendered from the plain values that these methods return, never from
    a record with more rights than the reader has.
    """

    _inherit = "itsm.ticket"

    requester_update_at = fields.Datetime(
        "Last Update for the Requester",
        readonly=True,
        copy=False,
        default=fields.Datetime.now,
        help="When something happened that the requester can see: a public message "
        "or a new state. Internal notes do not count.",
    )

    def _compute_access_url(self):
        for ticket in self:
            ticket.access_url = f"/my/tickets/{ticket.id}"

    # ------------------------------------------------------------------
    # Last update
    # ------------------------------------------------------------------

    @api.model
    def _entering_values(self, target, responded):
        return {
            **super()._entering_values(target, responded),
            "requester_update_at": fields.Datetime.now(),
        }

    def _message_post_after_hook(self, message, msg_values):
        if self._is_public_word(message):
            # sudo: requesters may write messages, not tickets.
            self.sudo()._write_system({"requester_update_at": message.date})
        return super()._message_post_after_hook(message, msg_values)

    # ------------------------------------------------------------------
    # Whose tickets
    # ------------------------------------------------------------------

    @api.model
    def _portal_domain(self):
        """Return the domain of what the user sees as a requester.

        That is the record rule for requesters. Who works on tickets has wider
        rules, and the portal still shows them only what a requester would see.
        """
        if not self.env.user.has_groups(
            "itsm_helpdesk.group_itsm_agent,itsm_helpdesk.group_itsm_auditor"
        ):
            return Domain.TRUE
        return self._requester_domain()

    @api.model
    def _portal_mine_domain(self):
        """Return the domain of the tickets the user asked for or needs."""
        partner_id = self.env.user.partner_id.id
        return Domain("partner_id", "=", partner_id) | Domain(
            "requested_for_id", "=", partner_id
        )

    @api.model
    def _portal_open_domain(self):
        """Return the domain of the tickets a requester still has on their mind.

        To them a solved ticket is open until they confirm it.
        """
        return Domain("state", "not in", lifecycle.ENDED_STATES)

    @api.model
    def _portal_waiting_domain(self):
        """Return the domain of the user's tickets that cannot go on without them."""
        return self._portal_mine_domain() & (
            Domain("is_waiting_for_requester", "=", True)
            # Who confirms a request confirms its parts.
            | Domain("state", "=", "resolved") & Domain("is_part", "=", False)
        )

    def _thread_to_store(self, store, fields, *, request_list=None):
        """Give whoever holds only a ticket's link its public conversation, no more.

        Odoo answers them with the rights of the system: all files, the followers
        with their addresses, planned activities.
        """
        by_link = self.env.su and not self.sudo(False).has_access("read")
        if request_list and by_link:
            request_list = []
        return super()._thread_to_store(store, fields, request_list=request_list)

    # ------------------------------------------------------------------
    # What the pages show
    # ------------------------------------------------------------------

    def _portal_rows(self):
        """Return what a list shows of each ticket, in order."""
        partner = self.env.user.partner_id
        promises = self._sla_next_promises()
        # sudo: names of people and teams, which requesters have no right to read;
        # the tickets themselves were searched with the user's rights.
        return [
            {
                "id": ticket.id,
                "url": ticket.access_url,
                "number": ticket.number,
                "subject": ticket.name,
                "desk": ticket.desk_id.name,
                "requested_for": ticket.requested_for_id.name,
                "is_mine": ticket._is_requester(partner),
                "handler": ticket._portal_handler(),
                "updated_at": ticket.requester_update_at or ticket.opened_at,
                "status": ticket._portal_status(ticket._is_requester(partner)),
                "promise": promises[ticket.id],
            }
            for ticket in self.sudo()
        ]

    def _portal_handler(self):
        """Return the first name of the assignee, or else the team."""
        name = (self.user_id.name or "").split()
        return name[0] if name else self.team_id.name or self.desk_id.name

    def _portal_status(self, is_mine):
        """Return the status in plain words, its colour, and whom it waits for.

        :param is_mine: whether the reader is the requester
        """
        self.ensure_one()
        tone, waits_for_reader = _TONES[self.state], False
        if self.state == "resolved" or self.is_waiting_for_requester:
            waits_for_reader = is_mine
            tone = "warning" if is_mine and self.state == "pending" else tone
        return {
            "label": self._portal_status_label(is_mine),
            "tone": tone,
            "waits_for_reader": waits_for_reader,
        }

    def _portal_status_label(self, is_mine):
        labels = {
            "new": self.env._("Received"),
            "approval": self.env._("Waiting for approval"),
            "in_progress": self.env._("In work"),
            "pending": self.env._("On hold"),
            "resolved": self.env._("Solved"),
            "closed": self.env._("Closed"),
            "cancelled": self.env._("Cancelled"),
        }
        if is_mine and self.is_waiting_for_requester:
            return self.env._("Waiting for you")
        if is_mine and self.state == "resolved":
            return self.env._("Solved, please confirm")
        return labels[self.state]

    def _portal_steps(self):
        """Return the way of the ticket in steps that a person understands."""
        self.ensure_one()
        if self.state == "cancelled":
            labels = [self.env._("Received"), self.env._("Cancelled")]
            current = 1
        else:
            labels = [
                self.env._("Received"),
                self.env._("In work"),
                self.env._("Solved"),
                self.env._("Closed"),
            ]
            current = _STEP_OF_STATE.get(self.state, 0)
        dates = {0: self.opened_at, len(labels) - 1: self.closed_at}
        if self.state != "cancelled":
            dates[2] = self.resolved_at
        return [
            {
                "label": label,
                "done": index < current or self.state in lifecycle.ENDED_STATES,
                "current": index == current,
                "date": dates.get(index) if index <= current else False,
            }
            for index, label in enumerate(labels)
        ]

    def _portal_facts(self):
        """Return the facts of the ticket as (label, value, kind of value)."""
        self.ensure_one()
        # sudo: names of people and teams; the caller checked access to the ticket.
        ticket = self.sudo()
        asked_by = ticket.partner_id - ticket.requested_for_id
        facts = [
            (self.env._("For"), ticket.requested_for_id.name, "text"),
            (self.env._("Asked by"), asked_by.name, "text"),
            (self.env._("Desk"), ticket.desk_id.name, "text"),
            (self.env._("Handled by"), ticket._portal_handler(), "text"),
            (self.env._("Kind"), dict(self._portal_types()).get(self.type), "text"),
            (self.env._("Category"), ticket.category_id._portal_path_name(), "text"),
            (self.env._("Opened"), ticket.opened_at, "datetime"),
            (self.env._("Agreed for"), ticket.due_at, "datetime"),
            (self.env._("Last update"), ticket.requester_update_at, "datetime"),
        ]
        return [fact for fact in facts if fact[1]]

    def _portal_relatives(self):
        """Return the parent and the children that the user may read."""
        self.ensure_one()
        # sudo: only ids are taken, and then filtered by the user's rights.
        relatives = self.sudo().parent_id | self.sudo().child_ids
        return self.browse(relatives.ids)._filtered_access("read")._portal_rows()

    def _portal_files(self, by_token):
        """Return the ticket's own files that the reader may see.

        :param by_token: the reader has only the link of the ticket: they see what
            the requester put there and what stands in public messages
        """
        self.ensure_one()
        # sudo: portal users have no rights on files at all; what the reader of the
        # ticket must not see is taken out below.
        files = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                Domain("res_model", "=", self._name) & Domain("res_id", "=", self.id),
                order="id",
            )
        )
        if not by_token:
            return files - files.sudo(False)._itsm_hidden("read")
        requesters = self.sudo().partner_id | self.sudo().requested_for_id
        public = self.env["mail.message"].sudo()._get_search_domain_share() & Domain(
            "attachment_ids", "in", files.ids
        )
        shown = self.env["mail.message"].sudo().search(public).attachment_ids
        return files.filtered(
            lambda file: file in shown or file.create_uid.partner_id in requesters
        )

    # ------------------------------------------------------------------
    # What happens next
    # ------------------------------------------------------------------

    def _next_step_text(self):
        """Return one or two sentences that say what happens next, and who acts."""
        self.ensure_one()
        # sudo: names and the desk's rules, for whoever may see the ticket.
        ticket = self.sudo()
        is_mine = ticket._is_requester(self.env.user.partner_id)
        if ticket.state in ("resolved", "closed"):
            return ticket._next_step_when_solved(is_mine)
        if ticket.state == "pending":
            return ticket._next_step_when_pending(is_mine)
        return {
            "new": ticket._next_step_when_new,
            "approval": lambda: self.env._(
                "Somebody has to approve it first. The work starts after that."
            ),
            "in_progress": ticket._next_step_when_in_progress,
            "cancelled": ticket._next_step_when_cancelled,
        }[ticket.state]()

    def _next_step_when_new(self):
        if not self.desk_id._is_staffed_now():
            return self.env._(
                "%(desk)s is closed right now and will look at it when it opens. You "
                "get a message as soon as there is news.",
                desk=self.desk_id.name,
            )
        return self.env._(
            "%(desk)s has it and will look at it soon. You get a message as soon as "
            "there is news.",
            desk=self.desk_id.name,
        )

    def _next_step_when_in_progress(self):
        return self.env._(
            "%(handler)s is working on it. You get a message as soon as there is news.",
            handler=self._portal_handler(),
        )

    def _next_step_when_pending(self, is_mine):
        reason = self.pending_reason_id
        if reason.waits_for == "requester":
            if is_mine:
                return self.env._(
                    "We need an answer from you. Write it below; then the work goes on."
                )
            return self.env._("We are waiting for an answer of the requester.")
        words = reason.requester_text or self.env._("The work is paused.")
        if not self.pending_until:
            return words
        return self.env._(
            "%(reason)s It goes on by itself on %(date)s.",
            reason=words,
            date=self._portal_date(self.pending_until),
        )

    def _next_step_when_solved(self, is_mine):
        desk = self.desk_id
        if self.state == "closed":
            if not self._may_still_reopen():
                return self.env._(
                    "It is closed. If you need help again, open a new ticket."
                )
            return self.env._(
                "It is closed. If it comes back before %(date)s, it can be reopened.",
                date=self._portal_date(
                    fields.Datetime.add(self.closed_at, days=desk.reopen_days)
                ),
            )
        words = (
            self._solved_question()
            if is_mine
            else self.env._("The requester is asked to confirm.")
        )
        if not desk.auto_close_days or not self.resolved_at:
            return words
        return self.env._(
            "%(sentence)s Without an answer it closes by itself on %(date)s.",
            sentence=words,
            date=self._portal_date(
                fields.Datetime.add(self.resolved_at, days=desk.auto_close_days)
            ),
        )

    def _solved_question(self):
        """Ask the requester whether the solution holds."""
        return self.env._(
            "Does it work again? Please confirm, or say what is still wrong."
        )

    def _next_step_when_cancelled(self):
        target = self.merged_into_id
        reader = target.with_user(self.env.user)
        if target and reader.has_access("read"):
            return self.env._(
                "It goes on together with %(number)s.", number=target.number
            )
        if target:
            return self.env._("It goes on together with another ticket.")
        return self.env._("It was cancelled. Nothing more happens with it.")

    def _portal_date(self, moment):
        """Return a moment as a date in the reader's language and time zone."""
        local = fields.Datetime.context_timestamp(self, moment)
        return self.env["ir.qweb.field.date"].value_to_html(local.date(), {})
