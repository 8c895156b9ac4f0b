from odoo import fields, models


class ItsmDesk(models.Model):
    """What a desk expects of its articles."""

    _inherit = "itsm.desk"

    article_self_review = fields.Boolean(
        "Authors Publish Themselves",
        help="A team leader may publish what they wrote themselves. Otherwise somebody"
        " else checks every article.",
    )
    article_review_months = fields.Integer(
        "Review Articles Every (months)",
        default=12,
        help="The owner of an article is asked then whether it is still right.",
    )

    _article_review_months_positive = models.Constraint(
        "CHECK (article_review_months > 0)",
        "Articles are reviewed after a positive number of months.",
    )
