# pylint: disable=prefer-env-translation
from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from .portal import MAX_TEXT, typed

# The link is a key: it must not be indexed, sent on as a referrer or kept.
_HEADERS = {
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_VERBS = ("approve", "reject", "ask")
_ROUTE = {
    "type": "http",
    "auth": "public",
    "website": True,
    "multilang": False,
    "sitemap": False,
}


class ApprovalMailLink(http.Controller):
    """The page behind the link of a mail: shows when opened, decides when sent.

    Mail scanners open links. They must not vote, so opening changes nothing at all.
    """

    @http.route("/approval/<string:token>", methods=["GET"], readonly=True, **_ROUTE)
    def approval_by_mail(self, token, **kw):
        """Show what is to be decided, and for whom the link votes."""
        return self._show(token)

    @http.route("/approval/<string:token>", methods=["POST"], **_ROUTE)
    def approval_by_mail_decide(self, token, verb=None, text="", **kw):
        """Cast the vote that the link is for, or ask before it."""
        text = typed(text)
        Vote = request.env["itsm.approval.vote"]
        page = Vote._link_page(token)
        if not page or verb not in _VERBS:
            return self._show(token)
        request.update_context(**page["context"])
        Vote = request.env["itsm.approval.vote"]
        try:
            with request.env.cr.savepoint():
                if verb == "ask":
                    Vote._ask_by_link(token, text)
                else:
                    Vote._decide_by_link(token, verb, text)
        except UserError as error:
            request.env.invalidate_all()
            return self._show(token, problem=(verb, str(error)), text=text)
        return self._message(f"done_{verb}", page["approval"]["name"])

    def _show(self, token, problem=None, text=""):
        """Show the page of a link, or say why there is nothing to decide."""
        Vote = request.env["itsm.approval.vote"]
        page = Vote._link_page(token)
        if not page:
            why = Vote._link_problem(token)
            request.update_context(**why.get("context", {}))
            return self._message(why["problem"], why.get("name"), why.get("deciders"))
        request.update_context(**page["context"])
        values = {
            **page,
            "action": f"/approval/{token}",
            "problem": problem,
            "text": text,
            "max_text": MAX_TEXT,
        }
        return request.render("itsm_approval.mail_link", values, headers=_HEADERS)

    def _message(self, kind, name=None, deciders=None):
        """Show a page that only says something."""
        title, message, tone, status = self._messages(deciders)[kind]
        icons = {"success": "fa-check-circle", "danger": "fa-times-circle"}
        values = {
            "title": title,
            "message": message,
            "tone": tone,
            "icon": icons.get(tone, "fa-info-circle"),
            "name": name,
        }
        return request.render(
            "itsm_approval.mail_link_message", values, headers=_HEADERS, status=status
        )

    def _messages(self, deciders):
        """Return ``{kind: (title, message, tone, HTTP status)}``."""
        _ = request.env._
        over = _("Nothing has to be decided any more.")
        by = _("By %(names)s.", names=deciders or "")
        return {
            "done_approve": (_("Approved"), _("Thank you."), "success", 200),
            "done_reject": (
                _("Rejected"),
                _("Thank you. Whoever asked for it is told."),
                "success",
                200,
            ),
            "done_ask": (
                _("Question sent"),
                _("You are told when it is answered, and decide then."),
                "success",
                200,
            ),
            "cast_approve": (_("Already approved"), by, "info", 410),
            "cast_reject": (_("Already rejected"), by, "info", 410),
            "granted": (_("Already approved"), by, "info", 410),
            "refused": (_("Already rejected"), by, "info", 410),
            "withdrawn": (_("Withdrawn"), over, "info", 410),
            "void": (
                _("Changed meanwhile"),
                _(
                    "It changed after you were asked. If it still needs you, you get "
                    "another mail."
                ),
                "info",
                410,
            ),
            "cancelled": (_("Not needed"), _("Others have decided."), "info", 410),
            "replaced": (
                _("There is a newer mail"),
                _("Use the link in the latest mail, or sign in."),
                "info",
                410,
            ),
            "expired": (
                _("This link has expired"),
                _("Sign in to decide, or wait for the next reminder."),
                "warning",
                410,
            ),
            "invalid": (
                _("This link does not work"),
                _("It may have been cut off. Copy all of it, or sign in."),
                "danger",
                404,
            ),
        }
