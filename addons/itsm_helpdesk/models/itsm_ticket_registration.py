from odoo import api, models
from odoo.exceptions import UserError

# States in which a ticket may begin.
START_STATES = ("new", "in_progress")


class ItsmTicket(models.Model):
    """How a ticket begins: its desk, team, stage and number."""

    _inherit = "itsm.ticket"

    @api.model
    def _complete_new(self, vals_list):
        """Fill in what every new ticket has: desk, team, stage and number."""
        Desk, Category = self.env["itsm.desk"], self.env["itsm.category"]
        prepared = [dict(vals) for vals in vals_list]
        default = self.default_get(["desk_id", "type", "category_id"])
        for vals in prepared:
            for name, value in default.items():
                vals.setdefault(name, value)
            desk = Desk.browse(vals["desk_id"]) if vals.get("desk_id") else Desk
            if not desk:
                raise UserError(
                    self.env._(
                        "There is no service desk yet. Ask an administrator to create "
                        "one under Service Desk / Configuration / Desks."
                    )
                )
            # The web client sends empty values for what nobody filled in.
            if not vals.get("team_id"):
                category = Category.browse(vals.get("category_id") or ()).sudo()
                vals["team_id"] = self._default_team(desk.sudo(), category).id
            vals["stage_id"] = self._first_stage(desk, vals).id
        self._number_new(prepared)
        return prepared

    @api.model
    def _default_team(self, desk, category):
        """Return the team that gets a new ticket nobody sent to a team."""
        teams = (category.team_id | desk.default_team_id).filtered(
            lambda team: team.active and team.desk_id == desk
        )
        return teams[:1]

    @api.model
    def _initial_state(self, user):
        """Return the first state: somebody has the ticket already, or nobody."""
        return "in_progress" if user else "new"

    @api.model
    def _first_stage(self, desk, vals):
        """Return the stage of a new ticket: the one chosen, where that is possible."""
        stage = self.env["itsm.stage"].browse(vals.get("stage_id") or ())
        state = self._initial_state(vals.get("user_id"))
        taken = stage.state == "new" and state == "in_progress"
        if stage and (self._is_system() or not taken):
            return stage
        return stage._for_state(desk.sudo(), state)

    @api.model
    def _number_new(self, vals_list):
        """Give each new ticket the next number of its type's sequence."""
        waiting = {}
        for vals in vals_list:
            if vals.get("number", "/") == "/":
                waiting.setdefault(vals.get("type") or "incident", []).append(vals)
        for ticket_type, group in waiting.items():
            numbers = self.env["ir.sequence"]._itsm_next_numbers(
                f"itsm.ticket.{ticket_type}", len(group)
            )
            if not numbers:
                raise UserError(
                    self.env._(
                        "There is no sequence “%(code)s” for the numbers of tickets. "
                        "Ask an administrator to restore it.",
                        code=f"itsm.ticket.{ticket_type}",
                    )
                )
            for vals, number in zip(group, numbers, strict=True):
                vals["number"] = number

    def _after_register(self):
        """Hook: what happens to tickets right after people registered them."""
        self.filtered(
            lambda ticket: ticket.team_id and not ticket.user_id
        )._assign_automatically()

    @api.model
    def _refuse_late_start(self, vals_list):
        """Refuse new tickets that would have gone through states without the verbs."""
        stages = self.env["itsm.stage"].browse(
            {vals["stage_id"] for vals in vals_list if vals.get("stage_id")}
        )
        late = stages.filtered(lambda stage: stage.state not in START_STATES)
        if late:
            raise UserError(
                self.env._(
                    "A new ticket cannot begin in stage “%(stage)s”. Register it "
                    "first, then use the buttons.",
                    stage=late[0].name,
                )
            )
