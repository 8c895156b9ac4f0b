from odoo import api, fields, models

from ..tools import field_work


class ItsmVisitSpell(models.Model):
    """A stretch of work without a pause."""

    _name = "itsm.visit.spell"
    _description = "Spell of Work"
    _order = "visit_id, start, id"

    visit_id = fields.Many2one(
        "itsm.visit", required=True, index=True, ondelete="cascade"
    )
    start = fields.Datetime(required=True)
    end = fields.Datetime()
    minutes = fields.Integer(compute="_compute_minutes")

    _order_of_times = models.Constraint(
        'CHECK ("end" IS NULL OR "end" >= start)', "Work ends after it began."
    )

    @api.depends("start", "end")
    def _compute_minutes(self):
        for spell in self:
            spell.minutes = field_work.minutes([(spell.start, spell.end)])


class ItsmVisitPhoto(models.Model):
    """What it looked like before the work, or after it."""

    _name = "itsm.visit.photo"
    _description = "Photo of a Visit"
    _order = "visit_id, taken_at, id"
    _rec_name = "kind"

    visit_id = fields.Many2one(
        "itsm.visit", required=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection([("before", "Before"), ("after", "After")], required=True)
    image = fields.Image(required=True, max_width=1920, max_height=1920)
    image_256 = fields.Image(
        related="image", max_width=256, max_height=256, store=True, string="Thumbnail"
    )
    taken_at = fields.Datetime(required=True)


class ItsmVisitPart(models.Model):
    """Goods that were used up on a visit, at what they cost then."""

    _name = "itsm.visit.part"
    _description = "Part Used on a Visit"
    _order = "visit_id, id"
    _rec_name = "product_id"

    visit_id = fields.Many2one(
        "itsm.visit", required=True, index=True, ondelete="cascade"
    )
    product_id = fields.Many2one(
        "product.product", required=True, index=True, ondelete="restrict"
    )
    uom_id = fields.Many2one("uom.uom", related="product_id.uom_id")
    quantity = fields.Float(required=True, digits="Product Unit")
    unit_cost = fields.Monetary(required=True)
    cost = fields.Monetary(compute="_compute_cost", store=True)
    currency_id = fields.Many2one(related="visit_id.currency_id")

    _product_unique = models.UniqueIndex(
        "(visit_id, product_id)", "This part is on the list of the visit already."
    )
    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0)", "Say how many were used."
    )

    @api.depends("quantity", "unit_cost")
    def _compute_cost(self):
        for part in self:
            part.cost = part.quantity * part.unit_cost


class ItsmVisitStep(models.Model):
    """One entry that came from a phone: when it was made, and when it was received.

    Its key is what makes sending twice harmless.
    """

    _name = "itsm.visit.step"
    _description = "Entry of a Visit"
    _order = "done_at, id"
    _rec_name = "verb"

    visit_id = fields.Many2one("itsm.visit", index=True, ondelete="cascade")
    user_id = fields.Many2one("res.users", required=True, ondelete="restrict")
    client_key = fields.Char(required=True, export_string_translation=False)
    verb = fields.Selection(
        [
            ("start", "Started"),
            ("pause", "Paused"),
            ("resume", "Went on"),
            ("check", "Ticked a line"),
            ("photo", "Took a photo"),
            ("part", "Used a part"),
            ("sign", "Had it signed"),
            ("finish", "Finished"),
        ],
        "What Was Done",
        required=True,
    )
    done_at = fields.Datetime("Done On", required=True)
    received_at = fields.Datetime("Received On", required=True)
    is_forced = fields.Boolean(
        "Recorded All the Same",
        help="The task or ticket had gone on meanwhile; only the visit was recorded.",
    )

    _client_key_unique = models.UniqueIndex(
        "(client_key)", "This entry has been received already."
    )
