from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.itsm_approval.models.itsm_approval import UNDER_WAY

from ..tools import states
from .group_order import in_order

STATES = [
    ("draft", "Draft"),
    ("waiting", "Waiting for Approval"),
    ("granted", "Approved"),
    ("refused", "Rejected"),
]


class ItsmChangeException(models.Model):
    """Leave for a change to be made though a freeze or a maintenance window forbids it.

    It holds for the dates that it was given for: when they move, it is asked again.
    """

    _name = "itsm.change.exception"
    _description = "Exception from a Window"
    _inherit = [
        "itsm.guarded.mixin",
        "mail.thread",
        "mail.activity.mixin",
        "itsm.approval.mixin",
    ]
    _order = "id desc"

    change_id = fields.Many2one(
        "itsm.change", required=True, ondelete="cascade", index=True
    )
    window_id = fields.Many2one(
        "itsm.change.window", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="change_id.company_id", store=True, index=True)
    reason = fields.Text(
        required=True,
        tracking=True,
        help="Why it cannot wait, and what is done for it.",
    )
    planned_start = fields.Datetime(related="change_id.planned_start")
    planned_end = fields.Datetime(related="change_id.planned_end")
    window_kind = fields.Selection(related="window_id.kind")
    state = fields.Selection(
        STATES,
        compute="_compute_state",
        store=True,
        index=True,
        tracking=True,
        group_expand=in_order(STATES),
    )

    _once = models.UniqueIndex(
        "(change_id, window_id)",
        "An exception from this window was asked for already: open that one.",
    )

    _approval_subject_fields = frozenset({"change_id", "reason", "window_id"})

    @api.model
    def _system_fields(self):
        return super()._system_fields() | {"state"}

    @api.depends("approval_state")
    def _compute_state(self):
        """What the approval says; one that became void has to be asked again."""
        for exception in self:
            state = exception.approval_state
            if state == "granted":
                exception.state = "granted"
            elif state == "refused":
                exception.state = "refused"
            elif state in UNDER_WAY:
                exception.state = "waiting"
            else:
                exception.state = "draft"

    @api.depends("change_id", "window_id")
    def _compute_display_name(self):
        for exception in self:
            exception.display_name = self.env._(
                "%(change)s: exception from “%(window)s”",
                change=exception.change_id.number or "",
                window=exception.window_id.name or "",
            )

    # ------------------------------------------------------------------
    # Whoever may write the change asks for it
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        exceptions = super().create(vals_list)
        exceptions._refuse_strangers()
        return exceptions

    def write(self, vals):
        if not self._approval_subject_fields.isdisjoint(vals):
            self._refuse_strangers()
        result = super().write(vals)
        if "change_id" in vals:
            self._refuse_strangers()
        return result

    def _refuse_strangers(self):
        """Refuse those who may not write the change."""
        if not self.env.su:
            self.change_id.check_access("write")

    # ------------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------------

    def ask(self):
        """Ask those who decide on exceptions."""
        self.check_access("write")
        self._refuse_strangers()
        for exception in self:
            change = exception.change_id
            if not (change.planned_start and change.planned_end):
                raise UserError(
                    self.env._(
                        "Choose the dates of %(change)s first: the exception is given "
                        "for them.",
                        change=change.display_name,
                    )
                )
        self._approval_request()
        for exception in self:
            if exception.state not in ("waiting", "granted"):
                raise UserError(
                    self.env._(
                        "No approval policy says who decides on %(exception)s. Ask an "
                        "approval manager to make one.",
                        exception=exception.display_name,
                    )
                )
        return True

    def action_ask(self):
        """Ask, from a button."""
        return self.ask()

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        """What was asked is part of the record of the change."""
        self._refuse_strangers()
        # sudo: whether it was ever asked, not what was said.
        for exception in self.sudo().filtered("approval_id"):
            raise UserError(
                self.env._(
                    "%(exception)s was asked for and cannot be deleted.",
                    exception=exception.display_name,
                )
            )

    # ------------------------------------------------------------------
    # What is decided on, and by whom
    # ------------------------------------------------------------------

    def _approval_subject(self):
        """Return the change with its dates, the window and the reason."""
        exception = self.sudo()  # sudo: approvers decide on all of it
        rows = super(ItsmChangeException, exception)._approval_subject()
        change = exception.change_id
        for name in ("planned_start", "planned_end", "outage_start", "outage_end"):
            rows.append({**change._approval_subject_row(name), "key": f"change.{name}"})
        items = change.ci_link_ids.filtered(
            lambda link: link.role == "affected" and not link.excluded
        ).ci_id.sorted("id")
        rows.append(
            {
                "key": "items",
                "label": self.env._("Items"),
                "value": items.ids,
                "text": "\n".join(
                    " ".join(filter(None, (item.code, item.name))) for item in items
                ),
            }
        )
        return rows

    def _approval_requesters(self):
        # sudo: who asked is compared, nothing is shown.
        exception = self.sudo()
        return exception.create_uid.partner_id | exception.change_id.requester_id

    def _approval_implementers(self):
        # sudo: who will do it is compared, nothing is shown.
        return self.sudo().change_id.implementer_id.partner_id

    def _approval_recheck(self):
        """What its change has used, or given up, is not asked again."""
        open_ = self.filtered(
            lambda each: each.change_id.state in states.PLANNED_STATES
        )
        return super(ItsmChangeException, open_)._approval_recheck()

    def _approval_granted(self):
        res = super()._approval_granted()
        self.change_id._refresh_conflicts()
        return res

    def _approval_refused(self, reason):
        res = super()._approval_refused(reason)
        self.change_id._refresh_conflicts()
        return res

    def _approval_voided(self):
        res = super()._approval_voided()
        self.change_id._mark_conflicts()
        return res
