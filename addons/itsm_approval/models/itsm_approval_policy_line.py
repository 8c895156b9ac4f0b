from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_list

from ..tools import quorum

APPROVER_TYPES = [
    ("user", "People"),
    ("group", "Group"),
    ("requester_manager", "Manager of the requester"),
    ("department_manager", "Manager of the department"),
    ("role", "Role of the record"),
]
RULES = [
    (quorum.ANY, "Anyone: the first decision counts"),
    (quorum.ALL, "Everyone must agree"),
    (quorum.AT_LEAST, "At least so many must agree"),
    (quorum.PERCENT, "A share must agree"),
    (quorum.VETO, "Silence agrees, one objection refuses"),
]


class ItsmApprovalPolicyLine(models.Model):
    """A line of a step: who is asked, and how many of them must agree."""

    _name = "itsm.approval.policy.line"
    _description = "Approval Policy Line"
    _inherit = ["itsm.approval.cache.source"]
    _order = "step_id, sequence, id"

    step_id = fields.Many2one(
        "itsm.approval.policy.step", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(translate=True, help="Empty: named after who is asked.")
    res_model = fields.Selection(related="step_id.policy_id.res_model")
    approver_type = fields.Selection(
        APPROVER_TYPES, "Who Decides", required=True, default="user"
    )
    user_ids = fields.Many2many(
        "res.users",
        "itsm_approval_policy_line_user_rel",
        "line_id",
        "user_id",
        string="People",
    )
    group_id = fields.Many2one("res.groups", ondelete="restrict")
    levels = fields.Integer(
        default=1, help="How many managers up the chain are asked, at the most."
    )
    role = fields.Char(help="What the person is to the record, such as its owner.")
    role_label = fields.Char(compute="_compute_role_label")
    rule = fields.Selection(RULES, required=True, default=quorum.ANY)
    minimum = fields.Integer(default=1, help="How many must agree.")
    percent = fields.Float(default=50, help="Which share must agree.")

    _levels_positive = models.Constraint(
        "CHECK (levels >= 1)", "A chain has at least one manager."
    )
    _minimum_positive = models.Constraint(
        "CHECK (minimum >= 1)", "At least one must agree."
    )
    _percent_share = models.Constraint(
        "CHECK (percent > 0 AND percent <= 100)",
        "A share is more than 0 % and at most 100 %.",
    )

    @api.depends("name", "approver_type", "user_ids", "group_id", "role")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line._title()

    @api.depends("role", "step_id.policy_id.res_model")
    def _compute_role_label(self):
        for line in self:
            line.role_label = line._roles().get(line.role, False)

    def _roles(self):
        """Return ``{key: label}`` of the roles that the record's model has."""
        self.ensure_one()
        model = self.step_id.policy_id.res_model
        return dict(self.env[model]._approval_roles()) if model in self.env else {}

    @api.model
    def role_choices(self, res_model):
        """Return ``[(key, label)]`` of the roles of a model, for the form."""
        if not self.env["itsm.approval.policy"]._has_approvals(res_model):
            return []
        return self.env[res_model]._approval_roles()

    def _title(self):
        """Return the line's name, or what it is named after."""
        self.ensure_one()
        if self.name:
            return self.name
        if self.approver_type == "user":
            names = self.sudo().user_ids.mapped("name")  # sudo: names
            return format_list(self.env, names)
        if self.approver_type == "group":
            return self.sudo().group_id.name or ""  # sudo: the name
        if self.approver_type == "role":
            return self._roles().get(self.role) or self.role or ""
        labels = dict(self._fields["approver_type"]._description_selection(self.env))
        return labels[self.approver_type]

    @api.constrains("approver_type", "user_ids", "group_id")
    def _check_approvers(self):
        for line in self:
            if line.approver_type == "user" and not line.user_ids:
                raise ValidationError(
                    self.env._(
                        "Choose who decides in step “%(step)s”.", step=line.step_id.name
                    )
                )
            if line.approver_type == "group" and not line.group_id:
                raise ValidationError(
                    self.env._(
                        "Choose the group that decides in step “%(step)s”.",
                        step=line.step_id.name,
                    )
                )

    @api.constrains("approver_type", "role")
    def _check_role(self):
        for line in self.filtered(lambda line: line.approver_type == "role"):
            roles = line._roles()
            if line.role not in roles:
                raise ValidationError(
                    self.env._(
                        "Step “%(step)s” names the role “%(role)s”, which its records "
                        "do not have. They have: %(roles)s.",
                        step=line.step_id.name,
                        role=line.role or "",
                        roles=format_list(self.env, roles) or self.env._("none"),
                    )
                )

    @api.constrains("rule")
    def _check_objection_period(self):
        self.step_id._check_objection_period()

    def _source(self):
        """Return where the line's people come from, as an approval keeps it."""
        self.ensure_one()
        return {
            "type": self.approver_type,
            "user_ids": self.user_ids.ids,
            "group_id": self.group_id.id,
            "levels": self.levels,
            "role": self.role or False,
        }
