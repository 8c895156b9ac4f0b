from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.itsm_helpdesk.models.itsm_ticket import WORKERS

from .itsm_visit import LEADERS


class ItsmTicket(models.Model):
    """Who went there for a ticket."""

    _inherit = "itsm.ticket"

    visit_ids = fields.One2many("itsm.visit", "ticket_id", copy=False, groups=WORKERS)
    visit_count = fields.Integer(compute="_compute_visit_count", groups=WORKERS)

    def _compute_visit_count(self):
        counts = dict(
            self.env["itsm.visit"]._read_group(
                [("ticket_id", "in", self.ids), ("state", "!=", "cancelled")],
                ["ticket_id"],
                ["__count"],
            )
        )
        for ticket in self:
            ticket.visit_count = counts.get(ticket, 0)

    def _field_tick(self, check_id, done):
        """Only tasks have lines to tick."""
        raise UserError(self.env._("This line is not on the checklist any more."))

    def action_view_visits(self):
        """Open the visits for the ticket; from there new ones are planned."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_nonit.itsm_visit_action"
        )
        action["domain"] = [("ticket_id", "=", self.id)]
        action["context"] = {"default_ticket_id": self.id}
        return action


class ItsmTask(models.Model):
    """Who went there for a task."""

    _inherit = "itsm.task"

    visit_ids = fields.One2many("itsm.visit", "task_id", copy=False)

    def _field_tick(self, check_id, done):
        """Tick a line of the task's checklist, or take the tick away."""
        check = self.check_ids.filtered(lambda check: check.id == check_id)
        if not check:
            raise UserError(self.env._("This line is not on the checklist any more."))
        if check.is_done != done:  # who ticked it first stays
            check.is_done = done


class ItsmTeam(models.Model):
    """What an hour of a team's work costs."""

    _inherit = "itsm.team"

    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    hourly_cost = fields.Monetary(
        "Cost of an Hour",
        groups=LEADERS,
        help="Values the time of the team's visits. Only leaders and managers see it.",
    )

    def _compute_currency_id(self):
        for team in self:
            company = team.company_id or self.env.company
            team.currency_id = company.sudo().currency_id
