from odoo import api, fields, models
from odoo.fields import Domain

from ..tools import states

_FAILURES_SHOWN = 5
_SYSTEM_FIELDS = frozenset(
    {
        "asked_by_id",
        "counted_since",
        "state",
        "withdrawal_reason",
        "withdrawn_at",
    }
)


class ItsmChangeTemplate(models.Model):
    """How the changes of a template went; what fails too often loses its approval."""

    _inherit = "itsm.change.template"

    change_ids = fields.One2many("itsm.change", "template_id", readonly=True)
    asked_by_id = fields.Many2one("res.users", readonly=True, copy=False)

    made_count = fields.Integer("Changes Made", compute="_compute_record")
    ended_count = fields.Integer("Changes Ended", compute="_compute_record")
    success_count = fields.Integer("Successful", compute="_compute_record")
    success_rate = fields.Float(
        compute="_compute_record",
        help="Share of the changes that ended successfully, with or without issues.",
    )
    failure_ids = fields.Many2many(
        "itsm.change",
        string="Last Failures",
        compute="_compute_failure_ids",
        help="Rolled back or failed.",
    )

    # When it loses its approval
    success_threshold = fields.Float(
        "Withdraw Below (%)",
        default=80,
        tracking=True,
        help="If fewer of the last changes were successful, the template is withdrawn. "
        "0: never.",
    )
    success_sample = fields.Integer(
        "Of the Last (Changes)",
        default=10,
        tracking=True,
        help="So many changes count.",
    )
    success_minimum = fields.Integer(
        "Not Before (Changes)",
        default=3,
        tracking=True,
        help="Not before so many changes have ended.",
    )
    withdrawn_at = fields.Datetime(readonly=True, copy=False, tracking=True)
    withdrawal_reason = fields.Char(readonly=True, copy=False)
    counted_since = fields.Datetime(
        readonly=True, copy=False, help="Changes that ended before do not count."
    )

    _threshold_range = models.Constraint(
        "CHECK (success_threshold BETWEEN 0 AND 100)",
        "The share of successful changes is between 0 and 100 %.",
    )
    _sample_range = models.Constraint(
        "CHECK (success_minimum >= 1 AND success_sample >= success_minimum)",
        "At least one change counts, and of the last ones no fewer than that.",
    )

    @api.model
    def _system_fields(self):
        return super()._system_fields() | _SYSTEM_FIELDS

    # ------------------------------------------------------------------
    # The record
    # ------------------------------------------------------------------

    @api.depends("change_ids.state", "change_ids.close_code")
    def _compute_record(self):
        # sudo: the record of a template is the same for all companies that use it.
        Change = self.env["itsm.change"].sudo().with_context(active_test=False)
        counts = {}
        for template, state, code, count in Change._read_group(
            [("template_id", "in", self.ids)],
            ["template_id", "state", "close_code"],
            ["__count"],
        ):
            counts.setdefault(template.id, []).append((state, code, count))
        for template in self:
            rows = counts.get(template._origin.id, [])
            ended = [row for row in rows if row[0] == states.CLOSED]
            good = sum(count for _s, code, count in ended if code in states.DONE_CODES)
            template.made_count = sum(count for _s, _c, count in rows)
            template.ended_count = sum(count for _s, _c, count in ended)
            template.success_count = good
            template.success_rate = (
                100.0 * good / template.ended_count if template.ended_count else 0.0
            )

    @api.depends("change_ids.close_code")
    def _compute_failure_ids(self):
        for template in self:
            template.failure_ids = self.env["itsm.change"].search(
                Domain("template_id", "=", template._origin.id)
                & Domain("state", "=", states.CLOSED)
                & Domain("close_code", "not in", states.DONE_CODES),
                order="closed_at desc, id desc",
                limit=_FAILURES_SHOWN,
            )

    def _recent_results(self):
        """Return the close codes of the last changes, those that count."""
        self.ensure_one()
        domain = Domain("template_id", "=", self.id) & Domain(
            "state", "=", states.CLOSED
        )
        if self.counted_since:
            domain &= Domain("closed_at", ">", self.counted_since)
        # sudo: as the record.
        Change = self.env["itsm.change"].sudo().with_context(active_test=False)
        return Change.search(
            domain, order="closed_at desc, id desc", limit=self.success_sample
        ).mapped("close_code")

    # ------------------------------------------------------------------
    # Withdrawing
    # ------------------------------------------------------------------

    def _withdraw_unsafe(self):
        """Withdraw the templates whose changes fail too often."""
        for template in self.sudo():  # sudo: a consequence of how a change ended
            if template.withdrawn_at or not template.success_threshold:
                continue
            codes = template._recent_results()
            good = sum(code in states.DONE_CODES for code in codes)
            if len(codes) < template.success_minimum:
                continue
            if 100.0 * good / len(codes) < template.success_threshold:
                template._withdraw(
                    self.env._(
                        "%(good)s of the last %(all)s changes were successful; at "
                        "least %(share)s %% are asked for.",
                        good=good,
                        all=len(codes),
                        share=f"{template.success_threshold:g}",
                    )
                )

    def _withdraw(self, reason):
        """Take the approval from a template, and let somebody look after it."""
        self.ensure_one()
        self._write_system(
            {"withdrawn_at": fields.Datetime.now(), "withdrawal_reason": reason}
        )
        self._approval_withdraw(reason)
        self._message_log(body=self.env._("Withdrawn: %(reason)s", reason=reason))
        person = self.responsible_id or self.create_uid
        if person.active:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Change template withdrawn"),
                note=reason,
                user_id=person.id,
            )

    def withdraw(self, reason=None):
        """Take the approval from the templates: no standard change is scheduled now.

        :param reason: why
        """
        self.check_access("write")
        for template in self:
            template._withdraw(
                (reason or "").strip() or self.env._("A change manager withdrew it.")
            )
        return True

    def action_withdraw(self):
        """Withdraw the templates, from a button."""
        return self.withdraw()

    def _begin_anew(self):
        """Let templates be used again once they are approved; old failures are old."""
        self._write_system(
            {
                "withdrawn_at": False,
                "withdrawal_reason": False,
                "counted_since": fields.Datetime.now(),
            }
        )

    def action_open_changes(self):
        """Open the changes that were made from the template."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_change.itsm_change_action"
        )
        return action | {
            "domain": [("template_id", "=", self.id)],
            "context": {"active_test": False},
        }


class ItsmChange(models.Model):
    """A change that ends is part of its template's record."""

    _inherit = "itsm.change"

    def _after_transition(self, verb):
        result = super()._after_transition(verb)
        if verb == "close":
            self.template_id._withdraw_unsafe()
        return result
