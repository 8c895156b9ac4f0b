from odoo import fields, models


class ItsmCiDependencyGroup(models.Model):
    """Providers that stand in for one another, and how many of them an item needs.

    Members count with the weight of their relation. With less than ``minimum`` working
    the item is down; with less than ``full`` it works worse.
    """

    _name = "itsm.ci.dependency.group"
    _description = "Dependency Group"
    _order = "ci_id, name, id"

    ci_id = fields.Many2one("itsm.ci", required=True, ondelete="cascade", index=True)
    name = fields.Char(required=True)
    unit = fields.Selection(
        [("count", "Weight"), ("percent", "Percent of All")],
        required=True,
        default="count",
    )
    minimum = fields.Float(
        "Needed", required=True, default=1.0, help="With less the item is down."
    )
    full = fields.Float(
        "For Full Service", help="With less it works worse. 0: as much as is needed."
    )
    relation_ids = fields.One2many("itsm.ci.relation", "group_id", "Members")
