from odoo import models
from odoo.exceptions import AccessError

from ..tools.fingerprint import fingerprint


class ItsmApproval(models.Model):
    """Ends without a decision: withdrawn, or void because the subject changed."""

    _inherit = "itsm.approval"

    def withdraw(self, reason):
        """Take the request back: the requester or an approval manager."""
        for approval in self:
            if not approval._may_withdraw():
                raise AccessError(
                    self.env._(
                        "Only the requester or an approval manager can withdraw "
                        "“%(approval)s”.",
                        approval=approval.sudo().name,  # sudo: the name only
                    )
                )
        self._take_back(reason)
        return True

    def _may_withdraw(self):
        """Tell whether the user may take the request back."""
        self.ensure_one()
        if self._is_manager():
            return self.env.su or self.has_access("read")
        # sudo: who asks is compared, nothing is shown.
        return self.env.user.partner_id in self.sudo()._requesters()

    def _take_back(self, reason):
        """Withdraw; the caller has made sure that the user may."""
        reason = self._said(reason, self.env._("Say why it is withdrawn."))
        approvals = self._as_engine()
        approvals._hold()
        approvals._refuse_unless_under_way()
        approvals._finish("withdrawn", self._now(), reason)

    def _void_if_changed(self):
        """Make those void whose subject is no longer what was asked.

        :return: the approvals that became void
        """
        changed = self.browse()
        # sudo: what was approved is compared, whoever changes the record.
        for approvals, records in self._as_engine()._by_model():
            subjects = {record.id: record._approval_subject() for record in records}
            changed |= approvals.filtered(
                lambda one, now=subjects: (
                    one.fingerprint != fingerprint(now[one.res_id])
                )
            )
        if changed:
            changed._hold()
            for what, group in changed.grouped(lambda one: one._what_changed()).items():
                group._finish("void", self._now(), what)
        return changed

    def _what_changed(self):
        """Say which parts of the subject differ from what was asked."""
        self.ensure_one()
        [(_approvals, record)] = self._by_model()
        before = {row["key"]: row for row in self.subject or []}
        after = {row["key"]: row for row in record._approval_subject()}
        changes = []
        for key in dict.fromkeys([*before, *after]):
            was, now = before.get(key, {}), after.get(key, {})
            if fingerprint([{"key": 0, "value": was.get("value")}]) == fingerprint(
                [{"key": 0, "value": now.get("value")}]
            ):
                continue
            changes.append(
                self.env._(
                    "%(what)s: %(was)s → %(now)s",
                    what=(now or was).get("label") or key,
                    was=was.get("text") or "–",
                    now=now.get("text") or "–",
                )
            )
        return "\n".join(changes) or self.env._("The subject changed.")
