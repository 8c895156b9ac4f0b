from odoo import fields, models


class ItsmCiSource(models.Model):
    """Where statements about items come from, and how far they are believed.

    The lower the rank, the more a source is believed. What a source said holds against
    sources of a worse rank for its days of freshness.
    """

    _name = "itsm.ci.source"
    _description = "Item Source"
    _order = "rank, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Stable key for scripts and the feed.")
    kind = fields.Selection(
        [
            ("manual", "Entered by Hand"),
            ("stocktake", "Stock-Take"),
            ("ledger", "Ledger"),
            ("scan", "Scanner or Script"),
        ],
        required=True,
        default="ledger",
    )
    rank = fields.Integer(default=50, required=True)
    freshness_days = fields.Integer(
        "Holds For (Days)",
        default=90,
        help="So long its statements stand against sources of a worse rank. 0: never.",
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company")

    _code_unique = models.UniqueIndex("(code)", "Another source has this code.")
