from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

# Findings are the work of the runs; people only say who cares for them.
PEOPLE_MAY_WRITE = frozenset(
    {"user_id", "due_date", "note", "activity_ids", "message_follower_ids"}
)


class ItsmCiFinding(models.Model):
    """What a rule found wrong with an item: one for each rule and item.

    A finding that is put right stays, and is opened again when the item fails once
    more. Each uncovered change has a finding of its own.
    """

    _name = "itsm.ci.finding"
    _description = "Audit Finding"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "state, severity, due_date, id"
    _rec_name = "ci_id"

    rule_id = fields.Many2one(
        "itsm.ci.audit.rule",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    kind = fields.Selection(related="rule_id.kind")
    ci_id = fields.Many2one(
        "itsm.ci",
        "Item",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    ci_name = fields.Char(
        "Item Name", compute="_compute_ci_name", compute_sudo=True, readonly=True
    )
    class_id = fields.Many2one(related="ci_id.class_id", store=True, index=True)
    company_id = fields.Many2one(related="ci_id.company_id", store=True, index=True)
    severity = fields.Selection(related="rule_id.severity", store=True)
    state = fields.Selection(
        [("open", "Open"), ("accepted", "Accepted"), ("fixed", "Put Right")],
        required=True,
        default="open",
        readonly=True,
        tracking=True,
        index=True,
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        index="btree_not_null",
        tracking=True,
        domain="[('share', '=', False)]",
    )
    found_at = fields.Datetime(
        required=True, default=fields.Datetime.now, readonly=True
    )
    times_found = fields.Integer(default=1, readonly=True, aggregator=None)
    due_date = fields.Date("Put Right Until", index=True)
    fixed_at = fields.Datetime("Put Right At", readonly=True)
    is_overdue = fields.Boolean(
        "Overdue", compute="_compute_is_overdue", search="_search_is_overdue"
    )
    accepted_reason = fields.Text(readonly=True, tracking=True)
    accepted_until = fields.Date(readonly=True, tracking=True)
    accepted_by_id = fields.Many2one("res.users", readonly=True)
    revision_id = fields.Many2one(
        "itsm.ci.revision", "Change", readonly=True, ondelete="cascade", index=True
    )
    changed_by_id = fields.Many2one(related="revision_id.user_id", string="Changed By")
    changed_at = fields.Datetime(related="revision_id.at", string="Changed At")
    details = fields.Json(readonly=True)
    details_text = fields.Text(
        "What Changed", compute="_compute_details_text", compute_sudo=True
    )
    note = fields.Text(help="What is being done about it.")

    _once = models.UniqueIndex(
        "(rule_id, ci_id, COALESCE(revision_id, 0))",
        "There is a finding of this rule for this item already.",
    )
    _open_of_item = models.Index("(ci_id) WHERE state = 'open'")

    @api.depends("ci_id")
    def _compute_ci_name(self):
        for finding in self:
            finding.ci_name = finding.ci_id.name

    @api.depends("rule_id", "ci_id")
    def _compute_display_name(self):
        # sudo: its responsible may have no rights on rules and items.
        for finding in self.sudo():
            finding.display_name = f"{finding.ci_id.name}: {finding.rule_id.name}"

    @api.depends("state", "due_date")
    def _compute_is_overdue(self):
        today = fields.Date.context_today(self)
        for finding in self:
            finding.is_overdue = bool(
                finding.state == "open"
                and finding.due_date
                and finding.due_date < today
            )

    def _search_is_overdue(self, operator, _value):
        if operator != "in":
            return NotImplemented
        return [("state", "=", "open"), ("due_date", "<", "today")]

    @api.depends("details", "note")
    @api.depends_context("lang")
    def _compute_details_text(self):
        for finding in self:
            finding.details_text = "\n".join(
                f"{finding._label_of(key)}: {_text(old)} → {_text(new)}"
                for key, (old, new) in sorted((finding.details or {}).items())
            )

    def _label_of(self, key):
        """Return the name of a changed field or attribute for people."""
        if key.startswith("attributes."):
            name = key.removeprefix("attributes.")
            attributes = self.ci_id.class_id.all_attribute_ids
            return attributes.filtered(lambda a: a.key == name)[:1].name or name
        field = self.env["itsm.ci"]._fields.get(key)
        return field._description_string(self.env) if field else key

    def write(self, vals):
        """Keep people from altering what was found.

        :raise AccessError: for anything but who cares for it, until when, and notes
        """
        if not self.env.su and set(vals) - PEOPLE_MAY_WRITE:
            raise AccessError(
                self.env._(
                    "What was found cannot be altered. Put the item right, or accept"
                    " the finding with a reason."
                )
            )
        return super().write(vals)

    # ------------------------------------------------------------------
    # Verbs
    # ------------------------------------------------------------------

    def action_check(self):
        """Look again whether the items are right now."""
        self.check_access("write")
        # sudo: rules see all items, and findings are written by runs only.
        for rule, findings in self.sudo().grouped("rule_id").items():
            if rule.kind != "attestation":
                rule._run(findings.ci_id)
        return True

    def action_fixed(self):
        """Say that what somebody stated has been put right.

        :raise UserError: for findings of conditions, which are looked at instead
        """
        self.check_access("write")
        if any(finding.kind == "condition" for finding in self):
            raise UserError(
                self.env._(
                    "Such a finding is closed when the item is right. Correct the item,"
                    " then press “Check Again”."
                )
            )
        if any(finding.kind == "changes" for finding in self):
            raise UserError(
                self.env._(
                    "A change that nothing covered is put back, made again under an"
                    " event or a change, or accepted with a reason."
                )
            )
        # sudo: the state is written by verbs only; rights were checked above.
        self.sudo()._close()
        return True

    def _close(self):
        """Close findings: it is right now."""
        opened = self.filtered(lambda finding: finding.state != "fixed")
        opened.write({"state": "fixed", "fixed_at": fields.Datetime.now()})
        opened._end_activities()

    def _accept(self, reason, until):
        """Live with it, for a reason and until a day.

        :raise UserError: without a reason, or for what is put right already
        """
        if not (reason or "").strip():
            raise UserError(self.env._("Please say why this is accepted."))
        if until and until < fields.Date.context_today(self):
            raise UserError(self.env._("The day until which it is accepted is over."))
        if any(finding.state == "fixed" for finding in self):
            raise UserError(
                self.env._("What is put right already need not be accepted.")
            )
        self.write(
            {
                "state": "accepted",
                "accepted_reason": reason.strip(),
                "accepted_until": until,
                "accepted_by_id": self.env.uid,
            }
        )
        self._end_activities()

    def action_open_item(self):
        """Open the item."""
        self.ensure_one()
        return self.ci_id.get_formview_action()

    # ------------------------------------------------------------------
    # To-dos
    # ------------------------------------------------------------------

    def _plan_activities(self):
        """Plan a to-do for each responsible who has none yet, without a mail."""
        planned = set(
            self.env["mail.activity"]
            .search([("res_model", "=", self._name), ("res_id", "in", self.ids)])
            .mapped("res_id")
        )
        todo = self.env.ref("mail.mail_activity_data_todo")
        model_id = self.env["ir.model"]._get_id(self._name)
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [
                {
                    "activity_type_id": todo.id,
                    "res_model_id": model_id,
                    "res_id": finding.id,
                    "user_id": finding.user_id.id,
                    "summary": finding.rule_id.name,
                    "date_deadline": finding.due_date,
                }
                for finding in self
                if finding.user_id and finding.id not in planned
            ]
        )

    def _end_activities(self):
        """Remove the to-dos of findings that need none any more."""
        self.env["mail.activity"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        ).unlink()


def _text(value):
    """Return a value of the history for people: records by their name."""
    if value in (None, False, "", []):
        return "–"
    if isinstance(value, list):
        if len(value) == 2 and isinstance(value[0], int):
            return str(value[1])
        return ", ".join(_text(part) for part in value)
    return str(value)
