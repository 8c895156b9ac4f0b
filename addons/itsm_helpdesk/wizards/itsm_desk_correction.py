from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class ItsmDeskCorrection(models.TransientModel):
    """Where tickets belong that came to the wrong desk: proposals, or one's choice."""

    _name = "itsm.desk.correction"
    _description = "Wrong Desk"

    ticket_ids = fields.Many2many("itsm.ticket", string="Tickets", required=True)
    line_ids = fields.One2many("itsm.desk.correction.line", "correction_id")
    service_id = fields.Many2one(
        "itsm.service", domain="[('state', '=', 'published')]", ondelete="cascade"
    )
    team_id = fields.Many2one("itsm.team", ondelete="cascade")
    reason = fields.Char("Note for Colleagues")

    @api.model
    def _for_tickets(self, tickets):
        """Return the choice for some tickets, with the proposals."""
        return self.create(
            {
                "ticket_ids": [Command.set(tickets.ids)],
                "line_ids": [
                    Command.create(
                        {
                            "sequence": number,
                            "service_id": proposal["service_id"],
                            "team_id": proposal["team_id"],
                            "why": proposal["reasons"],
                        }
                    )
                    for number, proposal in enumerate(tickets.desk_proposals(), 1)
                ],
            }
        )

    def action_apply(self):
        """Move the tickets to the service or team that was chosen by hand."""
        self.ensure_one()
        if not self.service_id and not self.team_id:
            raise UserError(
                self.env._("Choose the service or the team that is the right one.")
            )
        return self.ticket_ids.action_correct_desk(
            self.service_id, self.team_id, self.reason
        )


class ItsmDeskCorrectionLine(models.TransientModel):
    """One proposal where tickets may belong."""

    _name = "itsm.desk.correction.line"
    _description = "Proposal of a Desk"
    _order = "sequence, id"

    correction_id = fields.Many2one(
        "itsm.desk.correction", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer()
    service_id = fields.Many2one("itsm.service", ondelete="cascade")
    team_id = fields.Many2one("itsm.team", ondelete="cascade")
    desk_id = fields.Many2one("itsm.desk", compute="_compute_desk_id")
    name = fields.Char("What It Is", compute="_compute_desk_id")
    why = fields.Char("Because", readonly=True)

    @api.depends("service_id", "team_id")
    def _compute_desk_id(self):
        for line in self:
            place = line.service_id or line.team_id
            line.desk_id = place.desk_id
            line.name = place.name

    def action_choose(self):
        """Move the tickets there."""
        self.ensure_one()
        return self.correction_id.ticket_ids.action_correct_desk(
            self.service_id, self.team_id, self.correction_id.reason
        )
