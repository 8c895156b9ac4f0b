from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.itsm_sla.models.itsm_sla_target import PRIORITIES

LEVELS = [("1", "High"), ("2", "Medium"), ("3", "Low")]


class ItsmPriorityRule(models.Model):
    """One cell of the impact × urgency → priority matrix.

    Rows without a desk are the matrix of the organisation; a desk may have cells
    of its own, which win. ITIL 4 (incident management): priority follows from the
    impact and the urgency of the ticket.
    """

    _name = "itsm.priority.rule"
    _description = "Priority Matrix Cell"
    _inherit = "itsm.cache.source"
    _order = "desk_id, impact, urgency"

    desk_id = fields.Many2one(
        "itsm.desk", ondelete="cascade", help="Empty: all desks.", index=True
    )
    impact = fields.Selection(LEVELS, required=True)
    urgency = fields.Selection(LEVELS, required=True)
    priority = fields.Selection(PRIORITIES, required=True)

    _cell_unique = models.UniqueIndex(
        "(COALESCE(desk_id, 0), impact, urgency)",
        "The matrix has a cell for this impact and urgency already.",
    )

    @api.depends("impact", "urgency", "priority")
    def _compute_display_name(self):
        labels = {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in ("impact", "urgency", "priority")
        }
        for rule in self:
            rule.display_name = (
                f"{labels['impact'].get(rule.impact, '')} × "
                f"{labels['urgency'].get(rule.urgency, '')} → "
                f"{labels['priority'].get(rule.priority, '')}"
            )

    def write(self, vals):
        if self.filtered(lambda rule: not rule.desk_id) and vals.get("desk_id"):
            raise ValidationError(
                self.env._(
                    "A cell of the general matrix cannot be given to one desk. Add a "
                    "cell for that desk instead."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_general(self):
        if self.filtered(lambda rule: not rule.desk_id):
            raise UserError(
                self.env._(
                    "The general matrix needs all its nine cells. Change the priority "
                    "of the cell instead of deleting it."
                )
            )

    @api.model
    @tools.ormcache()
    def _matrix(self):
        """Return ``{(desk id or False, impact, urgency): priority}`` of all cells."""
        return {
            (rule.desk_id.id, rule.impact, rule.urgency): rule.priority
            for rule in self.sudo().search_fetch(
                Domain.TRUE, ["desk_id", "impact", "urgency", "priority"]
            )
        }

    @api.model
    def _priority_for(self, desk, impact, urgency):
        """Return the priority for an impact and an urgency at ``desk``.

        The lowest priority is the answer for a cell that does not exist, so that a
        half-made matrix never stops a ticket from being registered.
        """
        matrix = self._matrix()
        return (
            matrix.get((desk.id, impact, urgency))
            or matrix.get((False, impact, urgency))
            or PRIORITIES[-1][0]
        )

    def action_apply_to_open_tickets(self):
        """Recompute the priority of the open tickets after the matrix was edited."""
        self.check_access("write")
        tickets = self.env["itsm.ticket"].search(
            [("state", "in", self.env["itsm.ticket"]._open_states())]
        )
        before = tickets._sla_facts_before()
        self.env.add_to_compute(tickets._fields["priority"], tickets)
        tickets._recompute_recordset(["priority"])
        # Another priority is another promise.
        tickets._sla_note_changes(before)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(count)s open tickets now follow the matrix.", count=len(tickets)
                ),
            },
        }
