import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from .itsm_rating_invitation import ASKING

_MOMENTS = {"resolve": "resolved", "close": "closed"}
# A request this late asks about what nobody remembers.
_STALE_DAYS = 7


class ItsmTicket(models.Model):
    """Who is asked by mail what they think: not everybody, and nobody too often."""

    _inherit = "itsm.ticket"

    rating_due_at = fields.Datetime(readonly=True, copy=False)
    rating_decision = fields.Selection(
        [
            ("asked", "Asked"),
            ("rated", "Rated"),
            ("sampled_out", "Not in the sample"),
            ("paused", "Asked about another ticket lately"),
            ("quiet", "Does not want to be asked"),
            ("no_mail", "No mail address"),
            ("own", "Nobody rates their own work"),
            ("late", "Too long ago"),
        ],
        "Request to Rate",
        readonly=True,
        copy=False,
        help="Whether the requester was asked by mail what they think, and why not.",
    )

    _rating_due_idx = models.Index("(rating_due_at) WHERE rating_due_at IS NOT NULL")

    @api.model
    def _system_fields(self):
        return super()._system_fields() | {"rating_due_at", "rating_decision"}

    def _after_transition(self, verb):
        result = super()._after_transition(verb)
        if verb in _MOMENTS:
            self._plan_rating(_MOMENTS[verb])
        elif verb in ("reopen", "cancel"):
            self.filtered("rating_due_at")._write_system({"rating_due_at": False})
        return result

    def _plan_rating(self, moment):
        """Note that people are to be asked, in the hours that the desk gives them.

        Not for what came in with a ledger or was closed as stale, and not for parts:
        the request asks for them.
        """
        if self.env.context.get("mail_notrack"):
            return
        asked = self.filtered(
            lambda ticket: not ticket.is_part and not ticket.merged_into_id
        )
        for desk, tickets in asked.grouped(
            lambda ticket: ticket.sudo().desk_id
        ).items():
            if desk.rating_ask == moment:
                due = fields.Datetime.now() + timedelta(hours=desk.rating_delay_hours)
                tickets._write_system({"rating_due_at": due, "rating_decision": False})

    # ------------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------------

    @api.model
    def _cron_ask_ratings(self, limit=200):
        """Ask about the tickets that are due, and remind those who did not answer."""
        self._process_in_batches(
            Domain("rating_due_at", "<=", fields.Datetime.now()),
            lambda tickets: tickets._ask_ratings(),
            limit,
        )
        self.env["itsm.rating.invitation"]._remind()

    def _ask_ratings(self):
        """Decide for each ticket whether its requester is asked, and ask."""
        decisions = self._rating_decisions()
        for decision, tickets in self.grouped(lambda t: decisions[t]).items():
            tickets._write_system({"rating_due_at": False, "rating_decision": decision})
        asked = self.filtered(lambda ticket: decisions[ticket] == "asked")
        self._invite_by_mail([(ticket, ticket._rating_person(), 0) for ticket in asked])

    def _rating_decisions(self):
        """Return ``{ticket: decision}``; of several of one person the newest counts."""
        last = self._rating_last_asked()
        decisions = {}
        for ticket in self.sorted("resolved_at", reverse=True):
            decision = ticket._rating_decision(last)
            decisions[ticket] = decision
            if decision == "asked":
                last[ticket._rating_person()] = fields.Datetime.now()
        return decisions

    def _rating_decision(self, last):
        """Return what is decided for one ticket.

        :param last: ``{person: when they were asked last}``
        """
        person, desk = self._rating_person(), self.desk_id
        stale = fields.Datetime.now() - timedelta(days=_STALE_DAYS)
        if self.state not in ("resolved", "closed") or desk.rating_ask == "never":
            return False
        if self._rating_of(person):
            return "rated"
        if self.rating_due_at < stale or not self._may_be_rated(person):
            own = person == self.user_id.partner_id
            return "own" if own else "late"
        if person.itsm_rating_quiet:
            return "quiet"
        if not person.active or not person.email_normalized:
            return "no_mail"
        pause = fields.Datetime.now() - timedelta(days=desk.rating_pause_days)
        if person in last and last[person] > pause:
            return "paused"
        share = desk.rating_sample_ids._share_for(self)
        return "asked" if secrets.randbelow(100) < share else "sampled_out"

    def _rating_person(self):
        """Return who is asked: whoever needed it, if mail reaches them."""
        needed = self.requested_for_id
        return needed if needed.email_normalized else self.partner_id

    def _rating_last_asked(self):
        """Return ``{person: when they were asked last}``, reminders left aside."""
        people = self.partner_id | self.requested_for_id
        rows = (
            self.env["itsm.rating.invitation"]
            .sudo()
            ._read_group(
                [
                    ("partner_id", "in", people.ids),
                    ("way", "=", ASKING),
                    ("reminder", "=", 0),
                ],
                ["partner_id"],
                ["sent_at:max"],
            )
        )
        return {partner.with_env(self.env): moment for partner, moment in rows}

    @api.model
    def _invite_by_mail(self, rows):
        """Send invitations.

        :param rows: ``(ticket, person, number of the reminder)``
        """
        now = fields.Datetime.now()
        invitations, tokens = self.env["itsm.rating.invitation"]._issue(
            [
                {
                    "ticket_id": ticket.id,
                    "partner_id": person.id,
                    "way": ASKING,
                    "reminder": reminder,
                    "expires_at": now + timedelta(days=ticket.desk_id.rating_link_days),
                }
                for ticket, person, reminder in rows
            ]
        )
        invitations._mail(tokens)


