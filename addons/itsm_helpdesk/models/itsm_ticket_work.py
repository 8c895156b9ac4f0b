from odoo import fields, models

from .itsm_ticket import WORKERS


class ItsmTicket(models.Model):
    """The time that people logged on a ticket."""

    _inherit = "itsm.ticket"

    work_hours = fields.Float(
        "Logged Time", compute="_compute_work_hours", groups=WORKERS
    )

    def _compute_work_hours(self):
        # sudo: the sum is shown to all who work on the ticket; whose time it was is
        # for leaders.
        sums = dict(
            self.env["itsm.work.log"]
            .sudo()
            ._read_group(
                [("ticket_id", "in", self.ids)], ["ticket_id"], ["minutes:sum"]
            )
        )
        for ticket in self:
            ticket.work_hours = sums.get(ticket, 0) / 60

    def action_log_time(self):
        """Open the small form in which one's own time is logged."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_helpdesk.itsm_work_log_action_quick"
        )
        action["context"] = {"default_ticket_id": self.id}
        return action

    def action_view_work(self):
        """Open what was logged on the ticket, as far as one may see it."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_helpdesk.itsm_work_log_action"
        )
        action["domain"] = [("ticket_id", "=", self.id)]
        action["context"] = {"default_ticket_id": self.id}
        return action
