from odoo import api, fields, models

# Passed in the context by the analysis. An identity cannot be sent through RPC, so
# nobody passes what they chose off as found.
_ANALYSIS = object()


class ItsmCiLink(models.AbstractModel):
    """An item that something is about, or that an impact analysis found for it.

    What a person says holds: an item that they added stays, and one that they excluded
    is not affected, whatever an analysis finds.

    Models add what the item belongs to, and its ``role``: one of ``_chosen_roles`` for
    what people say it is about, ``_found_role`` for what is found by analysis.
    """

    _name = "itsm.ci.link"
    _description = "Item That Something Is About"

    _chosen_roles = ()
    _found_role = ""

    ci_id = fields.Many2one(
        "itsm.ci", "Item", required=True, ondelete="restrict", index=True
    )
    origin = fields.Selection(
        [("manual", "Chosen"), ("computed", "Found by Analysis")],
        required=True,
        default="manual",
        readonly=True,
    )
    excluded = fields.Boolean(
        "Not Affected", help="Whatever an analysis finds; nor is what hangs on it only."
    )
    state = fields.Selection([("degraded", "Degraded"), ("down", "Down")])
    distance = fields.Integer(readonly=True)
    why = fields.Char(readonly=True)

    @api.model
    def _is_analysis(self):
        return self.env.context.get("itsm_item_analysis") is _ANALYSIS

    def _as_analysis(self):
        """Return these links with the right to say what was found."""
        return self.with_context(itsm_item_analysis=_ANALYSIS)

    @api.model_create_multi
    def create(self, vals_list):
        if not self._is_analysis():
            vals_list = [self._chosen(vals) for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        if not self._is_analysis():
            vals = self._chosen(vals, "role" in vals)
        return super().write(vals)

    @api.model
    def _chosen(self, vals, is_choice=True):
        """Return values of what a person says, without what only an analysis finds."""
        found = {"origin", "distance", "why"}
        kept = {key: value for key, value in vals.items() if key not in found}
        return {**kept, "origin": "manual"} if is_choice else kept

    def _is_chosen(self):
        """Tell whether a link says what it is about, and is not excluded."""
        self.ensure_one()
        return self.role in self._chosen_roles and not self.excluded

    def action_open_item(self):
        """Open the item."""
        self.ensure_one()
        return self.ci_id.get_formview_action()
