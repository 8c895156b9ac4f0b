from odoo import api, fields, models


class ItsmCiSighting(models.Model):
    """That a source named an item: when first, when last, and whether still."""

    _name = "itsm.ci.sighting"
    _description = "Sighting"
    _order = "last_at desc, id desc"
    _rec_name = "ci_id"
    _log_access = False

    ci_id = fields.Many2one(
        "itsm.ci", "Item", required=True, ondelete="cascade", index=True
    )
    source_id = fields.Many2one("itsm.ci.source", required=True, ondelete="cascade")
    first_at = fields.Datetime("First Seen", required=True)
    last_at = fields.Datetime("Last Seen", required=True)
    batch_id = fields.Many2one(
        "itsm.ci.batch", "Last Batch", ondelete="set null", index="btree_not_null"
    )
    missed_runs = fields.Integer(
        help="Full runs of the source since, without the item."
    )
    lost_at = fields.Datetime(
        "Gone Since", help="When it had been missing from enough runs to be marked."
    )
    is_lost = fields.Boolean("Gone", compute="_compute_is_lost", store=True)

    _once = models.UniqueIndex("(source_id, ci_id)")
    _lost = models.Index("(ci_id) WHERE lost_at IS NOT NULL")

    @api.depends("lost_at")
    def _compute_is_lost(self):
        for sighting in self:
            sighting.is_lost = bool(sighting.lost_at)
