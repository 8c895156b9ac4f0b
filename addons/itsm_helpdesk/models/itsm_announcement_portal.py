from odoo import api, fields, models
from odoo.fields import Domain

_LOOKS = {
    "info": ("info", "fa-info-circle"),
    "disturbance": ("danger", "fa-exclamation-triangle"),
    "planned": ("warning", "fa-wrench"),
}
_CLEAR_LOOK = ("success", "fa-check-circle")
# What does not work now comes before what will not work, and that before news.
_ORDER = ("disturbance", "planned", "info")
_MAX_LIST = 50


class ItsmAnnouncement(models.Model):
    """News on the home of the staff, and the page of each.

    Pages are rendered from the plain values that these methods return.
    """

    _inherit = "itsm.announcement"

    asks_me = fields.Boolean(
        compute="_compute_asks_me", export_string_translation=False
    )

    @api.depends("ask_confirmation", "is_draft")
    @api.depends_context("uid")
    def _compute_asks_me(self):
        """Tell whether the user has not said yet that they have read it."""
        # sudo: one's own receipts.
        receipts = (
            self.env["itsm.announcement.receipt"]
            .sudo()
            .search(
                [
                    ("announcement_id", "in", self.ids),
                    ("partner_id", "=", self.env.user.partner_id.id),
                    ("confirmed_at", "=", False),
                ]
            )
        )
        asked = set(receipts.announcement_id.ids)
        for news in self:
            news.asks_me = news.ask_confirmation and news._origin.id in asked

    @api.model
    def _portal_running(self):
        """Return what is announced now by the desks that the user may turn to."""
        desks = self.env["itsm.ticket"]._portal_desks()
        domain = (
            Domain("state", "in", ["running"])
            & Domain("on_portal", "=", True)
            & (Domain("desk_ids", "=", False) | Domain("desk_ids", "in", desks.ids))
        )
        if self.env.user.has_groups(
            "itsm_helpdesk.group_itsm_agent,itsm_helpdesk.group_itsm_auditor"
        ):
            # Who works for the desk reads all; the portal shows what is for them.
            domain &= self._for_me_domain()
        return self.search(domain)

    @api.model
    def _portal_rows(self):
        """Return what stands on the home page, the most urgent first."""
        running = self._portal_running()
        joined = running._joined_by(self.env.user.partner_id)
        return [
            news._portal_row(news.id in joined)
            for news in running.sorted(
                lambda news: (bool(news.cleared_at), _ORDER.index(news.kind))
            )
        ]

    @api.model
    def _portal_disturbances(self, desk_id=False, service_id=False):
        """Return what does not work now, for the forms on which people report it."""
        running = self._portal_running().filtered(
            lambda news: news.kind == "disturbance" and not news.cleared_at
        )
        if service_id:
            running = running.filtered(lambda news: service_id in news.service_ids.ids)
        elif desk_id:
            running = running.filtered(
                lambda news: not news.desk_ids or desk_id in news.desk_ids.ids
            )
        joined = running._joined_by(self.env.user.partner_id)
        return [news._portal_row(news.id in joined) for news in running]

    def _joined_by(self, partner):
        """Return the ids of the announcements at which somebody joined."""
        # sudo: one's own reports.
        tickets = self.sudo().ticket_id
        if not tickets:
            return set()
        mine = (
            self.env["itsm.ticket.reporter"]
            .sudo()
            .search([("ticket_id", "in", tickets.ids), ("partner_id", "=", partner.id)])
            .ticket_id
        )
        mine |= tickets.filtered(
            lambda ticket: partner in (ticket.partner_id | ticket.requested_for_id)
        )
        return {news.id for news in self.sudo() if news.ticket_id & mine}

    def _portal_row(self, joined=False):
        """Return what a banner shows.

        :param joined: whether the reader said “Me too”
        """
        self.ensure_one()
        # sudo: whether people may join; of the ticket nothing else is told.
        news = self.sudo()
        tone, icon = _CLEAR_LOOK if news.cleared_at else _LOOKS[news.kind]
        return {
            "id": news.id,
            "url": news._portal_url(),
            "name": news._title(),
            "body": news._portal_clear() or news._text(),
            "kind": news._portal_kind(),
            "tone": tone,
            "icon": icon,
            "when": "" if news.cleared_at else news._portal_span(),
            "takes_me_too": news._takes_me_too(),
            "joined": joined,
            "people": news.ticket_id.affected_count if news.ticket_id else 0,
        }

    def _portal_url(self):
        return f"/my/notices/{self.id}"

    def _portal_kind(self):
        if self.cleared_at:
            return self.env._("All clear")
        return dict(self._fields["kind"]._description_selection(self.env))[self.kind]

    def _portal_clear(self):
        """Return what the all-clear says."""
        clear = self.update_ids.filtered(lambda row: row.kind == "all_clear")
        return self._text(clear.sorted("id")[-1:].body or "") if clear else ""

    def _portal_span(self):
        """Return when it happens, else how long it is shown."""
        Ticket = self.env["itsm.ticket"]
        moment = Ticket._portal_moment
        if self.begins_at and self.ends_at:
            days = {
                Ticket._portal_local(each).date()
                for each in (self.begins_at, self.ends_at)
            }
            is_one_day = len(days) == 1
            end = Ticket._portal_clock_time if is_one_day else moment
            return self.env._(
                "%(start)s – %(end)s",
                start=moment(self.begins_at),
                end=end(self.ends_at),
            )
        if self.begins_at:
            is_past = self.begins_at <= fields.Datetime.now()
            start = moment(self.begins_at)
            if is_past:
                return self.env._("Since %(start)s", start=start)
            return self.env._("From %(start)s", start=start)
        until = self.ends_at or (not self.cleared_at and self.date_to)
        return self.env._("Until %(moment)s", moment=moment(until)) if until else ""

    # ------------------------------------------------------------------
    # The page of an announcement
    # ------------------------------------------------------------------

    @api.model
    def _portal_found(self, news_id):
        """Return the announcement of a page: shown to the user now, or told to them."""
        news = self.search(
            Domain("id", "=", news_id)
            & Domain("state", "in", ["running"])
            & self._for_me_domain()
        )
        if news:
            return news
        # sudo: who has a receipt was told, and may read again what they were told.
        receipt = (
            self.env["itsm.announcement.receipt"]
            .sudo()
            .search(
                [
                    ("announcement_id", "=", news_id),
                    ("partner_id", "=", self.env.user.partner_id.id),
                ]
            )
        )
        told = receipt.announcement_id.filtered(
            lambda one: one.active and one.state in ("running", "over")
        )
        return told

    @api.model
    def _portal_list(self):
        """Return what the user was told, the last first."""
        mine = self._portal_running()
        receipts = (
            self.env["itsm.announcement.receipt"]
            .sudo()  # sudo: one's own receipts
            .search(
                [
                    ("partner_id", "=", self.env.user.partner_id.id),
                    ("announcement_id.active", "=", True),
                    ("announcement_id.state", "in", ["running", "over"]),
                ],
                order="id desc",
                limit=_MAX_LIST,
            )
        )
        told = (receipts.announcement_id | mine.sudo()).sorted("date_from", True)
        joined = told._joined_by(self.env.user.partner_id)
        return [
            {
                **news._portal_row(news.id in joined),
                "date": news.date_from,
                "is_over": news.state == "over",
            }
            for news in told[:_MAX_LIST]
        ]

    def _portal_page(self, partner):
        """Return what the page of an announcement shows a reader."""
        self.ensure_one()
        # sudo: of a reader who was let in.
        news = self.sudo()
        receipt = news._receipt_of(partner)
        is_over = news.state == "over"
        updates = news.update_ids.filtered(
            lambda row: row.kind in ("update", "all_clear")
        )
        return {
            **news._portal_row(news.id in news._joined_by(partner)),
            "body": news._text(),
            "date": news.date_from,
            "is_over": is_over,
            "asks": news.ask_confirmation,
            "confirmed_at": receipt.confirmed_at,
            "reader": partner.name,
            "updates": [
                {
                    "kind": row.kind,
                    "text": news._text(row.body),
                    "at": row.send_at,
                }
                for row in updates.sorted("id", reverse=True)
            ],
        }

    def _portal_act(self, verb, partner, text=""):
        """Do what a reader chose on a page: confirm, reply, join."""
        self.ensure_one()
        if verb == "confirm":
            return self._receipt_of(partner)._note_read(confirmed=True)
        if verb == "reply":
            return self._reply(partner, text)
        return self._me_too(partner, text)

    def action_confirm_read(self):
        """Note that the user has read it."""
        self.check_access("read")
        for news in self:
            if news.state in ("running", "over"):
                news._receipt_of(self.env.user.partner_id)._note_read(confirmed=True)
        return True
