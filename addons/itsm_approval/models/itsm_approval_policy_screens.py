# pylint: disable=prefer-env-translation
from odoo import api, fields, models
from odoo.tools import format_list

from ..tools import quorum


class ItsmApprovalPolicyLine(models.Model):
    """What a line means, in words."""

    _inherit = "itsm.approval.policy.line"

    sentence = fields.Char("In Words", compute="_compute_sentence")

    @api.depends(
        "approver_type",
        "user_ids",
        "group_id",
        "levels",
        "role",
        "rule",
        "minimum",
        "percent",
    )
    def _compute_sentence(self):
        for line in self:
            who = line._who_text()
            line.sentence = who and line._rule_sentence(who)

    def _who_text(self):
        """Return who is asked, as it stands in a sentence."""
        self.ensure_one()
        _ = self.env._
        levels = self.levels
        if self.approver_type == "group":
            name = self.sudo().group_id.full_name  # sudo: the name only
            return name and _("the members of “%(group)s”", group=name)
        if self.approver_type == "requester_manager":
            if levels > 1:
                return _(
                    "the managers above the requester, up to %(count)s levels",
                    count=levels,
                )
            return _("the manager of the requester")
        if self.approver_type == "department_manager":
            if levels > 1:
                return _(
                    "the managers of the department and those above, up to %(count)s "
                    "levels",
                    count=levels,
                )
            return _("the manager of the department")
        if self.approver_type == "role":
            return self.role_label
        names = self.sudo().user_ids.mapped("name")  # sudo: the names only
        return format_list(self.env, names)

    def _rule_sentence(self, who):
        """Return what the line asks of those people."""
        self.ensure_one()
        _ = self.env._
        if self.rule == quorum.ALL:
            return _("Everyone must agree: %(who)s.", who=who)
        if self.rule == quorum.AT_LEAST:
            return _(
                "At least %(count)s must agree: %(who)s.", count=self.minimum, who=who
            )
        if self.rule == quorum.PERCENT:
            return _(
                "At least %(share)s %% must agree: %(who)s.",
                share=f"{self.percent:g}",
                who=who,
            )
        if self.rule == quorum.VETO:
            return _("May object, silence agrees: %(who)s.", who=who)
        return _("The first decision counts: %(who)s.", who=who)


class ItsmApprovalPolicyStep(models.Model):
    """What a step means, in words."""

    _inherit = "itsm.approval.policy.step"

    sentence = fields.Text("Who Decides", compute="_compute_sentence")
    time_sentence = fields.Text("When Nobody Answers", compute="_compute_time_sentence")
    has_condition = fields.Boolean("Not Always", compute="_compute_has_condition")

    @api.depends("condition")
    def _compute_has_condition(self):
        for step in self:
            step.has_condition = (step.condition or "").strip() not in ("", "[]")

    @api.depends("line_ids.sentence")
    def _compute_sentence(self):
        for step in self:
            step.sentence = "\n".join(
                line.sentence for line in step.line_ids if line.sentence
            )

    @api.depends(
        "remind_after",
        "timeout_after",
        "timeout_action",
        "escalate_to_ids",
        "line_ids.rule",
    )
    def _compute_time_sentence(self):
        for step in self:
            step.time_sentence = step._time_text()

    def _time_text(self):
        """Return what happens while nobody answers."""
        self.ensure_one()
        _ = self.env._
        hours = f"{self.timeout_after:g}"
        sentences = []
        if self.remind_after:
            sentences.append(
                _("Reminder after %(hours)s h.", hours=f"{self.remind_after:g}")
            )
        if self.timeout_after:
            sentences.append(self._timeout_text(hours))
        return " ".join(filter(None, sentences)) or _("It waits.")

    def _timeout_text(self, hours):
        """Return what happens when the time is over."""
        self.ensure_one()
        _ = self.env._
        if quorum.only_vetoes(self.line_ids.mapped("rule")):
            return _("Granted after %(hours)s h without objection.", hours=hours)
        if self.timeout_action == "escalate":
            people = self.sudo().escalate_to_ids.mapped("name")  # sudo: names
            names = format_list(self.env, people)
            if names:
                return _(
                    "After %(hours)s h %(names)s may decide too.",
                    hours=hours,
                    names=names,
                )
            return _("After %(hours)s h the manager of each may too.", hours=hours)
        if self.timeout_action == "reject":
            return _("Rejected after %(hours)s h.", hours=hours)
        if self.timeout_action == "remind":
            return _("Reminders every %(hours)s h.", hours=hours)
        return _("Overdue after %(hours)s h.", hours=hours)
