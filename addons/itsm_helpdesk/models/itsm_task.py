from odoo import api, fields, models
from odoo.exceptions import UserError

TASK_STATES = [
    ("todo", "To do"),
    ("doing", "In progress"),
    ("done", "Done"),
    ("cancelled", "Cancelled"),
]
OPEN_TASK_STATES = ("todo", "doing")


class ItsmTask(models.Model):
    """One piece of work of a ticket."""

    _name = "itsm.task"
    _description = "Ticket Task"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "ticket_id, sequence, id"

    name = fields.Char(required=True, tracking=True)
    sequence = fields.Integer(default=10)
    description = fields.Html()
    ticket_id = fields.Many2one(
        "itsm.ticket", required=True, index=True, ondelete="cascade"
    )
    desk_id = fields.Many2one(related="ticket_id.desk_id", store=True, index=True)
    company_id = fields.Many2one(related="ticket_id.company_id", store=True)
    team_id = fields.Many2one(
        "itsm.team", index="btree_not_null", domain="[('desk_id', '=', desk_id)]"
    )
    user_id = fields.Many2one(
        "res.users",
        string="Assignee",
        index="btree_not_null",
        tracking=True,
        domain="[('itsm_desk_ids', 'in', desk_id)]",
    )
    state = fields.Selection(
        TASK_STATES, required=True, default="todo", tracking=True, copy=False
    )
    due_at = fields.Datetime("Due", tracking=True)
    done_at = fields.Datetime(readonly=True, copy=False)

    def action_start(self):
        """Begin the work; a task without an assignee becomes one's own."""
        for task in self:
            task.write({"state": "doing", "user_id": task.user_id.id or self.env.uid})
        return True

    def action_done(self):
        """End the task."""
        self.write({"state": "done"})
        return True

    def action_cancel(self):
        """Give the task up."""
        self.write({"state": "cancelled"})
        return True

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("state") == "done":
                vals["done_at"] = fields.Datetime.now()
        tasks = super().create(vals_list)
        tasks.filtered(lambda task: task._is_open())._refuse_ended_ticket()
        return tasks

    def write(self, vals):
        if "state" in vals:
            done = vals["state"] == "done"
            vals = {**vals, "done_at": fields.Datetime.now() if done else False}
            if vals["state"] in OPEN_TASK_STATES:
                self._refuse_ended_ticket()
        if "ticket_id" in vals:
            # Rules look at the task as it was before: it must not get into the
            # ticket of a desk that the user does not work for.
            ticket = self.env["itsm.ticket"].browse(vals["ticket_id"] or ())
            ticket.check_access("write")
        return super().write(vals)

    def _is_open(self):
        """Tell whether the task is still to be done."""
        self.ensure_one()
        return self.state in OPEN_TASK_STATES

    def _refuse_ended_ticket(self):
        """An ended ticket gets no open work: it would close silently with it."""
        for task in self:
            if task.ticket_id.state in ("resolved", "closed", "cancelled"):
                raise UserError(
                    self.env._(
                        "%(ticket)s is done. Reopen it before you give it a task.",
                        ticket=task.ticket_id.display_name,
                    )
                )
