from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ItsmSlaEscalation(models.Model):
    """Escalations that hand tickets to another team."""

    _inherit = "itsm.sla.escalation"

    hand_over = fields.Selection(
        [("next_line", "To the next line"), ("team", "To a team")],
        help="The assignee lets go; the other team's way of assigning counts.",
    )
    team_id = fields.Many2one("itsm.team", ondelete="restrict")

    def _action_fields(self):
        return (*super()._action_fields(), "hand_over")

    @api.constrains("hand_over", "team_id")
    def _check_team(self):
        for rule in self:
            if rule.hand_over == "team" and not rule.team_id:
                raise ValidationError(
                    self.env._(
                        "Choose the team that escalation “%(rule)s” hands tickets to.",
                        rule=rule.name,
                    )
                )

    def _steps(self):
        steps = super()._steps()
        if self.hand_over:
            steps.insert(-1, "_step_hand_over")
        return steps

    def _step_hand_over(self, records, clocks):
        team = self.team_id if self.hand_over == "team" else None
        # One that is with the team already stays there.
        records.filtered(lambda ticket: not team or ticket.team_id != team).escalate(
            team, self._reason()
        )
