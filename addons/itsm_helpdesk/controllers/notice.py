from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

_MAX_ID = 2**31 - 1
# The link is a key: it must not be indexed, sent on as a referrer or kept.
_HEADERS = {
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_LINK = {
    "type": "http",
    "auth": "public",
    "website": True,
    "multilang": False,
    "sitemap": False,
}
_VERBS = "<any(confirm, reply, join):verb>"


class ItsmPortalNotice(CustomerPortal):
    """The page of an announcement: for those who are logged in, and behind a link."""

    # ------------------------------------------------------------------
    # With a login
    # ------------------------------------------------------------------

    @http.route("/my/notices", type="http", auth="user", website=True, readonly=True)
    def portal_itsm_notices(self, **kw):
        """What the user was told."""
        return request.render(
            "itsm_helpdesk.portal_notices",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "itsm_notices",
                "notices": request.env["itsm.announcement"]._portal_list(),
            },
        )

    @http.route("/my/notices/<int:news_id>", type="http", auth="user", website=True)
    def portal_itsm_notice(self, news_id, done="", **kw):
        """One announcement; opening it is reading it."""
        news = self._itsm_find_notice(news_id)
        if not news:
            return request.redirect("/my/notices")
        partner = request.env.user.partner_id
        news._receipt_of(partner)._note_read()
        return self._itsm_render_notice(news, partner, news._portal_url(), done=done)

    @http.route(
        f"/my/notices/<int:news_id>/{_VERBS}",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_itsm_notice_act(self, news_id, verb, text="", **kw):
        """Confirm it, answer it, or say “Me too”."""
        news = self._itsm_find_notice(news_id)
        if not news:
            return request.redirect("/my/notices")
        partner = request.env.user.partner_id
        return self._itsm_act_on_notice(news, partner, verb, text, news._portal_url())

    def _itsm_find_notice(self, news_id):
        News = request.env["itsm.announcement"]
        return News._portal_found(news_id) if 0 < news_id <= _MAX_ID else News

    # ------------------------------------------------------------------
    # With a mail's link
    # ------------------------------------------------------------------

    @http.route("/itsm/notice/<string:token>", methods=["GET"], readonly=True, **_LINK)
    def itsm_notice_by_mail(self, token, done="", **kw):
        """Show it. Mail scanners open links, so opening changes nothing at all."""
        receipt = self._itsm_receipt(token)
        if not receipt:
            return self._itsm_no_notice()
        news, partner = receipt.announcement_id, receipt.partner_id
        return self._itsm_render_notice(news, partner, request.httprequest.path, done)

    @http.route(f"/itsm/notice/<string:token>/{_VERBS}", methods=["POST"], **_LINK)
    def itsm_notice_by_mail_act(self, token, verb, text="", **kw):
        """Confirm it, answer it, or say “Me too”, as the person of the link."""
        receipt = self._itsm_receipt(token)
        if not receipt:
            return self._itsm_no_notice()
        return self._itsm_act_on_notice(
            receipt.announcement_id,
            receipt.partner_id,
            verb,
            text,
            f"/itsm/notice/{token}",
        )

    def _itsm_receipt(self, token):
        """Return the receipt of a link, in the language and zone of its person."""
        receipt = request.env["itsm.announcement.receipt"]._from_link(token)
        news = receipt.announcement_id
        if not receipt or news.state not in ("running", "over"):
            return receipt.browse()
        lang, zone = news._language_and_zone(receipt)
        request.update_context(lang=lang, tz=zone)
        return receipt.with_context(lang=lang, tz=zone)

    def _itsm_no_notice(self):
        return request.render(
            "itsm_helpdesk.notice_link_over", {}, headers=_HEADERS, status=404
        )

    # ------------------------------------------------------------------
    # Both
    # ------------------------------------------------------------------

    def _itsm_act_on_notice(self, news, partner, verb, text, url):
        """Do what the reader chose, or show why it cannot be done."""
        try:
            with request.env.cr.savepoint():
                news._portal_act(verb, partner, text)
        except UserError as error:
            request.env.invalidate_all()
            return self._itsm_render_notice(news, partner, url, problem=str(error))
        return request.redirect(f"{url}?done={verb}")

    def _itsm_render_notice(self, news, partner, url, done="", problem=""):
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "itsm_notice",
            "news": news._portal_page(partner),
            "action": url,
            "by_link": not url.startswith("/my/"),
            "done": done if done in ("confirm", "reply", "join") else "",
            "problem": problem,
        }
        return request.render("itsm_helpdesk.portal_notice", values, headers=_HEADERS)
