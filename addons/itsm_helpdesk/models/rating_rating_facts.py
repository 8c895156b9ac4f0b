from odoo import api, fields, models

from .itsm_rating_invitation import WAYS


class RatingRating(models.Model):
    """What a rating of a ticket was about, as it was when it was given."""

    _inherit = "rating.rating"

    itsm_ticket_id = fields.Many2one(
        "itsm.ticket",
        "Ticket",
        compute="_compute_itsm_ticket_id",
        store=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    itsm_desk_id = fields.Many2one(
        "itsm.desk", "Desk", compute="_compute_itsm_facts", store=True
    )
    itsm_team_id = fields.Many2one(
        "itsm.team", "Team", compute="_compute_itsm_facts", store=True
    )
    itsm_service_id = fields.Many2one(
        "itsm.service", "Service", compute="_compute_itsm_facts", store=True
    )
    itsm_department_id = fields.Many2one(
        "hr.department", "Department", compute="_compute_itsm_facts", store=True
    )
    itsm_way = fields.Selection(WAYS, "Rated By", readonly=True)
    itsm_reason_ids = fields.Many2many(
        "itsm.rating.reason",
        "itsm_rating_reason_rel",
        "rating_id",
        "reason_id",
        string="Reasons",
    )

    _itsm_one_each = models.UniqueIndex(
        "(itsm_ticket_id, partner_id) WHERE itsm_ticket_id IS NOT NULL AND consumed",
        "This person has rated the ticket already.",
    )
    _itsm_desk_idx = models.Index(
        "(itsm_desk_id, rated_on) WHERE itsm_ticket_id IS NOT NULL AND consumed"
    )

    @api.depends("res_model", "res_id")
    def _compute_itsm_ticket_id(self):
        for rating in self:
            of_ticket = rating.res_model == "itsm.ticket"
            rating.itsm_ticket_id = of_ticket and rating.res_id

    @api.depends("itsm_ticket_id")
    def _compute_itsm_facts(self):
        """Keep who had the ticket then: it may go to others later."""
        for rating in self:
            ticket = rating.itsm_ticket_id
            rating.itsm_desk_id = ticket.desk_id
            rating.itsm_team_id = ticket.team_id
            rating.itsm_service_id = ticket.service_id
            rating.itsm_department_id = ticket.department_id

    def action_open_itsm_ticket(self):
        """Open the ticket that was rated."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "itsm.ticket",
            "res_id": self.itsm_ticket_id.id,
            "view_mode": "form",
        }
