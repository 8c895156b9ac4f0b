from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain


class RatingRating(models.Model):
    """What people think of a ticket is for those who may read it, and theirs alone.

    Odoo lets all employees read and change all ratings, with the key that gives one.
    """

    _inherit = "rating.rating"

    access_token = fields.Char(groups="base.group_system")
    itsm_readable = fields.Boolean(
        compute="_compute_itsm_readable",
        search="_search_itsm_readable",
        export_string_translation=False,
    )

    @api.depends("res_model", "res_id")
    @api.depends_context("uid")
    def _compute_itsm_readable(self):
        of_tickets = self.filtered(lambda rating: rating.res_model == "itsm.ticket")
        # Not the rights of the rule that asks: the tickets are those the user reads.
        tickets = (
            self.env["itsm.ticket"].sudo(False).browse(of_tickets.mapped("res_id"))
        )
        readable = set(tickets.exists()._filtered_access("read").ids)
        for rating in self:
            rating.itsm_readable = rating not in of_tickets or rating.res_id in readable

    def _search_itsm_readable(self, operator, value):
        if operator != "in":
            return NotImplemented
        tickets = self.env["itsm.ticket"].sudo(False)
        return Domain("res_model", "!=", "itsm.ticket") | Domain(
            "res_id", "in", tickets._search([], active_test=False)
        )

    @api.model_create_multi
    def create(self, vals_list):
        ratings = super().create(vals_list)
        ratings._itsm_refuse_strangers()
        return ratings

    def write(self, vals):
        self._itsm_refuse_strangers()
        result = super().write(vals)
        self._itsm_refuse_strangers()
        return result

    def _itsm_refuse_strangers(self):
        """Refuse to rate tickets otherwise than on their page or by a mail's link."""
        if self.env.su:
            return
        # sudo: which of them are of tickets.
        if "itsm.ticket" in self.sudo().mapped("res_model"):
            raise AccessError(
                self.env._("Only the person who asked rates a ticket, on its page.")
            )
