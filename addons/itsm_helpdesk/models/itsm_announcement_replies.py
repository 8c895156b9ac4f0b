import logging

from odoo import api, fields, models, tools
from odoo.exceptions import UserError

from ..tools import mail_guard
from .itsm_ticket import WORKERS

_logger = logging.getLogger(__name__)

_SUBTYPE = "itsm_helpdesk.mt_announcement_reply"
_MAX_REPLY = 5000


class ItsmAnnouncement(models.Model):
    """What readers answer is feedback on the announcement, and makes no tickets.

    It is as internal as a note: the desk reads it, and whoever wrote it.
    """

    _inherit = "itsm.announcement"

    reply_count = fields.Integer(
        "Replies", compute="_compute_reply_count", groups=WORKERS
    )

    def _compute_reply_count(self):
        # sudo: how many answered; reading is another matter.
        rows = (
            self.env["mail.message"]
            .sudo()
            ._read_group(self._reply_domain(), ["res_id"], ["__count"])
        )
        counts = dict(rows)
        for news in self:
            news.reply_count = counts.get(news.id, 0)

    def _reply_domain(self):
        return [
            ("model", "=", self._name),
            ("res_id", "in", self.ids),
            ("subtype_id", "=", self.env.ref(_SUBTYPE).id),
        ]

    def action_view_replies(self):
        """Open what readers answered."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Replies"),
            "res_model": "mail.message",
            "view_mode": "list,form",
            "views": [
                (
                    self.env.ref("itsm_helpdesk.itsm_announcement_reply_view_list").id,
                    "list",
                ),
                (False, "form"),
            ],
            "domain": self._reply_domain(),
            "context": {"create": False},
        }

    def _reply(self, partner, text):
        """Keep what a reader answered on a page.

        :param partner: the reader, who was let in
        """
        self.ensure_one()
        text = text.strip()[:_MAX_REPLY] if isinstance(text, str) else ""
        if not text:
            raise UserError(self.env._("Write something first."))
        # sudo: readers have no rights on announcements; this verb lets them answer.
        self.sudo()._receipt_of(partner)._note_read()
        return self.sudo().message_post(
            body=text,
            author_id=partner.id,
            message_type="comment",
            subtype_xmlid=_SUBTYPE,
        )

    def message_post(self, *, message_type="notification", **kwargs):
        """Keep answers that come by mail as feedback."""
        if message_type == "email":
            kwargs.pop("subtype_id", None)
            kwargs["subtype_xmlid"] = _SUBTYPE
        return super().message_post(message_type=message_type, **kwargs)

    # ------------------------------------------------------------------
    # Incoming mails
    # ------------------------------------------------------------------

    @api.model
    def _reroute_replies(self, message, message_dict, routes):
        """Return the routes of a mail, with answers to announcements led to them.

        Mail programs answer to whatever address they like, and so an answer may come
        to the alias of a desk. Machines that answer say nothing.
        """
        news = self._answered_by(message)
        if not news:
            return routes
        kind = self.env["itsm.ticket"]._mail_kind(message, message_dict)
        if kind != mail_guard.HUMAN:
            _logger.info(
                "Mail %s answers an announcement: %s", message_dict["message_id"], kind
            )
            return []
        user_id = routes[0][3] if routes else self.env.uid
        return [(self._name, news.id, None, user_id, None)]

    @api.model
    def _answered_by(self, message):
        """Return the announcement that a mail answers."""
        headers = (message.get(name) or "" for name in ("References", "In-Reply-To"))
        ids = tools.mail.mail_header_msgid_re.findall(" ".join(map(str, headers)))
        if not ids:
            return self.browse()
        # sudo: the mail gateway looks for threads before it knows who writes.
        answered = (
            self.env["mail.message"]
            .sudo()
            .search(
                [("message_id", "in", ids[-50:]), ("model", "=", self._name)], limit=1
            )
        )
        return self.sudo().browse(answered.res_id or ()).exists()
