import ast

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain


class ItsmApprovalPolicy(models.Model):
    """Who must approve what: ordered steps, each with lines of approvers.

    An approval takes a copy of what it needs when it is asked. Changing a policy
    changes nothing that is under way.
    """

    _name = "itsm.approval.policy"
    _description = "Approval Policy"
    _inherit = ["mail.thread", "itsm.approval.cache.source"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    sequence = fields.Integer(
        default=10, help="Of several policies that fit, the first one counts."
    )
    description = fields.Text(translate=True)
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", help="Empty: for all companies."
    )
    res_model = fields.Selection(
        "_selection_res_model",
        string="Applies to",
        required=True,
        default=lambda self: self._default_res_model(),
    )
    domain = fields.Char(
        "Conditions",
        default="[]",
        tracking=True,
        help="Filter on the records. Empty: for all of them.",
    )
    step_ids = fields.One2many(
        "itsm.approval.policy.step", "policy_id", "Steps", copy=True
    )
    allow_requester = fields.Boolean(
        "Requesters May Decide",
        tracking=True,
        help="Whoever asked may approve it, if they are among the approvers.",
    )
    allow_implementer = fields.Boolean(
        "Implementers May Decide",
        tracking=True,
        help="Whoever will carry it out may approve it, if they are among the "
        "approvers.",
    )
    fallback_user_ids = fields.Many2many(
        "res.users",
        "itsm_approval_policy_fallback_rel",
        "policy_id",
        "user_id",
        string="Instead of Nobody",
        help="They decide where a line finds nobody who may. Empty: the approval "
        "managers.",
    )
    resource_calendar_id = fields.Many2one(
        "resource.calendar",
        "Working Hours",
        ondelete="restrict",
        check_company=True,
        help="Reminders and time-outs count in these hours. Empty: around the clock.",
    )
    approval_count = fields.Integer(compute="_compute_approval_count")
    step_summary = fields.Char("Who Decides", compute="_compute_step_summary")

    @api.model
    def _selection_res_model(self):
        """Return the models whose records can be approved."""
        return [
            (name, self.env["ir.model"]._get(name).name)
            for name in sorted(self.env.registry.models)
            if self._has_approvals(name)
        ]

    @api.model
    def _has_approvals(self, name):
        Model = self.env.registry.get(name)
        return (
            bool(Model) and not Model._abstract and hasattr(Model, "_approval_request")
        )

    @api.model
    def _default_res_model(self):
        return next((name for name, _label in self._selection_res_model()), False)

    def _compute_approval_count(self):
        # sudo: the figure is of all approvals, whatever the user may read of them.
        Approval = self.env["itsm.approval"].sudo()
        counts = dict(
            Approval._read_group(
                [("policy_id", "in", self.ids)], ["policy_id"], ["__count"]
            )
        )
        for policy in self:
            policy.approval_count = counts.get(policy, 0)

    @api.depends("step_ids.name", "step_ids.sequence")
    def _compute_step_summary(self):
        for policy in self:
            names = policy.step_ids.sorted().mapped("name")
            policy.step_summary = " → ".join(name for name in names if name)

    # ------------------------------------------------------------------
    # Constraints
    # ------------------------------------------------------------------

    @api.constrains("domain", "res_model")
    def _check_domain(self):
        for policy in self:
            policy._check_filter(policy.domain, policy.name)
        self.step_ids._check_condition()
        self.step_ids.line_ids._check_role()

    def _check_filter(self, text, name):
        """Refuse a condition that is no filter on the policy's records.

        :param name: what has the condition
        """
        self.ensure_one()
        try:
            domain = self._parsed(text)
            domain.validate(self.env[self.res_model])
            # Matched with all rights: it must not tell its author what is secret.
            self.env[self.res_model].sudo(False)._search(domain)
        except (ValueError, SyntaxError, KeyError, TypeError) as error:
            raise ValidationError(
                self.env._(
                    "The conditions of “%(name)s” are no valid filter: %(detail)s",
                    name=name,
                    detail=error,
                )
            ) from error

    @api.model
    def _parsed(self, text):
        """Return a condition as a domain; literals only, nothing is executed."""
        return Domain(ast.literal_eval((text or "").strip() or "[]"))

    @api.constrains("resource_calendar_id")
    def _check_calendar(self):
        for calendar in self.resource_calendar_id:
            if calendar.flexible_hours:
                raise ValidationError(
                    self.env._(
                        "The working hours “%(calendar)s” are flexible, so they have "
                        "no times of day to count in. Choose others.",
                        calendar=calendar.name,
                    )
                )

    def write(self, vals):
        if "res_model" in vals:
            used = self.filtered(
                lambda policy: (
                    policy.res_model != vals["res_model"] and policy.approval_count
                )
            )
            if used:
                raise UserError(
                    self.env._(
                        "Approvals were asked by policy “%(policy)s”, so it stays "
                        "what it is. Archive it and make a new one.",
                        policy=used[0].name,
                    )
                )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        used = self.filtered("approval_count")
        if used:
            raise UserError(
                self.env._(
                    "Approvals were asked by policy “%(policy)s”, so it cannot be "
                    "deleted. Archive it instead.",
                    policy=used[0].name,
                )
            )

    def copy_data(self, default=None):
        """Name copies so that they can be told from their originals."""
        vals_list = super().copy_data(default)
        if "name" not in (default or {}):
            for policy, vals in zip(self, vals_list, strict=True):
                vals["name"] = self.env._("%(name)s (copy)", name=policy.name)
        return vals_list

    def action_view_approvals(self):
        """Open the approvals that were asked by the policy."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_approval.itsm_approval_action_all"
        )
        action["domain"] = [("policy_id", "=", self.id)]
        action["context"] = {}
        return action

    @api.model
    def _rule_labels(self):
        """Return ``{rule: label}``."""
        Line = self.env["itsm.approval.policy.line"]
        return dict(Line._fields["rule"]._description_selection(self.env))
