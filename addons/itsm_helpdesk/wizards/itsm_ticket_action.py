from odoo import api, fields, models
from odoo.exceptions import UserError

VERBS = [
    ("assign", "Assign"),
    ("set_pending", "Pending"),
    ("resolve", "Resolve"),
    ("reopen", "Reopen"),
    ("cancel", "Cancel"),
    ("escalate", "Escalate"),
    ("return_to_previous", "Send back"),
    ("declare_major", "Declare major incident"),
    ("merge", "Merge"),
    ("split", "Split"),
]


class ItsmTicketAction(models.TransientModel):
    """Asks for what a verb of the ticket needs, then uses the verb.

    One form for all verbs, on one ticket or on many chosen in a list.
    """

    _name = "itsm.ticket.action"
    _description = "Ticket Action"

    verb = fields.Selection(VERBS, required=True)
    ticket_ids = fields.Many2many("itsm.ticket", string="Tickets", required=True)
    desk_id = fields.Many2one("itsm.desk", compute="_compute_desk_id")
    open_child_count = fields.Integer(compute="_compute_open_child_count")
    reason = fields.Text()
    pending_reason_id = fields.Many2one("itsm.pending.reason", string="Waits For")
    needs_date = fields.Boolean(related="pending_reason_id.needs_date")
    waits_for = fields.Selection(
        related="pending_reason_id.waits_for", string="Kind of Waiting"
    )
    supplier_id = fields.Many2one(
        "res.partner", help="Who has the ticket now; their time is measured."
    )
    until = fields.Datetime(help="The tickets resume by themselves then.")
    message_to_requester = fields.Boolean(
        "Ask the Requester", help="Send the text to the requester."
    )
    resolution_code_id = fields.Many2one("itsm.resolution.code")
    resolution = fields.Text("Solution")
    with_children = fields.Boolean("Also Resolve the Open Children")
    team_id = fields.Many2one("itsm.team")
    user_id = fields.Many2one("res.users", string="Assignee")
    target_id = fields.Many2one("itsm.ticket", string="Merge Into")
    name = fields.Char("Subject of the New Ticket")
    message_ids = fields.Many2many("mail.message", string="Messages to Copy")
    attachment_ids = fields.Many2many("ir.attachment", string="Files to Copy")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if self.env.context.get("active_model") == "itsm.ticket":
            ids = self.env.context.get("active_ids") or []
            tickets = self.env["itsm.ticket"].browse(ids)
            values["ticket_ids"] = [fields.Command.set(ids)]
            values.update(self._proposals(values.get("verb"), tickets))
        return values

    @api.model
    def _proposals(self, verb, tickets):
        """Return what the form proposes for a verb."""
        if verb == "escalate":
            return {"team_id": tickets.team_id[:1].escalation_team_id.id}
        if verb == "assign":
            return {"user_id": tickets.user_id[:1].id}
        if verb == "resolve" and len(tickets) == 1:
            return {
                "resolution_code_id": tickets.resolution_code_id.id,
                "resolution": tickets.resolution,
            }
        return {}

    @api.depends("ticket_ids")
    def _compute_desk_id(self):
        for action in self:
            desks = action.ticket_ids.desk_id
            action.desk_id = desks if len(desks) == 1 else False

    @api.depends("ticket_ids")
    def _compute_open_child_count(self):
        for action in self:
            action.open_child_count = len(action.ticket_ids._open_children())

    def action_apply(self):
        """Use the verb on the tickets."""
        self.ensure_one()
        if not self.ticket_ids:
            raise UserError(self.env._("Choose at least one ticket."))
        return getattr(self, f"_apply_{self.verb}")() or {
            "type": "ir.actions.act_window_close"
        }

    def _apply_assign(self):
        if not self.user_id:
            raise UserError(self.env._("Choose the assignee."))
        self.ticket_ids.assign(self.user_id)

    def _apply_set_pending(self):
        if self.message_to_requester and self.reason:
            self.ticket_ids._tell(self.reason)
        self.ticket_ids.set_pending(
            self.pending_reason_id, self.until or None, self.supplier_id
        )
        if not self.message_to_requester and self.reason:
            self.ticket_ids._message_log_batch(
                bodies=dict.fromkeys(self.ticket_ids.ids, self.reason)
            )

    def _apply_resolve(self):
        self.ticket_ids.resolve(
            self.resolution_code_id, self.resolution, with_children=self.with_children
        )

    def _apply_reopen(self):
        self.ticket_ids.reopen(self.reason)

    def _apply_cancel(self):
        self.ticket_ids.cancel(self.reason)

    def _apply_escalate(self):
        self.ticket_ids.escalate(self.team_id, self.reason)

    def _apply_return_to_previous(self):
        self.ticket_ids.return_to_previous(self.reason)

    def _apply_declare_major(self):
        self.ticket_ids.action_declare_major(self.reason)

    def _apply_merge(self):
        if not self.target_id:
            raise UserError(self.env._("Choose the ticket to merge into."))
        (self.ticket_ids - self.target_id).merge_into(self.target_id)
        return self._open(self.target_id)

    def _apply_split(self):
        ticket = self.ticket_ids.split(
            self.name, self.message_ids.ids, self.attachment_ids.ids
        )
        return self._open(ticket)

    def _open(self, ticket):
        return {
            "type": "ir.actions.act_window",
            "res_model": "itsm.ticket",
            "res_id": ticket.id,
            "views": [(False, "form")],
        }
