from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import ormcache

from ..tools import risk

FACTORS = [
    ("questionnaire", "Answers to the Questions"),
    ("team_failures", "Past Failures of the Team"),
    ("template_failures", "Past Failures of the Template"),
    ("novelty", "Novelty"),
    ("lead_time", "Lead Time"),
    ("backout", "Tested Back-Out"),
    ("criticality", "Criticality of What Is Hit"),
    ("people", "People Who Are Hit"),
    ("redundancy", "Lost Redundancy"),
    ("working_time", "In Working Hours"),
    ("freeze", "Inside a Freeze"),
]
# Passed in the context while a factor writes its bands: RPC cannot send it.
_TOGETHER = object()
SIDES = [(risk.LIKELIHOOD, "Likelihood"), (risk.CONSEQUENCE, "Consequence")]


class ItsmChangeRiskFactor(models.Model):
    """A factor of the risk of changes: how much it counts, and what values are worth.

    What the factors are is code, which finds their values; the rest is data.
    """

    _name = "itsm.change.risk.factor"
    _description = "Risk Factor"
    _inherit = ["mail.thread"]
    _order = "sequence, id"
    _rec_name = "key"

    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    key = fields.Selection(FACTORS, "Factor", required=True, readonly=True)
    side = fields.Selection(SIDES, compute="_compute_side", store=True)
    weight = fields.Float(
        default=1.0,
        aggregator=None,
        required=True,
        tracking=True,
        help="How much it counts among the factors of its side. 0: not at all.",
    )
    unknown_points = fields.Float(
        "Points If Not Known",
        default=risk.MOST,
        aggregator=None,
        tracking=True,
        help="Where there is nothing to go by, such as no past changes of a team.",
    )
    note = fields.Text("What It Looks At", translate=True)
    unit = fields.Char(translate=True, readonly=True, help="Of the values.")
    is_rising = fields.Boolean("More Is Riskier", compute="_compute_side", store=True)
    band_ids = fields.One2many("itsm.change.risk.band", "factor_id", "Bands")
    bands_text = fields.Char("Points", compute="_compute_bands_text")

    _once = models.UniqueIndex("(key)", "There is such a factor already.")
    _weight_range = models.Constraint(
        "CHECK (weight BETWEEN 0 AND 1000)", "A weight is between 0 and 1,000."
    )
    _unknown_range = models.Constraint(
        "CHECK (unknown_points BETWEEN 0 AND 10)", "Points are between 0 and 10."
    )

    @api.depends("key")
    def _compute_side(self):
        for factor in self:
            factor.side = risk.SIDE_OF.get(factor.key)
            factor.is_rising = risk.IS_RISING.get(factor.key, True)

    @api.depends("band_ids.minimum", "band_ids.points")
    def _compute_bands_text(self):
        for factor in self:
            factor.bands_text = " · ".join(
                self.env._(
                    "from %(value)s: %(points)s",
                    value=f"{band.minimum:g}",
                    points=f"{band.points:g}",
                )
                for band in factor.band_ids.sorted("minimum")
            )

    @api.model
    @ormcache()
    def _factors(self):
        """Return the factors as the pure function takes them."""
        return tuple(
            risk.Factor(
                key=factor.key,
                weight=factor.weight,
                bands=tuple((band.minimum, band.points) for band in factor.band_ids),
                unknown=factor.unknown_points,
            )
            # sudo: what counts is the same for everybody.
            for factor in self.sudo().search([])
        )

    def _check_bands(self):
        """Refuse bands by which more risk would be worth fewer points."""
        labels = dict(self._fields["key"]._description_selection(self.env))
        for factor in self:
            bands = [(band.minimum, band.points) for band in factor.band_ids]
            if risk.is_in_order(factor.key, bands):
                continue
            if factor.is_rising:
                text = self.env._(
                    "The points of “%(factor)s” must not fall as its values rise: more "
                    "means more risk.",
                    factor=labels[factor.key],
                )
            else:
                text = self.env._(
                    "The points of “%(factor)s” must not rise with its values: more "
                    "means less risk.",
                    factor=labels[factor.key],
                )
            raise ValidationError(text)

    # Bands are written one by one; only all of them together are right or wrong.

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        factors = super(
            ItsmChangeRiskFactor, self.with_context(itsm_bands=_TOGETHER)
        ).create(vals_list)
        factors._check_bands()
        return factors.with_env(self.env)

    def write(self, vals):
        self.env.registry.clear_cache()
        result = super(
            ItsmChangeRiskFactor, self.with_context(itsm_bands=_TOGETHER)
        ).write(vals)
        if "band_ids" in vals:
            self._check_bands()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("A factor cannot be deleted. Archive it, if it shall not count.")
        )


class ItsmChangeRiskBand(models.Model):
    """What the values of a factor are worth, from one value on."""

    _name = "itsm.change.risk.band"
    _description = "Points of a Risk Factor"
    _order = "factor_id, minimum, id"
    _rec_name = "points"

    factor_id = fields.Many2one(
        "itsm.change.risk.factor", required=True, ondelete="cascade", index=True
    )
    minimum = fields.Float("From", required=True)
    points = fields.Float(required=True)

    _once = models.UniqueIndex(
        "(factor_id, minimum)", "There are points from this value on already."
    )
    _points_range = models.Constraint(
        "CHECK (points BETWEEN 0 AND 10)", "Points are between 0 and 10."
    )

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        bands = super().create(vals_list)
        bands._check_alone()
        return bands

    def write(self, vals):
        self.env.registry.clear_cache()
        result = super().write(vals)
        self._check_alone()
        return result

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    def _check_alone(self):
        """Check all bands where it is not their factor that writes them."""
        if self.env.context.get("itsm_bands") is not _TOGETHER:
            self.factor_id._check_bands()
