from odoo import fields, models

IMPACTS = [
    ("source", "A failing target hits the source"),
    ("target", "A failing source hits the target"),
    ("both", "Each hits the other"),
    ("none", "None"),
]
STRENGTHS = [
    ("hard", "Hard: cannot work without"),
    ("soft", "Soft: works worse without"),
]


class ItsmCiRelationType(models.Model):
    """A kind of relation, with a name for each way of reading it."""

    _name = "itsm.ci.relation.type"
    _description = "Relation Type"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True, help="Depends on")
    inverse_name = fields.Char(required=True, translate=True, help="Used by")
    code = fields.Char(required=True, help="Stable key for scripts and imports.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    impact = fields.Selection(IMPACTS, "Who Is Hit", required=True, default="source")
    strength = fields.Selection(STRENGTHS, required=True, default="hard")
    rule_ids = fields.One2many(
        "itsm.ci.relation.rule", "type_id", "Allowed Classes", copy=True
    )

    _code_unique = models.UniqueIndex("(code)", "Another relation type has this code.")