class ItsmRatingInvitation(models.Model):
    _inherit = "itsm.rating.invitation"

    @api.model
    def _remind(self, limit=200):
        """Remind those who were asked and did not answer, as their desk says."""
        Cron = self.env["ir.cron"]
        desks = self.env["itsm.desk"].sudo().with_context(active_test=False)
        for desk in desks.search(
            [("rating_reminders", ">", 0), ("rating_ask", "!=", "never")]
        ):
            # What is passed over is not read again: newer rows only.
            last = self.browse()
            while True:
                due = self._due_for_reminder(desk, last, limit)
                if not due:
                    break
                last = due[-1:]
                ready = due.try_lock_for_update().filtered(
                    lambda key: key._may_remind()
                )
                self.env["itsm.ticket"]._invite_by_mail(
                    [(key.ticket_id, key.partner_id, key.reminder + 1) for key in ready]
                )
                if not Cron._commit_progress(len(due)):
                    return

    @api.model
    def _due_for_reminder(self, desk, last, limit):
        """Return the next unanswered requests of a desk, without a later one."""
        before = fields.Datetime.now() - timedelta(days=desk.rating_reminder_days)
        domain = (
            Domain("desk_id", "=", desk.id)
            & Domain("way", "=", ASKING)
            & Domain("used_at", "=", False)
            & Domain("sent_at", "<=", before)
            & Domain("expires_at", ">", fields.Datetime.now())
            & Domain("reminder", "<", desk.rating_reminders)
            & Domain("id", ">", last.id or 0)
        )
        found = self.sudo().search(domain, order="id", limit=limit)
        later = dict(
            self.sudo()._read_group(
                Domain("ticket_id", "in", found.ticket_id.ids)
                & Domain("way", "=", ASKING),
                ["ticket_id"],
                ["reminder:max"],
            )
        )
        return found.with_context(
            itsm_last_reminder={ticket.id: count for ticket, count in later.items()}
        )

    def _may_remind(self):
        """Tell whether this request is the last one, and still makes sense."""
        self.ensure_one()
        last = self.env.context["itsm_last_reminder"][self.ticket_id.id]
        person = self.partner_id
        return (
            self.reminder == last
            and not person.itsm_rating_quiet
            and bool(person.email_normalized)
            and self._problem() is None
        )


class ResPartner(models.Model):
    _inherit = "res.partner"

    itsm_rating_quiet = fields.Boolean(
        "Not Asked to Rate",
        help="This person does not want to be asked by mail what they think of "
        "finished tickets. They may still rate by themselves.",
    )
