from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class ItsmTeam(models.Model):
    """A support group of a desk, of line 1, 2 or 3."""

    _name = "itsm.team"
    _description = "Support Team"
    _order = "desk_id, line, sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    desk_id = fields.Many2one(
        "itsm.desk", required=True, index=True, ondelete="cascade", check_company=True
    )
    company_id = fields.Many2one(
        "res.company", related="desk_id.company_id", store=True, index=True
    )
    line = fields.Selection(
        [("1", "Line 1"), ("2", "Line 2"), ("3", "Line 3")],
        required=True,
        default="1",
        help="Line 1 answers and solves what it can, line 2 are specialists, line 3 "
        "are experts or suppliers.",
    )
    leader_id = fields.Many2one(
        "res.users", index=True, domain="[('share', '=', False)]"
    )
    member_ids = fields.Many2many(
        "res.users",
        "itsm_team_member_rel",
        "team_id",
        "user_id",
        string="Members",
        domain="[('share', '=', False)]",
    )
    assignment_method = fields.Selection(
        [
            ("manual", "Manual"),
            ("round_robin", "Round robin"),
            ("least_loaded", "Least loaded"),
        ],
        required=True,
        default="manual",
        help="How a ticket that reaches this team gets an assignee. Only members who "
        "are at work at that moment are counted.",
    )
    last_assigned_id = fields.Many2one(
        "res.users", readonly=True, copy=False, help="Where the round robin stands."
    )
    escalation_team_id = fields.Many2one(
        "itsm.team",
        string="Next Line",
        domain="[('id', '!=', id), ('line', '>=', line)]",
        help="Team that an escalation proposes.",
    )
    open_ticket_count = fields.Integer(compute="_compute_open_ticket_count")

    @api.constrains("escalation_team_id")
    def _check_escalation_cycle(self):
        if self._has_cycle("escalation_team_id"):
            raise ValidationError(
                self.env._("The next lines of these teams lead back to themselves.")
            )

    def write(self, vals):
        if vals.get("desk_id"):
            # The agents of a team see the tickets of its desk, so only who runs a
            # desk brings a team there.
            self.env["itsm.desk"].browse(vals["desk_id"]).check_access("write")
            self._refuse_move_with_tickets(vals["desk_id"])
        return super().write(vals)

    def _refuse_move_with_tickets(self, desk_id):
        """Refuse another desk for teams with tickets, which would stay behind."""
        moved = self.filtered(lambda team: team.desk_id.id != desk_id)
        # sudo: tickets that the user may not see count too.
        held = (
            self.env["itsm.ticket"]
            .sudo()
            ._read_group([("team_id", "in", moved.ids)], ["team_id"])
        )
        if held:
            raise UserError(
                self.env._(
                    "Team “%(team)s” has tickets, so it stays with its desk. Make a "
                    "new team for the other desk and move the members there.",
                    team=held[0][0].name,
                )
            )

    @api.depends("name", "line")
    def _compute_display_name(self):
        for team in self:
            team.display_name = (
                self.env._("%(team)s (L%(line)s)", team=team.name, line=team.line)
                if team.line
                else team.name or ""
            )

    def _compute_open_ticket_count(self):
        counts = dict(
            self.env["itsm.ticket"]._read_group(
                [("team_id", "in", self.ids), ("state", "in", self._open_states())],
                ["team_id"],
                ["__count"],
            )
        )
        for team in self:
            team.open_ticket_count = counts.get(team, 0)

    @api.model
    def _open_states(self):
        return self.env["itsm.ticket"]._open_states()

    def _agents(self):
        """Return the members and the leader: who may hold a ticket of these teams."""
        return (self.member_ids | self.leader_id).filtered("active")

    def action_view_tickets(self):
        """Open the team's open tickets."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_helpdesk.itsm_ticket_action"
        )
        action["domain"] = [("team_id", "=", self.id)]
        action["context"] = {"search_default_open": 1, "default_team_id": self.id}
        return action
