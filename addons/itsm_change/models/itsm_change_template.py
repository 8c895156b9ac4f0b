from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import html2plaintext

from odoo.addons.itsm_approval.models.itsm_approval import UNDER_WAY

from ..tools import states
from .group_order import in_order
from .itsm_change import LEVELS, TYPES
from .itsm_change_plans import PLANS

STATES = [
    ("draft", "Draft"),
    ("waiting", "Waiting for Approval"),
    ("approved", "Approved"),
    ("refused", "Rejected"),
    ("withdrawn", "Withdrawn"),
]


class ItsmChangeTemplate(models.Model):
    """A change that is made again and again; approved once, it needs no approval.

    This file holds what a template is and who approved it. How changes are made from
    it stands in ``itsm_change_template_making``, how they went in
    ``itsm_change_template_record``.
    """

    _name = "itsm.change.template"
    _description = "Change Template"
    _inherit = [
        "itsm.guarded.mixin",
        "mail.thread",
        "mail.activity.mixin",
        "itsm.approval.mixin",
    ]
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", default=lambda self: self.env.company, index=True
    )
    state = fields.Selection(
        STATES,
        compute="_compute_state",
        store=True,
        index=True,
        group_expand=in_order(STATES),
    )
    responsible_id = fields.Many2one(
        "res.users",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        tracking=True,
        help="Keeps the template in order; hears when it is withdrawn.",
    )
    change_type = fields.Selection(
        TYPES,
        "Type",
        required=True,
        default=states.STANDARD,
        tracking=True,
        help="Standard changes need an approved template and no approval of their own.",
    )
    category_id = fields.Many2one("itsm.change.category", tracking=True)

    # What the changes say
    subject = fields.Char(help="Of the changes. Empty: the name of the template.")
    reason = fields.Text(help="Why such a change is made.")
    description = fields.Html()
    implementation_plan = fields.Html()
    test_plan = fields.Html()
    communication_plan = fields.Html()
    backout_plan = fields.Html("Back-Out Plan")
    impact = fields.Selection(LEVELS, default="3")
    urgency = fields.Selection(LEVELS, default="3")
    implementer_id = fields.Many2one("res.users", domain="[('share', '=', False)]")
    team_id = fields.Many2one("itsm.team", check_company=True)
    duration = fields.Integer("Window (Minutes)", default=60, required=True)
    has_outage = fields.Boolean("Outage", tracking=True)
    outage_offset = fields.Integer(
        "Outage After (Minutes)", help="From the start of the window."
    )
    outage_duration = fields.Integer(
        "Outage for (Minutes)", help="0: until the window ends."
    )
    step_ids = fields.One2many("itsm.change.template.step", "template_id", copy=True)
    step_count = fields.Integer(compute="_compute_step_count")
    answer_ids = fields.One2many(
        "itsm.change.template.answer", "template_id", copy=True
    )
    delta_ids = fields.One2many("itsm.change.template.delta", "template_id", copy=True)

    # What they are made on, and what is shown before
    item_domain = fields.Char(
        "Allowed Items",
        default="[]",
        required=True,
        tracking=True,
        help="Which items such a change may be made on.",
    )
    ci_ids = fields.Many2many(
        "itsm.ci",
        "itsm_change_template_ci_rel",
        "template_id",
        "ci_id",
        "Items",
        help="Chosen for each change, where nobody chooses others.",
    )
    needs_backup = fields.Boolean("Backup Is Shown Before", tracking=True)
    needs_restore = fields.Boolean("Restore Is Tried Before", tracking=True)
    needs_test = fields.Boolean("Is Tested Before", tracking=True)

    _duration_range = models.Constraint(
        "CHECK (duration BETWEEN 1 AND 43200)",
        "Give 1 to 43,200 minutes (30 days) for the window.",
    )
    _outage_in_window = models.Constraint(
        "CHECK (COALESCE(outage_offset, 0) >= 0 AND COALESCE(outage_duration, 0) >= 0"
        " AND COALESCE(outage_offset, 0) + COALESCE(outage_duration, 0) <= duration)",
        "The outage lies inside the window of the change.",
    )

    _approval_subject_fields = frozenset(
        {
            "backout_plan",
            "category_id",
            "change_type",
            "ci_ids",
            "communication_plan",
            "company_id",
            "description",
            "duration",
            "has_outage",
            "implementation_plan",
            "item_domain",
            "needs_backup",
            "needs_restore",
            "needs_test",
            "outage_duration",
            "outage_offset",
            "reason",
            "test_plan",
        }
    )

    # ------------------------------------------------------------------
    # Computed
    # ------------------------------------------------------------------

    @api.depends("approval_state", "withdrawn_at")
    def _compute_state(self):
        for template in self:
            approval = template.approval_state
            if approval in UNDER_WAY:
                template.state = "waiting"
            elif template.withdrawn_at:
                template.state = "withdrawn"
            elif approval == "granted":
                template.state = "approved"
            else:
                template.state = "refused" if approval == "refused" else "draft"

    @api.depends("step_ids")
    def _compute_step_count(self):
        for template in self:
            template.step_count = len(template.step_ids)

    # ------------------------------------------------------------------
    # Allowed items
    # ------------------------------------------------------------------

    @api.constrains("item_domain")
    def _check_item_domain(self):
        for template in self:
            # Odoo checks as the system: an author may not search by what is hidden.
            items = template.sudo(False).env["itsm.ci"]
            items._condition(template.item_domain, template.name)

    def _items_outside(self, items):
        """Return those of the items that such a change must not be made on."""
        self.ensure_one()
        # sudo: whether an item is allowed does not depend on who asks.
        items = items.sudo()
        domain = Domain("id", "in", items.ids)
        domain &= items._condition(self.item_domain, self.name)
        allowed = items.with_context(active_test=False).search(domain)
        return items - items.browse(allowed.ids)

    # ------------------------------------------------------------------
    # Approval
    # ------------------------------------------------------------------

    def _approval_subject(self):
        template = self.sudo()  # sudo: approvers decide on all of it
        rows = super(ItsmChangeTemplate, template)._approval_subject()
        for row in rows:
            if row["key"] in (*PLANS, "description"):
                row["text"] = html2plaintext(row["text"])
        for key, label, records in (
            ("steps", self.env._("Steps"), template.step_ids),
            ("deltas", self.env._("What Will Be Different"), template.delta_ids),
            ("answers", self.env._("Answers about the Risk"), template.answer_ids),
        ):
            rows.append(
                {
                    "key": key,
                    "label": label,
                    "value": [record._as_content() for record in records],
                    "text": "\n".join(records.mapped("display_name")),
                }
            )
        return rows

    def _approval_requesters(self):
        # sudo: who asked is compared, nothing is shown.
        template = self.sudo()
        asked = template.asked_by_id.partner_id
        return asked or template.create_uid.partner_id

    def ask(self):
        """Ask those who decide on templates for their approval.

        A template that was withdrawn begins a new record with it.
        """
        self.check_access("write")
        for template in self:
            template._refuse_asking()
        self._write_system({"asked_by_id": self.env.uid})
        self._approval_request()
        unasked = self.filtered(
            lambda one: one.approval_state not in (*UNDER_WAY, "granted")
        )
        if unasked:
            raise UserError(
                self.env._(
                    "No approval policy says who decides on “%(template)s”. Ask an "
                    "approval manager to make one.",
                    template=unasked[0].name,
                )
            )
        self.filtered("withdrawn_at")._begin_anew()
        return True

    def _refuse_asking(self):
        self.ensure_one()
        if self.state in ("waiting", "approved"):
            raise UserError(
                self.env._(
                    "“%(template)s” is approved, or being decided on, already.",
                    template=self.name,
                )
            )
        if not self.step_ids:
            raise UserError(
                self.env._(
                    "Write the steps of “%(template)s” first: they are what is "
                    "approved.",
                    template=self.name,
                )
            )

    def action_ask(self):
        """Ask for approval, from a button."""
        return self.ask()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: whether it was used does not depend on who deletes it.
        used = self.env["itsm.change"].sudo().with_context(active_test=False)
        used = used.search([("template_id", "in", self.ids)], limit=1).template_id
        if used:
            raise UserError(
                self.env._(
                    "Changes were made from “%(template)s”, so it is kept. Archive it "
                    "instead.",
                    template=used.name,
                )
            )
