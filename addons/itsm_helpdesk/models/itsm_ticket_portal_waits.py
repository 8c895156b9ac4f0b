from odoo import api, models
from odoo.fields import Domain

_MAX_EACH = 5


class ItsmTicket(models.Model):
    """What waits for the user: the first thing that the home of the staff shows."""

    _inherit = "itsm.ticket"

    @api.model
    def _portal_waits(self):
        """Return what cannot go on without the user, the most pressing first.

        :return: list of ``{"kind", "icon", "text", "detail", "url"}``
        """
        return [
            *self._portal_approvals_waiting(),
            *self._portal_questions_waiting(),
            *self._portal_tickets_waiting(),
            *self._portal_drafts_waiting(),
        ]

    @api.model
    def _portal_approvals_waiting(self):
        Approval = self.env["itsm.approval"]
        count = Approval.search_count(Approval._portal_waiting_domain())
        if not count:
            return []
        text = (
            self.env._("1 approval needs your decision")
            if count == 1
            else self.env._("%(count)s approvals need your decision", count=count)
        )
        return [_wait("approval", "fa-gavel", text, "", "/my/approvals")]

    @api.model
    def _portal_questions_waiting(self):
        """Return the questions that approvers asked the user."""
        Approval = self.env["itsm.approval"]
        asked = Approval.search(Approval._portal_questions_domain(), limit=_MAX_EACH)
        return [
            _wait(
                "question",
                "fa-question-circle",
                self.env._("An approver has a question"),
                approval.name,
                f"/my/approvals/{approval.id}",
            )
            for approval in asked
        ]

    @api.model
    def _portal_tickets_waiting(self):
        """Return the tickets that wait for an answer, a form or a confirmation."""
        if not self.has_access("read"):
            return []
        tickets = self.search(
            self._portal_waiting_domain(),
            order="requester_update_at desc, id desc",
            limit=2 * _MAX_EACH,
        )
        return [ticket._portal_wait() for ticket in tickets]

    def _portal_wait(self):
        self.ensure_one()
        detail = f"{self.number} · {self.name}"
        if self._portal_form_is_back():
            text, icon = self.env._("Please correct your form"), "fa-pencil-square-o"
            return _wait("form", icon, text, detail, f"{self.access_url}/form")
        if self.state == "resolved":
            text, icon = self.env._("Please confirm that it is done"), "fa-check-circle"
            return _wait("confirm", icon, text, detail, self.access_url)
        text, icon = self.env._("We need an answer from you"), "fa-comment-o"
        return _wait("answer", icon, text, detail, self.access_url)

    @api.model
    def _portal_drafts_waiting(self):
        """Return the forms that the user began and did not send."""
        drafts = self.env["itsm.request.draft"].search(
            Domain("user_id", "=", self.env.uid) & Domain("ticket_id", "=", False),
            order="write_date desc, id desc",
            limit=_MAX_EACH,
        )
        offered = self.env["itsm.service"].search(
            self.env["itsm.service"]._portal_domain()
            & Domain("id", "in", drafts.service_id.ids)
        )
        return [
            _wait(
                "draft",
                "fa-pencil",
                self.env._("You have not sent this yet"),
                draft.service_id.name,
                f"/my/services/{draft.service_id.id}/request",
            )
            for draft in drafts
            if draft.service_id in offered
        ]


def _wait(kind, icon, text, detail, url):
    return {"kind": kind, "icon": icon, "text": text, "detail": detail, "url": url}
