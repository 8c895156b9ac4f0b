# pylint: disable=prefer-env-translation
from odoo import fields, http
from odoo.exceptions import AccessError, UserError
from odoo.http import request

from ..models.itsm_rating_finding import PHONE_DIGITS
from ..models.itsm_ticket_portal_rating import GRADES
from .portal_request import rating_sent

# The link is a key: it must not be indexed, sent on as a referrer or kept.
_HEADERS = {
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_ROUTE = {
    "type": "http",
    "auth": "public",
    "website": True,
    "multilang": False,
    "sitemap": False,
}


class ItsmRating(http.Controller):
    """Where the links of mails and the codes of papers and stickers lead to.

    Mail scanners open links. They must not rate, so opening changes nothing at all.
    """

    # ------------------------------------------------------------------
    # A key for one ticket
    # ------------------------------------------------------------------

    @http.route("/itsm/rate/<string:token>", methods=["GET"], readonly=True, **_ROUTE)
    def itsm_rate(self, token, grade="", **kw):
        """Show the form; a star that was chosen in the mail is marked."""
        return self._show(token, {"grade": grade})

    @http.route("/itsm/rate/<string:token>", methods=["POST"], **_ROUTE)
    def itsm_rate_send(self, token, **kw):
        """Keep the rating; the key is of no use after that."""
        key = request.env["itsm.rating.invitation"]._by_token(token)
        if key._problem() or key._is_for_others(request.env.user):
            return self._show(token)
        self._speak_to(key.partner_id, key.ticket_id)
        form = rating_sent()
        try:
            with request.env.cr.savepoint():
                key._rate(form)
        except UserError as error:
            request.env.invalidate_all()
            return self._show(token, form, str(error))
        return self._message("done")

    @http.route("/itsm/rate/<string:token>/quiet", methods=["GET"], **_ROUTE)
    def itsm_rate_quiet(self, token, **kw):
        """Show the button with which a person is left in peace, or asked again."""
        return self._show_quiet(token)

    @http.route("/itsm/rate/<string:token>/quiet", methods=["POST"], **_ROUTE)
    def itsm_rate_quiet_send(self, token, quiet="", **kw):
        """Leave the person in peace from now on, or ask again."""
        key = request.env["itsm.rating.invitation"]._by_token(token)
        if key._may_mute():
            key.partner_id.itsm_rating_quiet = quiet == "1"
        return self._show_quiet(token)

    def _show_quiet(self, token):
        key = request.env["itsm.rating.invitation"]._by_token(token)
        if not key._may_mute():
            return self._message("expired" if key else "invalid")
        self._speak_to(key.partner_id, key.ticket_id)
        values = {
            "action": f"/itsm/rate/{token}/quiet",
            "is_quiet": key.partner_id.itsm_rating_quiet,
        }
        return self._render("itsm_helpdesk.rating_quiet", values)

    def _show(self, token, form=None, problem=None):
        """Show the form of a key, or say why there is nothing to rate."""
        key = request.env["itsm.rating.invitation"]._by_token(token)
        why = key._problem()
        if key:
            self._speak_to(key.partner_id, key.ticket_id)
        if why:
            return self._message(why)
        if key._is_for_others(request.env.user):
            return self._message("others")
        values = {
            "action": f"/itsm/rate/{token}",
            "quiet_url": f"/itsm/rate/{token}/quiet" if key._may_mute() else None,
            "about": self._about(key.ticket_id, key.user_id, key.shows_facts),
        }
        return self._render_form(key.ticket_id, values, form, problem)

    # ------------------------------------------------------------------
    # A sticker or a badge
    # ------------------------------------------------------------------

    @http.route(
        "/itsm/rate/<any(desk, badge):kind>/<string:token>",
        methods=["GET"],
        readonly=True,
        **_ROUTE,
    )
    def itsm_rate_scanned(self, kind, token, **kw):
        """The last finished ticket of who is signed in; others name theirs."""
        scan = self._scan(kind, token)
        if not scan:
            return self._message("invalid")
        if request.env.user._is_public():
            return self._show_find(kind, token, scan)
        ticket = request.env["itsm.ticket"]._rating_last(
            request.env.user.partner_id, scan["desk"], scan["user"]
        )
        if not ticket:
            return self._message("nothing")
        return self._show_scanned(kind, token, scan, ticket)

    @http.route(
        "/itsm/rate/<any(desk, badge):kind>/<string:token>", methods=["POST"], **_ROUTE
    )
    def itsm_rate_scanned_send(self, kind, token, ticket="", **kw):
        """Keep the rating of who is signed in; help others to their ticket."""
        scan = self._scan(kind, token)
        if not scan:
            return self._message("invalid")
        if request.env.user._is_public():
            return self._find(kind, token, scan, **kw)
        # The one that was shown, not one that was finished meanwhile.
        found = request.env["itsm.ticket"]._rating_last(
            request.env.user.partner_id, scan["desk"], scan["user"]
        )
        if not found or str(found.id) != ticket:
            return self._message("nothing")
        form = rating_sent()
        try:
            with request.env.cr.savepoint():
                mine = found.sudo(False)
                mine._portal_rate(form, scan["way"], scan["user"])
        except (UserError, AccessError) as error:
            request.env.invalidate_all()
            return self._show_scanned(kind, token, scan, found, form, str(error))
        return self._message("done")

    def _scan(self, kind, token):
        return request.env["itsm.rating.invitation"]._scan(kind, token)

    def _show_scanned(self, kind, token, scan, ticket, form=None, problem=None):
        values = {
            "action": f"/itsm/rate/{kind}/{token}",
            "ticket_id": ticket.id,
            "about": self._about(ticket, scan["user"]),
        }
        return self._render_form(ticket, values, form, problem)

    def _show_find(self, kind, token, scan, **values):
        return self._render(
            "itsm_helpdesk.rating_find",
            {
                "action": f"/itsm/rate/{kind}/{token}",
                "kind": kind,
                "name": scan["name"],
                "number": "",
                "digits": PHONE_DIGITS,
                **values,
            },
        )

    def _find(self, kind, token, scan, number="", phone="", by="", **kw):
        """Lead who knows the telephone on, or mail a link; never say which is wrong."""
        _, Key = request.env._, request.env["itsm.rating.invitation"]
        if by == "mail":
            Key._mail_key(scan, number)
            return self._message("mailed")
        key = Key._key_by_phone(scan, number, phone)
        if key:
            return request.redirect(f"/itsm/rate/{key}", 303)
        return self._show_find(
            kind,
            token,
            scan,
            number=number[:50],
            problem=_(
                "That does not fit together, or there is nothing to rate. Look at the "
                "number again, or get a link by mail."
            ),
        )

    # ------------------------------------------------------------------
    # Pages
    # ------------------------------------------------------------------

    def _speak_to(self, person, ticket):
        """Write in the language and the time zone of who holds the key."""
        context = request.env["itsm.approval.vote"]._link_context(person)
        context["tz"] = ticket._portal_zone(person)
        request.update_context(**context)

    def _about(self, ticket, user=None, facts=True):
        """Return what the page says of the work that is rated."""
        # sudo: the caller checked that the reader may know.
        ticket = ticket.sudo()
        if not facts:
            return {"number": ticket.number}
        done_at = ticket.resolved_at
        if done_at:
            done_at = fields.Datetime.context_timestamp(
                ticket.with_context(tz=request.env.context.get("tz")), done_at
            ).date()
        return {
            "number": ticket.number,
            "subject": ticket.name,
            "handler": user.sudo().name if user else ticket._portal_handler(),
            "done_at": done_at,
        }

    def _render_form(self, ticket, values, form=None, problem=None):
        """Show the stars, with what was chosen or typed before."""
        form = form or {}
        rating = ticket.with_env(request.env)._rating_form()
        rating["value"] = form.get("grade") if form.get("grade") in GRADES else ""
        rating["chosen"] = [
            reason["id"]
            for reason in rating["reasons"]
            if str(reason["id"]) in form.get("reasons", ())
        ]
        return self._render(
            "itsm_helpdesk.rating_page",
            {
                **values,
                "rating": rating,
                "comment": form.get("comment", ""),
                "problem": problem,
            },
        )

    def _message(self, kind):
        """Show a page that only says something."""
        title, message, tone, status = self._messages()[kind]
        icons = {"success": "fa-check-circle", "danger": "fa-times-circle"}
        values = {
            "title": title,
            "message": message,
            "tone": tone,
            "icon": icons.get(tone, "fa-info-circle"),
        }
        return self._render("itsm_helpdesk.rating_message", values, status)

    def _render(self, template, values, status=200):
        return request.render(template, values, headers=_HEADERS, status=status)

    def _messages(self):
        """Return ``{kind: (title, message, tone, HTTP status)}``."""
        _ = request.env._
        return {
            "done": (
                _("Thank you"),
                _("Your rating has arrived. It helps us to get better."),
                "success",
                200,
            ),
            "used": (
                _("Already rated"),
                _("This link was used. To change the rating, sign in."),
                "info",
                410,
            ),
            "expired": (
                _("This link has expired"),
                _("Sign in to rate your tickets."),
                "warning",
                410,
            ),
            "open": (
                _("It is in work again"),
                _("You can rate it when it is solved."),
                "info",
                200,
            ),
            "over": (
                _("This cannot be rated any more"),
                _("It was finished too long ago, or went on with another ticket."),
                "info",
                410,
            ),
            "nothing": (
                _("There is nothing to rate"),
                _("None of your tickets was finished here lately, or you rated it."),
                "info",
                200,
            ),
            "mailed": (
                _("Look into your mailbox"),
                _(
                    "If the number is right and there is something to rate, whoever "
                    "asked for it gets a link now. It is good for one day."
                ),
                "info",
                200,
            ),
            "others": (
                _("This is for somebody else"),
                _(
                    "Whoever the work was done for rates it. You are signed in and "
                    "work at this desk, so let them scan the code with their phone."
                ),
                "warning",
                403,
            ),
            "invalid": (
                _("This link does not work"),
                _("It may have been cut off. Copy all of it, or scan the code again."),
                "danger",
                404,
            ),
        }
