from odoo import api, fields, models
from odoo.exceptions import UserError

from .itsm_ticket import WORKERS

_MAX_WORDS = 200


class ItsmAnnouncement(models.Model):
    """A disturbance that is about a ticket: who is hit joins it by “Me too”."""

    _inherit = "itsm.announcement"

    ticket_id = fields.Many2one(
        "itsm.ticket",
        index="btree_not_null",
        ondelete="set null",
        tracking=True,
        copy=False,
        groups=WORKERS,
        help="Staff say “Me too” and join it, instead of opening tickets.",
    )
    joined_count = fields.Integer(
        "Said “Me Too”",
        compute="_compute_joined_count",
        groups=WORKERS,
        help="Tickets that were not opened because of it.",
    )

    @api.depends("ticket_id")
    def _compute_joined_count(self):
        rows = self.env["itsm.ticket.reporter"]._read_group(
            [("announcement_id", "in", self.ids)], ["announcement_id"], ["__count"]
        )
        counts = {news.id: count for news, count in rows}
        for news in self:
            news.joined_count = counts.get(news.id, 0)

    def _takes_me_too(self):
        """Tell whether people who are hit may join. With the rights of the system."""
        self.ensure_one()
        return (
            self.kind == "disturbance"
            and self.state == "running"
            and not self.cleared_at
            and self.ticket_id.state in self.ticket_id._open_states()
        )

    def _me_too(self, partner, words=""):
        """Let a reader join the ticket that it is about.

        :param partner: the reader, who was let in
        :return: whether they are new
        """
        self.ensure_one()
        news = self.sudo()  # sudo: of the ticket the reader only learns that it counts
        if not news._takes_me_too():
            raise UserError(
                self.env._(
                    "It is over already, so nobody joins any more. If it still does "
                    "not work for you, please report it."
                )
            )
        words = " ".join(words.split())[:_MAX_WORDS] if isinstance(words, str) else ""
        news._receipt_of(partner)
        return news.ticket_id._join(partner, words, news)

    def action_view_joined(self):
        """Open who joined."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Me Too"),
            "res_model": "itsm.ticket.reporter",
            "view_mode": "list",
            "views": [(False, "list")],
            "domain": [("announcement_id", "=", self.id)],
        }
