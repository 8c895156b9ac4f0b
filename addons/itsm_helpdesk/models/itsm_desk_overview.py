from odoo import api, fields, models
from odoo.fields import Domain


class ItsmDesk(models.Model):
    """The figures on the overview of desks, each of which opens its list."""

    _inherit = "itsm.desk"

    open_count = fields.Integer("Open", compute="_compute_ticket_counts")
    unassigned_count = fields.Integer("Unassigned", compute="_compute_ticket_counts")
    mine_count = fields.Integer("Mine", compute="_compute_ticket_counts")
    overdue_count = fields.Integer("Overdue", compute="_compute_ticket_counts")
    waiting_count = fields.Integer(
        "Waiting for Requester", compute="_compute_ticket_counts"
    )
    major_count = fields.Integer("Major", compute="_compute_ticket_counts")
    opened_today_count = fields.Integer(
        "Opened Today", compute="_compute_ticket_counts"
    )
    resolved_count = fields.Integer("To be Confirmed", compute="_compute_ticket_counts")

    @api.model
    def _count_domains(self):
        """Return the domain of each counter; the same domains open the lists."""
        Ticket = self.env["itsm.ticket"]
        is_open = Domain("state", "in", Ticket._open_states())
        return {
            "open_count": is_open,
            "unassigned_count": is_open & Domain("user_id", "=", False),
            "mine_count": is_open & Domain("user_id", "=", self.env.uid),
            "overdue_count": Domain("is_overdue", "=", True),
            "waiting_count": Domain("is_waiting_for_requester", "=", True),
            "major_count": is_open & Domain("is_major", "=", True),
            "opened_today_count": Domain("opened_at", ">=", "today"),
            "resolved_count": Domain("state", "=", "resolved"),
        }

    @api.depends_context("uid")
    def _compute_ticket_counts(self):
        for name, domain in self._count_domains().items():
            counts = dict(
                self.env["itsm.ticket"]._read_group(
                    Domain("desk_id", "in", self.ids) & domain, ["desk_id"], ["__count"]
                )
            )
            for desk in self:
                desk[name] = counts.get(desk, 0)

    def action_view_tickets(self):
        """Open the tickets behind a figure of the overview.

        The figure is named by the context key ``itsm_counter``; without one the
        desk's open tickets are shown.
        """
        self.ensure_one()
        counter = self.env.context.get("itsm_counter", "open_count")
        domains = self._count_domains()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_helpdesk.itsm_ticket_action"
        )
        domain = Domain("desk_id", "=", self.id) & domains.get(
            counter, domains["open_count"]
        )
        label = self._fields[counter if counter in domains else "open_count"]
        action.update(
            name=f"{self.name} – {label._description_string(self.env)}",
            domain=list(domain),
            context={"default_desk_id": self.id},
        )
        return action
