from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

STATES = [
    ("open", "To Listen"),
    ("heard", "Listened"),
    ("good", "Made Good"),
    ("answered", "Answered"),
]
_TEXTS = frozenset({"heard", "made_good", "answer", "outcome", "user_id"})
_LEADERS = "itsm_helpdesk.group_itsm_leader"
_TODO = "mail.mail_activity_data_todo"


class ItsmRatingFollowup(models.Model):
    """What a team leader does about a low rating: listen, make good, answer.

    It has its own time limit, and is never for the eyes of the person who was rated.
    """

    _name = "itsm.rating.followup"
    _description = "Follow-up of a Low Rating"
    _inherit = ["itsm.guarded.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "deadline, id"

    ticket_id = fields.Many2one(
        "itsm.ticket", readonly=True, required=True, index=True, ondelete="cascade"
    )
    rating_id = fields.Many2one(
        "rating.rating", readonly=True, required=True, ondelete="cascade"
    )
    desk_id = fields.Many2one(
        "itsm.desk", readonly=True, required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", related="desk_id.company_id", store=True
    )
    team_id = fields.Many2one("itsm.team", readonly=True, ondelete="set null")
    partner_id = fields.Many2one("res.partner", "Who Rated", readonly=True)
    rated_user_id = fields.Many2one("res.users", "Who Was Rated", readonly=True)
    stars = fields.Integer(readonly=True, aggregator="avg")
    reason_ids = fields.Many2many(
        "itsm.rating.reason", related="rating_id.itsm_reason_ids", related_sudo=False
    )
    comment = fields.Text(related="rating_id.feedback", related_sudo=False)
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        index=True,
        tracking=True,
        domain="[('share', '=', False), ('id', '!=', rated_user_id)]",
    )
    state = fields.Selection(
        STATES, required=True, default="open", readonly=True, tracking=True, index=True
    )
    heard = fields.Text("What They Told Us")
    made_good = fields.Text("What We Made Good")
    answer = fields.Text(help="The requester gets it by mail.")
    outcome = fields.Selection(
        [
            ("content", "Content now"),
            ("understood", "Understood, not content"),
            ("not_content", "Not content"),
            ("silent", "Could not be reached"),
        ],
        tracking=True,
    )
    rated_at = fields.Datetime("Rated On", readonly=True)
    deadline = fields.Datetime("Answer Until", readonly=True)
    heard_at = fields.Datetime("Listened On", readonly=True)
    made_good_at = fields.Datetime("Made Good On", readonly=True)
    answered_at = fields.Datetime("Answered On", readonly=True)
    escalated_at = fields.Datetime("Managers Told On", readonly=True)
    in_time = fields.Boolean(
        "Answered in Time", compute="_compute_in_time", store=True, readonly=True
    )
    is_late = fields.Boolean(
        "Late", compute="_compute_is_late", search="_search_is_late"
    )

    _rating_unique = models.UniqueIndex("(rating_id)")
    _due_idx = models.Index("(deadline) WHERE state != 'answered'")

    @api.depends("answered_at", "deadline")
    def _compute_in_time(self):
        for followup in self:
            answered = followup.answered_at
            followup.in_time = bool(answered) and answered <= followup.deadline

    @api.depends("state", "deadline")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for followup in self:
            waits = followup.state != "answered"
            followup.is_late = waits and bool(followup.deadline <= now)

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("state", "!=", "answered") & Domain(
            "deadline", "<=", fields.Datetime.now()
        )

    @api.depends("ticket_id", "stars")
    def _compute_display_name(self):
        for followup in self:
            followup.display_name = self.env._(
                "%(number)s: %(stars)s of 5 stars",
                number=followup.ticket_id.number,
                stars=followup.stars,
            )

    @api.constrains("user_id", "rated_user_id")
    def _check_owner(self):
        for followup in self:
            if followup.user_id and followup.user_id == followup.rated_user_id:
                raise ValidationError(
                    self.env._(
                        "%(name)s was rated, so somebody else listens.",
                        name=followup.user_id.name,
                    )
                )

    @api.model
    def _system_fields(self):
        return super()._system_fields() | {
            "answered_at",
            "deadline",
            "desk_id",
            "escalated_at",
            "heard_at",
            "made_good_at",
            "partner_id",
            "rated_at",
            "rated_user_id",
            "rating_id",
            "stars",
            "state",
            "team_id",
            "ticket_id",
        }

    def write(self, vals):
        if not self._is_system() and not _TEXTS.isdisjoint(vals):
            self._refuse_answered()
        return super().write(vals)

    def _refuse_answered(self):
        done = self.filtered(lambda followup: followup.state == "answered")[:1]
        if done:
            raise UserError(
                self.env._(
                    "“%(name)s” is answered and stays on record as it is.",
                    name=done.display_name,
                )
            )

    # ------------------------------------------------------------------
    # Beginning
    # ------------------------------------------------------------------

    @api.model
    def _follow(self, rating):
        """Begin a follow-up where a rating is low; note that a rating changed."""
        ticket = rating.itsm_ticket_id
        desk = ticket.desk_id
        # Begun by the system: who rated must not even know of it.
        followups = self.with_user(SUPERUSER_ID)
        known = followups.search([("rating_id", "=", rating.id)])
        if known:
            known._note_change(rating)
            return
        if rating.rating > int(desk.rating_low):
            return
        rated = rating.rated_partner_id.user_ids[:1] or ticket.user_id
        now = fields.Datetime.now()
        followup = (
            followups._as_system()
            .with_context(mail_create_nosubscribe=True, mail_create_nolog=True)
            .create(
                {
                    "ticket_id": ticket.id,
                    "rating_id": rating.id,
                    "desk_id": desk.id,
                    "team_id": ticket.team_id.id,
                    "partner_id": rating.partner_id.id,
                    "rated_user_id": rated.id,
                    "stars": int(rating.rating),
                    "user_id": self._first_owner(ticket, rated).id,
                    "rated_at": now,
                    "deadline": self._deadline(desk, now),
                }
            )
        )
        followup._remind_people(
            followup.user_id or followup._managers(),
            self.env._("Somebody was not content: listen, make it good, answer"),
        )

    @api.model
    def _deadline(self, desk, start):
        timeline = desk.resource_calendar_id._itsm_timeline(company=desk.company_id)
        hours = desk.rating_followup_hours
        # A calendar without any working time ahead cannot make it endless.
        return timeline.add(start, hours * 3600) or start + timedelta(hours=hours)

    @api.model
    def _first_owner(self, ticket, rated):
        """Return the team leader, or a desk manager where that is who was rated."""
        people = ticket.team_id.leader_id | ticket.desk_id.manager_ids
        people -= ticket._complained_about()
        asked = ticket.partner_id | ticket.requested_for_id
        return people.filtered(
            lambda user: (
                user.active
                and user != rated
                and user.partner_id not in asked
                # Others could not even open it.
                and user.has_group(_LEADERS)
            )
        )[:1]

    def _managers(self):
        """Return the desk's managers whom neither rating nor complaint is about."""
        hidden = self.ticket_id._complained_about()
        managers = self.desk_id.manager_ids.filtered("active")
        return managers - self.rated_user_id - hidden

    def _remind_people(self, users, summary):
        self.ensure_one()
        for user in users:
            zone = user.tz or self.desk_id.resource_calendar_id.tz or "UTC"
            followup = self.with_context(tz=zone, lang=user.lang)
            self.activity_schedule(
                _TODO,
                date_deadline=fields.Datetime.context_timestamp(
                    followup, self.deadline
                ).date(),
                summary=summary,
                user_id=user.id,
            )

    def _note_change(self, rating):
        """Say that the person changed their rating meanwhile."""
        if int(rating.rating) == self.stars:
            return
        self._message_log(
            body=self.env._(
                "The rating was changed from %(old)s to %(new)s stars.",
                old=self.stars,
                new=int(rating.rating),
            )
        )
        self._write_system({"stars": int(rating.rating)})

    # ------------------------------------------------------------------
    # Verbs
    # ------------------------------------------------------------------

    def action_listen(self):
        """The person was listened to: what they said is written down."""
        self._step("heard", ("open",), self.env._("Write down what they told you."))
        self._write_system({"state": "heard", "heard_at": fields.Datetime.now()})

    def action_make_good(self):
        """It was made good, as far as it can be."""
        self._step(
            "made_good", ("open", "heard"), self.env._("Write down what was made good.")
        )
        self._write_system({"state": "good", "made_good_at": fields.Datetime.now()})

    def action_answer(self):
        """Send the answer to who was not content, and end the follow-up."""
        open_states = tuple(state for state, _label in STATES if state != "answered")
        self._step("answer", open_states, self.env._("Write the answer first."))
        if not all(followup.outcome for followup in self):
            raise UserError(self.env._("Choose how content they are now."))
        for followup in self:
            followup._send_answer()
        self._write_system({"state": "answered", "answered_at": fields.Datetime.now()})
        self.activity_ids.action_feedback()

    def _step(self, field, states, missing):
        """Check who goes on with it, from where, and that it is written down."""
        self.check_access("write")
        self._refuse_answered()
        for followup in self:
            if followup.state not in states:
                raise UserError(
                    self.env._(
                        "“%(name)s” is further already.", name=followup.display_name
                    )
                )
            if not (followup[field] or "").strip():
                raise UserError(missing)

    def _send_answer(self):
        """Mail the answer; an answer to that mail comes back here, not to the ticket.

        The person who was rated reads the ticket.
        """
        # sudo: the language of a person whom the leader may not know otherwise.
        reader = self.with_context(lang=self.partner_id.sudo().lang)
        self.message_post(
            body=self.answer,
            subject=reader.env._(
                "[%(number)s] Your rating", number=self.ticket_id.number
            ),
            partner_ids=self.partner_id.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            email_layout_xmlid="itsm_helpdesk.mail_layout",
        )

    @api.model
    def _cron_escalate(self, limit=200):
        """Tell the desk managers of those that were not answered in time."""
        Cron = self.env["ir.cron"]
        domain = Domain("is_late", "=", True) & Domain("escalated_at", "=", False)
        while True:
            late = self.search(domain, limit=limit).try_lock_for_update()
            late._write_system({"escalated_at": fields.Datetime.now()})
            for followup in late:
                followup._remind_people(
                    followup._managers() - followup.user_id,
                    self.env._("A low rating was not answered in time"),
                )
            if not late or not Cron._commit_progress(len(late)):
                return
