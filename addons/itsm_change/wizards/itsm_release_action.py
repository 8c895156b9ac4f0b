from odoo import fields, models


class ItsmReleaseAction(models.TransientModel):
    """Asks for the words that a verb of the release needs, then uses the verb."""

    _name = "itsm.release.action"
    _description = "Release Action"
    _inherit = ["itsm.change.wizard"]
    _about = ("release_id", "change_id")

    verb = fields.Selection(
        [
            ("reject", "Back to the Build"),
            ("sign_off", "Sign Off"),
            ("roll_back", "Roll Back"),
            ("cancel", "Cancel"),
        ],
        required=True,
        readonly=True,
    )
    release_id = fields.Many2one("itsm.release", required=True, readonly=True)
    company_id = fields.Many2one(related="release_id.company_id")
    rollback_release_id = fields.Many2one(related="release_id.rollback_release_id")
    change_id = fields.Many2one(
        "itsm.change",
        "Undone By",
        domain="[('company_id', '=', company_id), "
        "('state', 'in', ('review', 'closed'))]",
        help="The change by which it was rolled back.",
    )
    note = fields.Text()

    def action_apply(self):
        """Use the verb on the release."""
        self.ensure_one()
        release = self.release_id
        if self.verb == "reject":
            release.reject(self.note)
        elif self.verb == "sign_off":
            release.sign_off(self.note)
        elif self.verb == "roll_back":
            release.roll_back(self.note, self.change_id)
        else:
            release.cancel(self.note)
        return {"type": "ir.actions.act_window_close"}
