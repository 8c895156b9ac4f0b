from odoo import api, fields, models
from odoo.fields import Domain

SEVERITIES = [
    ("1", "Severe"),
    ("2", "High"),
    ("3", "Medium"),
    ("4", "Low"),
]
KINDS = [
    ("condition", "Items that meet a condition"),
    ("changes", "Changes that nothing covered"),
    ("attestation", "Said to be wrong by those who answer for it"),
]
# What a run says of itself.
SYSTEM_FIELDS = frozenset({"finding_ids", "last_count", "last_error", "last_run"})


class ItsmCiAuditRule(models.Model):
    """What must not be: a condition on items, whose matches become findings.

    A rule that looks for changes reads revisions instead: those of controlled
    attributes and of the fields named here that were not made under anything that
    covers them. The rule for attestations only collects what people say.
    """

    _name = "itsm.ci.audit.rule"
    _description = "Audit Rule"
    _inherit = ["itsm.guarded.mixin"]
    _order = "severity, sequence, id"

    name = fields.Char(required=True, translate=True)
    why = fields.Text(
        "Why It Matters", translate=True, help="What goes wrong where nobody cares."
    )
    cure = fields.Text("What To Do", translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(KINDS, required=True, default="condition")
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", help="Empty: items of all companies."
    )
    class_ids = fields.Many2many(
        "itsm.ci.class",
        "itsm_ci_audit_rule_class_rel",
        "rule_id",
        "class_id",
        "Classes",
        help="With their subclasses. Empty: all.",
    )
    domain = fields.Char("Item Condition", default="[]", required=True)
    severity = fields.Selection(SEVERITIES, required=True, default="3")
    responsible = fields.Selection(
        [
            ("user", "A certain person"),
            ("owner", "The item's owner"),
            ("custodian", "The item's custodian"),
        ],
        required=True,
        default="owner",
    )
    user_id = fields.Many2one(
        "res.users",
        "Person",
        domain="[('share', '=', False)]",
        help="Puts it right where the item names nobody who can sign in here. Empty:"
        " somebody takes such findings from the list.",
    )
    days = fields.Integer("Days To Put Right", default=30, required=True)
    with_activity = fields.Boolean(
        "Plan Activities", help="Each finding is planned as a to-do of its responsible."
    )
    field_ids = fields.One2many(
        "itsm.ci.audit.field", "rule_id", "Controlled Fields", copy=True
    )
    with_attributes = fields.Boolean(
        "Controlled Attributes",
        default=True,
        help="Watch the attributes that their class marks as controlled.",
    )
    watched_from = fields.Datetime(
        required=True,
        # Revisions bear the beginning of their transaction.
        default=lambda self: self.env.cr.now().replace(microsecond=0),
        copy=False,
        help="Changes from before are not looked at.",
    )
    last_run = fields.Datetime(readonly=True, copy=False)
    last_count = fields.Integer(
        "Found at Last Run", readonly=True, copy=False, aggregator=None
    )
    last_error = fields.Char(readonly=True, copy=False)
    finding_ids = fields.One2many(
        "itsm.ci.finding", "rule_id", "Findings", readonly=True
    )
    open_count = fields.Integer("Open Findings", compute="_compute_open_count")

    _days_positive = models.Constraint(
        "CHECK (days >= 0)", "The days to put a finding right cannot be negative."
    )

    @api.model
    def _system_fields(self):
        return super()._system_fields() | SYSTEM_FIELDS

    @api.constrains("domain", "kind")
    def _check_domain(self):
        for rule in self.filtered(lambda rule: rule.kind == "condition"):
            # Odoo checks as the system; a run does too, so authors are checked here.
            rule.sudo(False)._item_domain()

    def _item_domain(self):
        """Return the condition with the classes and the company of the rule.

        :raise ValidationError: where the condition is none
        """
        self.ensure_one()
        condition = self.env["itsm.ci"]._condition(self.domain, self.name)
        return condition & self._scope_domain()

    def _scope_domain(self):
        """Return the domain of the items that the rule looks at at all."""
        scope = Domain.TRUE
        if self.class_ids:
            scope &= Domain("class_id", "child_of", self.class_ids.ids)
        if self.company_id:
            scope &= Domain("company_id", "=", self.company_id.id)
        return scope

    def _compute_open_count(self):
        counts = dict(
            self.env["itsm.ci.finding"]._read_group(
                [("rule_id", "in", self.ids), ("state", "=", "open")],
                ["rule_id"],
                ["__count"],
            )
        )
        for rule in self:
            rule.open_count = counts.get(rule, 0)

    def action_view_findings(self):
        """Open what the rule has found and nobody has put right."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_cmdb.itsm_ci_finding_action"
        )
        action["domain"] = [("rule_id", "=", self.id)]
        action["context"] = {"search_default_open": 1}
        return action


class ItsmCiAuditField(models.Model):
    """A field of items that only something that covers it may change."""

    _name = "itsm.ci.audit.field"
    _description = "Controlled Field"
    _order = "rule_id, name"

    rule_id = fields.Many2one(
        "itsm.ci.audit.rule", required=True, ondelete="cascade", index=True
    )
    name = fields.Selection(
        [
            ("class_id", "Class"),
            ("stage_id", "Stage"),
            ("criticality", "Criticality"),
            ("environment", "Environment"),
            ("owner_id", "Owner"),
            ("custodian_id", "Custodian"),
            ("department_id", "Department"),
            ("location_id", "Location"),
            ("rack_position", "Rack Position"),
            ("model_id", "Model"),
            ("serial_number", "Serial Number"),
            ("asset_code", "Asset Code"),
            ("host_name", "Host Name"),
            ("domain_name", "DNS Domain"),
        ],
        "Field",
        required=True,
    )

    _once = models.UniqueIndex("(rule_id, name)", "This field is in the list already.")
