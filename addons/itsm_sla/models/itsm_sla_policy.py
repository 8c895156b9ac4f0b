import ast

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..tools import terms
from .itsm_sla_event import _ENGINE

KINDS = [
    (terms.SLA, "SLA (customer)"),
    (terms.OLA, "OLA (team)"),
    (terms.UC, "UC (supplier)"),
]


class ItsmSlaPolicy(models.Model):
    """What is promised to whom, under which conditions (ITIL 4, service level
    management).

    The terms – targets, working hours, pauses, reopening – are frozen in versions.
    Changing terms that clocks use makes a new version; the clocks keep theirs.
    Conditions only decide which new records the policy is for.
    """

    _name = "itsm.sla.policy"
    _description = "Service Level Policy"
    _inherit = ["mail.thread", "itsm.cache.source"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    sequence = fields.Integer(
        default=10, help="Of several policies that fit, the first one counts."
    )
    description = fields.Text(translate=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: for all companies."
    )
    res_model = fields.Selection(
        "_selection_res_model",
        string="Applies to",
        required=True,
        default=lambda self: self._default_res_model(),
    )
    kind = fields.Selection(
        KINDS,
        required=True,
        default=terms.SLA,
        tracking=True,
        help="SLA: a promise to the customer, for the whole life of a record. OLA: a "
        "team's promise, for each turn in which it holds the record. UC: a supplier's "
        "promise, for each hand-off.",
    )
    in_parallel = fields.Boolean(
        "Beside Others",
        tracking=True,
        help="Counts in addition to the first policy that fits.",
    )
    valid_from = fields.Datetime(
        tracking=True, help="For records opened from then on. Empty: since ever."
    )
    valid_until = fields.Datetime(
        tracking=True, help="For records opened before. Empty: for ever."
    )

    # Conditions
    domain = fields.Char(
        "Further Conditions", default="[]", tracking=True, help="Filter on the records."
    )
    service_class_ids = fields.Many2many(
        "itsm.service.class",
        "itsm_sla_policy_service_class_rel",
        "policy_id",
        "class_id",
        string="Service Classes",
    )
    partner_category_ids = fields.Many2many(
        "res.partner.category",
        "itsm_sla_policy_partner_category_rel",
        "policy_id",
        "category_id",
        string="Customer Categories",
    )
    supplier_ids = fields.Many2many(
        "res.partner",
        "itsm_sla_policy_supplier_rel",
        "policy_id",
        "partner_id",
        string="Suppliers",
        help="Suppliers whose hand-offs this is for. Empty: all.",
    )

    # Terms
    target_ids = fields.One2many("itsm.sla.target", "policy_id", "Targets", copy=True)
    calendar_source = fields.Selection(
        [
            ("record", "Working hours of the desk"),
            ("policy", "These working hours"),
            ("always", "Around the clock"),
        ],
        string="Working Time",
        required=True,
        default="record",
        tracking=True,
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        string="Working Hours",
        tracking=True,
        ondelete="restrict",
        check_company=True,
    )
    pauses = fields.Boolean(
        "Waiting Pauses the Clocks",
        default=True,
        tracking=True,
        help="Pending reasons that pause clocks pause these. Off: they run on whatever "
        "the record waits for.",
    )
    on_reopen = fields.Selection(
        [
            ("continue", "The clock goes on where it stopped"),
            ("restart", "A new clock starts"),
        ],
        string="When Reopened",
        required=True,
        default="continue",
        tracking=True,
    )

    escalation_ids = fields.One2many(
        "itsm.sla.escalation", "policy_id", "Escalations", copy=True
    )
    version_ids = fields.One2many("itsm.sla.policy.version", "policy_id", "Versions")
    current_version_id = fields.Many2one(
        "itsm.sla.policy.version", compute="_compute_current_version_id"
    )
    clock_count = fields.Integer(compute="_compute_clock_count")
    outdated_clock_count = fields.Integer(
        "Clocks on Older Terms",
        compute="_compute_clock_count",
        help="Running clocks that started under an earlier version.",
    )

    _validity_order = models.Constraint(
        "CHECK (valid_from IS NULL OR valid_until IS NULL OR valid_from < valid_until)",
        "A policy must be valid from an earlier moment than until.",
    )

    @api.model
    def _selection_res_model(self):
        """Return the models that have clocks."""
        return [
            (name, self.env["ir.model"]._get(name).name)
            for name in sorted(self.env.registry.models)
            if self._has_clocks(name)
        ]

    @api.model
    def _has_clocks(self, name):
        Model = self.env.registry.get(name)
        return bool(Model) and not Model._abstract and hasattr(Model, "_sla_log")

    @api.model
    def _default_res_model(self):
        return next((name for name, _label in self._selection_res_model()), False)

    @api.depends("version_ids.number")
    def _compute_current_version_id(self):
        for policy in self:
            policy.current_version_id = policy.version_ids.sorted("number")[-1:]

    def _compute_clock_count(self):
        # sudo: the figures are of all clocks, whatever the user may read of them.
        Clock = self.env["itsm.sla.clock"].sudo()
        groups = Clock._read_group(
            [("policy_id", "in", self.ids)],
            ["policy_id", "policy_version_id", "is_unfinished"],
            ["__count"],
        )
        for policy in self:
            mine = [group for group in groups if group[0] == policy]
            policy.clock_count = sum(count for *_group, count in mine)
            policy.outdated_clock_count = sum(
                count
                for _policy, version, unfinished, count in mine
                if unfinished and version != policy.current_version_id
            )

    # ------------------------------------------------------------------
    # Constraints
    # ------------------------------------------------------------------

    @api.constrains("domain", "res_model")
    def _check_domain(self):
        for policy in self:
            try:
                domain = policy._parsed_domain()
                domain.validate(self.env[policy.res_model])
                # Matched with all rights: it must not tell its author what is secret.
                self.env[policy.res_model].sudo(False)._search(domain)
            except (ValueError, SyntaxError, KeyError, TypeError) as error:
                raise ValidationError(
                    self.env._(
                        "The further conditions of policy “%(policy)s” are no valid "
                        "filter: %(detail)s",
                        policy=policy.name,
                        detail=error,
                    )
                ) from error

    def _parsed_domain(self):
        """Return the further conditions; literals only, nothing is executed."""
        self.ensure_one()
        return Domain(ast.literal_eval((self.domain or "").strip() or "[]"))

    @api.constrains("calendar_source", "calendar_id")
    def _check_calendar(self):
        for policy in self.filtered(lambda policy: policy.calendar_source == "policy"):
            if not policy.calendar_id:
                raise ValidationError(
                    self.env._(
                        "Choose the working hours of policy “%(policy)s”.",
                        policy=policy.name,
                    )
                )
            policy.calendar_id._itsm_check_usable()

    @api.constrains("kind")
    def _check_metrics(self):
        self.target_ids._check_amount()

    # ------------------------------------------------------------------
    # Create and write
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        # Targets that come with the policy make no version of their own.
        holding = self.with_context(itsm_sla_hold_versions=_ENGINE)
        policies = super(ItsmSlaPolicy, holding).create(vals_list)
        policies = policies.with_env(self.env)
        policies._sync_versions()
        return policies

    def write(self, vals):
        if {"kind", "res_model"}.intersection(vals):
            self._refuse_other_kind(vals)
        holding = self.with_context(itsm_sla_hold_versions=_ENGINE)
        result = super(ItsmSlaPolicy, holding).write(vals)
        self._sync_versions()
        return result

    def _refuse_other_kind(self, vals):
        for policy in self:
            changed = any(
                name in vals and vals[name] != policy[name]
                for name in ("kind", "res_model")
            )
            if changed and policy.sudo().version_ids._used():
                raise UserError(
                    self.env._(
                        "Clocks use policy “%(policy)s”, so it stays what it is. "
                        "Archive it and make a new one.",
                        policy=policy.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: clocks count, whoever may see them.
        used = self.filtered(lambda policy: policy.sudo().version_ids._used())
        if used:
            raise UserError(
                self.env._(
                    "Clocks use policy “%(policy)s”, so it cannot be deleted. Archive "
                    "it instead.",
                    policy=used[0].name,
                )
            )

    # ------------------------------------------------------------------
    # Versions
    # ------------------------------------------------------------------

    def _terms(self):
        """Return the present terms as the pure engine knows them."""
        self.ensure_one()
        return terms.Terms(
            kind=self.kind,
            targets=dict(target._key_and_target() for target in self.target_ids),
            on_reopen=self.on_reopen,
            pauses=self.pauses,
        )

    def _terms_json(self):
        """Return the present terms and the working time, as versions hold them."""
        self.ensure_one()
        own = self.calendar_source == "policy"
        return {
            **self._terms().as_json(),
            "calendar_source": self.calendar_source,
            "calendar_id": self.calendar_id.id if own else False,
        }

    def _sync_versions(self):
        """See that the newest version says what the policy says.

        A version that no clock uses yet is corrected; otherwise a new one begins.
        """
        if self.env.context.get("itsm_sla_hold_versions") is _ENGINE:
            return
        # sudo: versions have no rights of their own; who may change a policy does
        # so through it.
        Version = self.env["itsm.sla.policy.version"].sudo()
        new = []
        for policy in self:
            current = policy.sudo().current_version_id
            content = policy._terms_json()
            if current.terms == content:
                continue
            if current and not current._used():
                current.terms = content
                continue
            new.append(
                {
                    "policy_id": policy.id,
                    "number": current.number + 1,
                    "valid_from": current and fields.Datetime.now(),
                    "terms": content,
                }
            )
        Version.create(new)
        self.invalidate_recordset(["version_ids", "current_version_id"])

    def _migrate_clocks(self, reason):
        """Give the policy's unfinished clocks its present terms.

        :param reason: why; noted on the records
        """
        self.ensure_one()
        Clock = self.env["itsm.sla.clock"]._as_engine()
        clocks = Clock.search(
            [
                ("policy_id", "=", self.id),
                ("is_unfinished", "=", True),
                ("policy_version_id", "!=", self.current_version_id.id),
            ]
        )
        clocks |= clocks._of_one_life(self.current_version_id)
        clocks.write({"policy_version_id": self.current_version_id.id})
        records = self.env[self.res_model].sudo().browse(set(clocks.mapped("res_id")))
        Clock._follow(records, match="turn")
        note = self.env._(
            "Service level clocks moved to %(version)s: %(reason)s",
            version=self.current_version_id.display_name,
            reason=reason,
        )
        records._message_log_batch(
            bodies=dict.fromkeys(records.ids, note),
            author_id=self.env.user.partner_id.id,
        )

    def action_apply_to_open(self):
        """Give the open records that the policy is for their clocks.

        A new policy is for new records only, until somebody decides otherwise. Time
        counts from the opening of each record; what is past raises no alarm.
        """
        self.check_access("write")
        for policy in self:
            policy._apply_to_open()
        return True

    def _apply_to_open(self):
        self.ensure_one()
        # sudo: all records of the model, whoever may read which.
        Model = self.env[self.res_model].sudo()
        records = Model.search(Model._sla_open_domain())
        for start in range(0, len(records), 1000):
            portion = records[start : start + 1000]
            portion._sla_ensure_open()
            portion._sla_rematch()

    def action_view_clocks(self):
        """Open the clocks of the policy."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_sla_clock_action"
        )
        action["domain"] = [("policy_id", "=", self.id)]
        action["context"] = {}
        return action

    @api.model
    def _metric_labels(self):
        """Return ``{metric: label}``."""
        Target = self.env["itsm.sla.target"]
        return dict(Target._fields["metric"]._description_selection(self.env))
