# pylint: disable=prefer-env-translation
from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..models.itsm_approval_delegation_portal import MIN_SEARCH, AbsenceFormError

# What the form sends; everything else in a request is ignored.
FORM_FIELDS = ("delegate_id", "delegate_name", "date_from", "date_to", "note")


class ApprovalPortalAbsence(CustomerPortal):
    """Who decides while an approver is away."""

    @http.route(
        "/my/approvals/absence",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def portal_approval_absence(self, done=None, **kw):
        """The user's delegations, and the form for a new one."""
        return self._itsm_render_absence(done=done)

    @http.route(
        "/my/approvals/absence",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_approval_absence_save(self, **form):
        """Hand the user's approvals to a colleague for some days."""
        values = {name: (form.get(name) or "").strip() for name in FORM_FIELDS}
        Delegation = request.env["itsm.approval.delegation"]
        try:
            with request.env.cr.savepoint():
                Delegation._portal_create(values)
        except AbsenceFormError as error:
            return self._itsm_render_absence(values, error.errors)
        except (UserError, AccessError) as error:
            request.env.invalidate_all()
            return self._itsm_render_absence(values, {"form": str(error)})
        return request.redirect("/my/approvals/absence?done=saved")

    @http.route(
        "/my/approvals/absence/<int:delegation_id>/end",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_approval_absence_end(self, delegation_id, **kw):
        """End a delegation: the user decides again."""
        request.env["itsm.approval.delegation"]._portal_end(delegation_id)
        return request.redirect("/my/approvals/absence?done=ended")

    @http.route(
        "/my/approvals/absence/people",
        type="jsonrpc",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_approval_people(self, term=""):
        """Find colleagues to hand approvals to: names and departments only."""
        return request.env["itsm.approval.delegation"]._portal_find_people(term)

    def _itsm_render_absence(self, values=None, errors=None, done=None):
        """Show the page with what was typed and what is wrong."""
        _ = request.env._
        Delegation = request.env["itsm.approval.delegation"]
        notices = {
            "saved": _("Saved. Approvals that come for you go to your colleague too."),
            "ended": _("Ended. You decide yourself again."),
        }
        return request.render(
            "itsm_approval.portal_absence",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "itsm_approval_absence",
                "rows": Delegation._portal_rows(),
                "values": values or Delegation._portal_defaults(),
                "errors": errors or {},
                "notice": notices.get(done),
                "min_search": MIN_SEARCH,
            },
        )
