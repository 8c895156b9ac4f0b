from odoo import api, fields, models

from .itsm_ticket import WORKERS

# So long a solved matter that somebody joined stays on their list.
_JOINED_DAYS = 7
_MAX_JOINED = 10


class ItsmTicket(models.Model):
    """What staff are told of a ticket, and who joined it there."""

    _inherit = "itsm.ticket"

    announcement_ids = fields.One2many(
        "itsm.announcement", "ticket_id", "Announcements", copy=False, groups=WORKERS
    )
    open_announcement_id = fields.Many2one(
        "itsm.announcement", compute="_compute_open_announcement_id", groups=WORKERS
    )
    joined_count = fields.Integer(
        "Tickets Not Opened",
        compute="_compute_joined_count",
        groups=WORKERS,
        help="People who said “Me too” at an announcement instead of opening a ticket.",
    )

    @api.depends("announcement_ids.state", "announcement_ids.cleared_at")
    def _compute_open_announcement_id(self):
        # sudo: agents read announcements; the field is for them alone.
        found = self.env["itsm.announcement"].sudo()
        for news in found.search(
            [("ticket_id", "in", self.ids), *self._not_cleared_domain()], order="id"
        ):
            found |= news
        by_ticket = {news.ticket_id.id: news.id for news in found}
        for ticket in self:
            ticket.open_announcement_id = by_ticket.get(ticket._origin.id, False)

    @api.model
    def _not_cleared_domain(self):
        return [("state", "in", ["running"]), ("cleared_at", "=", False)]

    @api.depends("reporter_ids.announcement_id")
    def _compute_joined_count(self):
        rows = self.env["itsm.ticket.reporter"]._read_group(
            [("ticket_id", "in", self.ids), ("announcement_id", "!=", False)],
            ["ticket_id"],
            ["__count"],
        )
        counts = {ticket.id: count for ticket, count in rows}
        for ticket in self:
            ticket.joined_count = counts.get(ticket.id, 0)

    def _after_transition(self, verb):
        result = super()._after_transition(verb)
        if verb in ("resolve", "cancel"):
            self._ask_for_all_clear()
        return result

    def _ask_for_all_clear(self):
        """Ask whoever announced it whether it is over."""
        # sudo: to-dos of those who announced it.
        announcements = self.env["itsm.announcement"].sudo()
        for news in announcements.search(
            [("ticket_id", "in", self.ids), *self._not_cleared_domain()]
        ):
            told_by = news.update_ids.sorted("id")[-1:].user_id or news.create_uid
            news.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=told_by.id,
                summary=self.env._(
                    "%(ticket)s is solved: send the all-clear?",
                    ticket=news.ticket_id.number,
                ),
            )

    def _move_content_to(self, target):
        """What staff were told is about the ticket that goes on."""
        result = super()._move_content_to(target)
        # sudo: merging has asked who may.
        self.sudo().announcement_ids.ticket_id = target
        return result

    def action_announce(self):
        """Open what staff are told of it, or begin to write it."""
        self.ensure_one()
        self.check_access("write")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_helpdesk.itsm_announcement_action"
        )
        known = self.open_announcement_id
        if known:
            return {**action, "views": [(False, "form")], "res_id": known.id}
        template = self.env["itsm.announcement.template"].search(
            [
                ("kind", "=", "disturbance"),
                "|",
                ("desk_ids", "=", False),
                ("desk_ids", "in", self.desk_id.ids),
            ],
            limit=1,
        )
        defaults = {
            **template._announcement_values(),
            "template_id": template.id,
            "kind": "disturbance",
            "ticket_id": self.id,
            "desk_ids": self.desk_id.ids,
            "service_ids": self.service_id.ids,
        }
        context = {f"default_{name}": value for name, value in defaults.items()}
        return {**action, "views": [(False, "form")], "context": context}

    def action_all_clear(self):
        """Tell those who were told of it that it is over."""
        self.ensure_one()
        return self.open_announcement_id.action_all_clear()

    # ------------------------------------------------------------------
    # The portal of those who joined
    # ------------------------------------------------------------------

    @api.model
    def _portal_joined(self):
        """Return what the user joined, in a short form.

        The ticket is somebody else's: its subject and conversation stay with them.
        """
        since = fields.Datetime.subtract(fields.Datetime.now(), days=_JOINED_DAYS)
        # sudo: one's own reports; of the ticket only number, desk and state are told.
        reports = (
            self.env["itsm.ticket.reporter"]
            .sudo()
            .search(
                [
                    ("partner_id", "=", self.env.user.partner_id.id),
                    "|",
                    ("ticket_id.state", "in", self._open_states()),
                    ("ticket_id.resolved_at", ">=", since),
                ],
                order="reported_at desc, id desc",
                limit=_MAX_JOINED,
            )
        )
        return [report._portal_row() for report in reports]


class ItsmTicketReporter(models.Model):
    _inherit = "itsm.ticket.reporter"

    def _portal_row(self):
        """Return what a list shows of something that somebody joined."""
        self.ensure_one()
        ticket, news = self.ticket_id, self.announcement_id
        if news:
            subject = news._title()
        elif ticket.service_id:
            subject = ticket.service_id.name
        else:
            subject = self.env._(
                "What you reported to %(desk)s", desk=ticket.desk_id.name
            )
        return {
            "number": ticket.number,
            "subject": subject,
            "desk": ticket.desk_id.name,
            "url": news._portal_url() if news else "",
            "since": self.reported_at,
            "status": ticket._portal_status(False),
        }
