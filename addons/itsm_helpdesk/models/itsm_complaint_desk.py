from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ItsmDesk(models.Model):
    """Who handles the complaints that a desk gets."""

    _inherit = "itsm.desk"

    complaint_user_ids = fields.Many2many(
        "res.users",
        "itsm_desk_complaint_rel",
        "desk_id",
        "user_id",
        string="Complaints Go To",
        domain="[('itsm_desk_ids', 'in', id)]",
        help="Agents of the desk who handle complaints. Empty: the desk's managers.",
    )

    @api.constrains("complaint_user_ids", "agent_ids")
    def _check_complaint_users(self):
        for desk in self:
            strangers = desk.complaint_user_ids - desk.agent_ids
            if strangers:
                raise ValidationError(
                    self.env._(
                        "%(user)s does not work for “%(desk)s”, so complaints cannot "
                        "go to them. Add them to one of its teams first.",
                        user=strangers[0].name,
                        desk=desk.name,
                    )
                )


class ItsmTeam(models.Model):
    """Who joins a team does not read what was complained about it."""

    _inherit = "itsm.team"

    def write(self, vals):
        result = super().write(vals)
        if {"leader_id", "member_ids"}.intersection(vals):
            # sudo: a leader must not learn that there are complaints.
            tickets = self.env["itsm.ticket"].sudo().with_context(active_test=False)
            for ticket in tickets.search([("complaint_about_team_id", "in", self.ids)]):
                ticket._bar_users(ticket._complained_about())
        return result
