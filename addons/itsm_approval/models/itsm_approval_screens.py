from odoo import api, fields, models


class ItsmApproval(models.Model):
    """What the buttons of the back office do."""

    _inherit = "itsm.approval"

    may_answer = fields.Boolean(compute="_compute_may")
    may_withdraw = fields.Boolean(compute="_compute_may")
    acts_for = fields.Char(compute="_compute_may")

    @api.depends("state", "my_turn")
    @api.depends_context("uid")
    def _compute_may(self):
        for approval in self:
            trail = approval._origin.trail() if approval._origin else {}
            for name in ("may_answer", "may_withdraw", "acts_for"):
                approval[name] = trail.get(name)

    def action_decide(self, kind):
        """Open the dialog in which the user decides, asks, answers or withdraws.

        :param kind: a kind of ``itsm.approval.decision``
        """
        kinds = dict(
            self.env["itsm.approval.decision"]
            ._fields["kind"]
            ._description_selection(self.env)
        )
        return {
            "type": "ir.actions.act_window",
            "name": kinds.get(kind),
            "res_model": "itsm.approval.decision",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_kind": kind,
                "active_model": self._name,
                "active_id": self.ids[:1] and self.ids[0],
                "active_ids": self.ids,
            },
        }

    def action_open_approve(self):
        """Ask for a comment, then approve."""
        return self.action_decide("approve")

    def action_open_reject(self):
        """Ask for the reason, then reject."""
        return self.action_decide("reject")

    def action_open_ask(self):
        """Ask the requester something before deciding."""
        return self.action_decide("ask")

    def action_open_answer(self):
        """Answer what an approver asked."""
        return self.action_decide("answer")

    def action_open_withdraw(self):
        """Ask for the reason, then withdraw the request for approval."""
        return self.action_decide("withdraw")
