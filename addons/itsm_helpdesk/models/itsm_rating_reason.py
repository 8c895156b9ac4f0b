from odoo import api, fields, models
from odoo.fields import Domain


class ItsmRatingReason(models.Model):
    """Why a person was pleased or not: what is tapped beside the stars."""

    _name = "itsm.rating.reason"
    _description = "Reason of a Rating"
    _order = "kind desc, sequence, id"

    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(
        [("good", "What was good"), ("bad", "What was bad")],
        required=True,
        default="good",
        help="Four and five stars offer what was good, one and two what was bad, "
        "three both.",
    )
    desk_ids = fields.Many2many(
        "itsm.desk",
        "itsm_rating_reason_desk_rel",
        "reason_id",
        "desk_id",
        string="Desks",
        help="Empty: offered by all desks.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    @api.model
    def _offered(self, desk):
        """Return the reasons that people choose from when they rate a desk."""
        # sudo: who rates may have no login at all; these are words for everybody.
        return self.sudo().search(
            Domain("desk_ids", "=", False) | Domain("desk_ids", "in", desk.ids)
        )
