from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.itsm_change import CLOSE_CODES


class ItsmChangeAction(models.TransientModel):
    """Asks for the words that a verb of the change needs, then uses the verb."""

    _name = "itsm.change.action"
    _description = "Change Action"

    verb = fields.Selection(
        [
            ("send_back", "Send back"),
            ("start_now", "Start now"),
            ("close", "Close"),
            ("cancel", "Cancel"),
        ],
        required=True,
    )
    change_ids = fields.Many2many("itsm.change", string="Changes", required=True)
    reason = fields.Text()
    close_code = fields.Selection(CLOSE_CODES, "How It Ended")
    note = fields.Text(help="What did not go as planned; what you would do otherwise.")
    missing = fields.Text("Still Missing", compute="_compute_missing")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if self.env.context.get("active_model") == "itsm.change":
            ids = self.env.context.get("active_ids") or []
            values.setdefault("change_ids", [fields.Command.set(ids)])
        return values

    @api.depends("change_ids", "verb")
    def _compute_missing(self):
        """Say what the verb would be refused for, before anybody types a reason."""
        for action in self:
            action.missing = "\n".join(
                text
                for change in action.change_ids._origin
                for text in (change._missing(action.verb) if action.verb else ())
            )

    def action_apply(self):
        """Use the verb on the changes."""
        self.ensure_one()
        if not self.change_ids:
            raise UserError(self.env._("Choose at least one change."))
        if self.verb == "close":
            self.change_ids.close(self.close_code, self.note)
        elif self.verb == "cancel":
            self.change_ids.cancel(self.reason)
        elif self.verb == "start_now":
            self.change_ids.start_now(self.reason)
        else:
            self.change_ids.send_back(self.reason)
        return {"type": "ir.actions.act_window_close"}
