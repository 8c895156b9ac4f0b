# pylint: disable=prefer-env-translation
from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

PAGE_SIZE = 20
MAX_TEXT = 4000
_MAX_ID = 2**31 - 1


def typed(text):
    """Return what was typed into a form, without what nobody can type.

    A client may send a file in its place, or characters that no text may hold.
    """
    text = text if isinstance(text, str) else ""
    kept = (char for char in text if char.isprintable() or char in "\n\r\t")
    return "".join(kept).strip()[:MAX_TEXT]


class ApprovalPortal(CustomerPortal):
    """What waits for an approver on the portal, and what they may do about it."""

    # ------------------------------------------------------------------
    # Home
    # ------------------------------------------------------------------

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        Approval = request.env["itsm.approval"]
        domains = {
            "itsm_approval_count": Approval._portal_waiting_domain,
            "itsm_approval_question_count": Approval._portal_questions_domain,
        }
        for name, domain in domains.items():
            if name in counters:
                values[name] = Approval.search_count(domain())
        return values

    # ------------------------------------------------------------------
    # List
    # ------------------------------------------------------------------

    def _itsm_approval_filters(self):
        """Return the lists there are by name: label and domain."""
        _, Approval = request.env._, request.env["itsm.approval"]
        return {
            "waiting": (_("Waiting for me"), Approval._portal_waiting_domain()),
            "decided": (_("Decided by me"), Approval._portal_decided_domain()),
            "asked": (_("Asked by me"), Approval._portal_asked_domain()),
        }

    @http.route(
        ["/my/approvals", "/my/approvals/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_my_approvals(self, page=1, filterby="waiting", **kw):
        """The approvals the user has to decide, has decided or has asked for."""
        Approval = request.env["itsm.approval"]
        filters = self._itsm_approval_filters()
        if filterby not in filters:
            # Links get old.
            filterby = "waiting"
        domain = filters[filterby][1]
        total = Approval.search_count(domain)
        pager = portal_pager(
            url="/my/approvals",
            url_args={"filterby": filterby},
            total=total,
            page=page,
            step=PAGE_SIZE,
        )
        approvals = Approval.search(
            domain,
            order="requested_at, id" if filterby == "waiting" else "id desc",
            limit=PAGE_SIZE,
            offset=max(pager["offset"], 0),
        )
        counts = {
            "waiting": Approval.search_count(filters["waiting"][1]),
            "asked": Approval.search_count(Approval._portal_questions_domain()),
        }
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "itsm_approvals",
            "filters": {name: label for name, (label, _domain) in filters.items()},
            "filterby": filterby,
            "counts": counts,
            "rows": approvals._portal_rows(),
            "pager": pager,
            "absence": request.env["itsm.approval.delegation"]._portal_current(),
        }
        return request.render("itsm_approval.portal_my_approvals", values)

    # ------------------------------------------------------------------
    # One approval
    # ------------------------------------------------------------------

    def _itsm_approval_find(self, approval_id):
        """Return the approval, with the user's own rights.

        :raise MissingError, AccessError: alike for the caller, so that nobody
            learns which numbers exist
        """
        if not 0 < approval_id <= _MAX_ID:
            raise MissingError(request.env._("This approval does not exist."))
        approval = request.env["itsm.approval"].browse(approval_id)
        approval.check_access("read")
        if not approval.exists():
            raise MissingError(request.env._("This approval does not exist."))
        return approval

    @http.route(
        "/my/approvals/<int:approval_id>", type="http", auth="user", website=True
    )
    def portal_my_approval(self, approval_id, done=None, **kw):
        """One approval, for whoever decides on it or asked for it."""
        try:
            approval = self._itsm_approval_find(approval_id)
        except (AccessError, MissingError):
            return request.redirect("/my/approvals")
        return self._itsm_render_approval(approval, done=done)

    def _itsm_render_approval(self, approval, done=None, problem=None, text=""):
        """Show the page of an approval.

        :param problem: the verb that was refused, and why
        :param text: what was typed with it
        """
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "itsm_approval",
            **approval._portal_values(),
            "notice": self._itsm_approval_notice(done),
            "problem": problem,
            "text": text,
            "max_text": MAX_TEXT,
        }
        return request.render("itsm_approval.portal_my_approval", values)

    def _itsm_approval_notice(self, done):
        """Return the sentence that says what the user just did."""
        _ = request.env._
        return {
            "approve": _("Thank you. You approved this."),
            "reject": _("Thank you. You rejected this; whoever asked for it is told."),
            "ask": _("Your question is on its way. You are told when it is answered."),
            "answer": _("Thank you. Your answer is on its way to whoever asked."),
            "withdraw": _("It is withdrawn. Nobody has to decide on it any more."),
        }.get(done)

    @http.route(
        "/my/approvals/<int:approval_id>/"
        "<any(approve, reject, ask, answer, withdraw):verb>",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_approval_act(self, approval_id, verb, text="", **kw):
        """Do with an approval what its page offers."""
        try:
            approval = self._itsm_approval_find(approval_id)
        except (AccessError, MissingError):
            return request.redirect("/my/approvals")
        text = typed(text)
        try:
            with request.env.cr.savepoint():
                approval._portal_act(verb, text)
        except (UserError, AccessError) as error:
            request.env.invalidate_all()
            return self._itsm_render_approval(
                approval, problem=(verb, str(error)), text=text
            )
        return request.redirect(f"/my/approvals/{approval.id}?done={verb}")
