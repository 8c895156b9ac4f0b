from odoo import fields, models


class ItsmTicketAction(models.TransientModel):
    """The verbs of requests: ask for approval, give back the form."""

    _inherit = "itsm.ticket.action"

    verb = fields.Selection(
        selection_add=[
            ("ask_approval", "Ask for approval"),
            ("reopen_form", "Give back the form"),
        ],
        ondelete={"ask_approval": "cascade", "reopen_form": "cascade"},
    )
    approval_policy_id = fields.Many2one(
        "itsm.approval.policy", domain=[("res_model", "=", "itsm.ticket")]
    )

    def _apply_ask_approval(self):
        self.ticket_ids.ask_approval(self.approval_policy_id)

    def _apply_reopen_form(self):
        self.ticket_ids.reopen_form(self.reason)
