from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import ormcache

from .itsm_change import RISKS

_NEVER = 101.0


class ItsmChangeRiskLevel(models.Model):
    """The score from which on a change is of a risk."""

    _name = "itsm.change.risk.level"
    _description = "Risk Level"
    _inherit = ["mail.thread"]
    _order = "minimum, id"
    _rec_name = "risk"

    risk = fields.Selection(RISKS, required=True, readonly=True)
    minimum = fields.Float(
        "From Score",
        required=True,
        tracking=True,
        help="Likelihood times consequence: 0 to 100.",
    )
    note = fields.Char(translate=True, help="What such a risk means here.")

    _once = models.UniqueIndex("(risk)", "There is such a level already.")
    _score_range = models.Constraint(
        "CHECK (minimum BETWEEN 0 AND 101)", "A score is between 0 and 100; 101: never."
    )
    _low_is_first = models.Constraint(
        "CHECK (risk != 'low' OR minimum = 0)", "The lowest level begins at 0."
    )

    @api.constrains("minimum")
    def _check_order(self):
        medium, high = self._read_thresholds()
        if medium > high:
            raise ValidationError(
                self.env._("A high risk cannot begin below a medium one.")
            )

    @api.model
    @ormcache()
    def _thresholds(self):
        """Return the scores from which on a risk is medium, and high."""
        return self._read_thresholds()

    def _read_thresholds(self):
        # sudo: the thresholds are the same for everybody.
        found = {level.risk: level.minimum for level in self.sudo().search([])}
        high = found.get("high", _NEVER)
        return found.get("medium", high), high

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("A level cannot be deleted. Let it begin at 101: then never.")
        )
