# pylint: disable=prefer-env-translation
import uuid

from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request

from ..models.itsm_ticket_portal_form import MIN_SEARCH, PortalFormError
from ..tools import upload
from ..tools.form import posting
from .portal import ItsmPortal
from .portal_catalogue import ItsmPortalCatalogue, _as_id
from .portal_new import _max_request_bytes
from .portal_sending import ItsmPortalSending

_PERSON_FIELDS = ("requested_for", "requested_for_name")


def rating_sent():
    """Return what a form to rate sent, as ``_rate`` takes it."""
    form = request.httprequest.form
    return {**form.to_dict(), "reasons": form.getlist("reason")}


class ItsmPortalRequest(ItsmPortalSending, ItsmPortalCatalogue, ItsmPortal):
    """How a service is asked for, corrected and rated."""

    # ------------------------------------------------------------------
    # A new request
    # ------------------------------------------------------------------

    @http.route(
        "/my/services/<int:service_id>/request",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        sitemap=False,
    )
    def portal_itsm_request(self, service_id, like="", test="", **kw):
        """The form of a service: new, as last time, or as it was left."""
        service = self._itsm_find_service(service_id, trying=bool(test))
        if not service:
            return self._itsm_no_service()
        form = service._portal_form(like=_as_id(like), trying=bool(test))
        return self._itsm_render_request(service, form)

    @http.route(
        "/my/services/<int:service_id>/request",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        max_content_length=_max_request_bytes,
        sitemap=False,
    )
    def portal_itsm_request_send(self, service_id, portal_key=None, test="", **post):
        """Open the request, or show the form again with what is wrong."""
        if sent := self._itsm_sent_before(portal_key):
            return sent
        service = self._itsm_find_service(service_id, trying=bool(test))
        if not service:
            return self._itsm_no_service()
        form = service._portal_form(trying=bool(test), is_new=True)
        form.update(self._itsm_read_post(form["definition"]), portal_key=portal_key)

        def send():
            if not test:
                return service._portal_send(form)
            form["preview"] = service._portal_try(form)
            return None

        return self._itsm_send_once(
            portal_key,
            send,
            lambda errors: self._itsm_render_request(service, form, errors),
            done="requested",
        )

    @http.route(
        "/my/services/<int:service_id>/draft",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        max_content_length=_max_request_bytes,
        sitemap=False,
    )
    def portal_itsm_request_draft(
        self, service_id, discard="", quiet="", portal_key=None, **post
    ):
        """Keep what was typed for later, without files; or throw it away."""
        service = self._itsm_find_service(service_id)
        if not service:
            return self._itsm_no_service()
        if discard:
            service._portal_forget()
            return request.redirect(f"/my/services/{service.id}/request")
        # What a page still wants to save after it was sent is no draft any more.
        if not request.env["itsm.ticket"]._portal_sent(portal_key):
            form = service._portal_form(is_new=True)
            form.update(self._itsm_read_post(form["definition"]))
            service._portal_keep(form)
        if quiet:
            return request.make_json_response({"saved": True})
        return request.redirect(f"/my/services/{service.id}/request")

    def _itsm_read_post(self, definition):
        """Return what a form sent: answers, files and the person it is for."""
        sent = request.httprequest
        keys = {
            question["key"]
            for question in definition.get("questions", ())
            if question["type"] == "file"
        }
        files = {}
        for name, file in sent.files.items(multi=True):
            key = name.removeprefix("q_")
            # An empty file input sends one file without a name.
            if name.startswith("q_") and key in keys and file.filename:
                files.setdefault(key, []).append((file.filename, file.stream))
        items = list(sent.form.items(multi=True))
        return {
            "raw": posting.read(definition, items),
            "files": files,
            "person": {
                name: sent.form.get(name, "")
                for name in _PERSON_FIELDS
                if name in sent.form
            },
        }

    def _itsm_render_request(self, service, form, errors=None):
        """Show the form with what was typed and what is wrong."""
        return request.render(
            "itsm_helpdesk.portal_request",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "itsm_request",
                "service": service._portal_cards(favourites=service.browse())[0],
                # A working copy has no page that staff see.
                "back_url": f"/odoo/itsm-services/{service.id}"
                if form["trying"]
                else f"/my/services/{service.id}",
                **self._itsm_form_values(form, errors),
                "lookup_url": f"/my/services/{service.id}/lookup"
                + ("/test" if form["trying"] else ""),
                "promises": service._promises(request.env.user.partner_id),
                "approvers": service._portal_approvers(),
                "portal_key": form.get("portal_key") or uuid.uuid4().hex,
                "notice": form.get("notice"),
                "draft": form.get("draft"),
                "trying": form.get("trying"),
                "preview": form.get("preview"),
                "values": form.get("person") or {},
                "for_others": form.get("for_others"),
                "min_search": MIN_SEARCH,
            },
        )

    def _itsm_form_values(self, form, errors):
        """Return what the questions need, on any page that asks them."""
        max_bytes = request.env["itsm.ticket"]._portal_max_file_bytes()
        return {
            "definition": form["definition"],
            "raw": form["raw"],
            "currency": form["currency"],
            "errors": errors or {},
            "had_files": bool(form.get("files")),
            "max_files": upload.MAX_FILES,
            "max_file_bytes": max_bytes,
            "max_file_mb": f"{max_bytes / 1024 / 1024:g}",
        }

    # ------------------------------------------------------------------
    # A form that came back
    # ------------------------------------------------------------------

    def _itsm_find_own(self, ticket_id):
        """Return the user's own ticket, or none: alike when foreign and unknown."""
        try:
            ticket, by_token = self._itsm_find(ticket_id)
        except (AccessError, MissingError):
            return request.env["itsm.ticket"]
        mine = ticket._is_requester(request.env.user.partner_id)
        return ticket if mine and not by_token else ticket.browse()

    @http.route(
        "/my/tickets/<int:ticket_id>/form",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        sitemap=False,
    )
    def portal_itsm_form(self, ticket_id, **kw):
        """The form of a request that somebody has to correct."""
        ticket = self._itsm_find_own(ticket_id)
        if not ticket:
            return request.redirect("/my")
        if not ticket._portal_form_is_back():
            return request.redirect(ticket.access_url)
        return self._itsm_render_form_again(ticket, ticket._portal_form_again())

    @http.route(
        "/my/tickets/<int:ticket_id>/form",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        max_content_length=_max_request_bytes,
        sitemap=False,
    )
    def portal_itsm_form_send(self, ticket_id, **post):
        """Take the corrected form, or show it again with what is wrong."""
        ticket = self._itsm_find_own(ticket_id)
        if not ticket:
            return request.redirect("/my")
        if not ticket._portal_form_is_back():
            # Sent twice, or somebody ended the ticket meanwhile.
            return request.redirect(ticket.access_url)
        form = ticket._portal_form_again()
        form.update(self._itsm_read_post(form["definition"]))
        try:
            with request.env.cr.savepoint():
                ticket._request_update(form["raw"], form["files"])
        except PortalFormError as error:
            return self._itsm_render_form_again(ticket, form, error.errors)
        except (UserError, AccessError) as error:
            request.env.invalidate_all()
            return self._itsm_render_form_again(ticket, form, {"": str(error)})
        return request.redirect(f"{ticket.access_url}?done=corrected")

    def _itsm_render_form_again(self, ticket, form, errors=None):
        return request.render(
            "itsm_helpdesk.portal_form_again",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "itsm_form",
                "ticket": {
                    "url": ticket.access_url,
                    "number": ticket.number,
                    "subject": ticket.name,
                    "remark": ticket.form_remark,
                },
                **self._itsm_form_values(form, errors),
                "lookup_url": f"/my/tickets/{ticket.id}/lookup",
            },
        )

    # ------------------------------------------------------------------
    # The ticket's page
    # ------------------------------------------------------------------

    @http.route(
        "/my/tickets/<int:ticket_id>/rate",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def portal_itsm_rate(self, ticket_id, comment="", **kw):
        """Keep the stars that the requester gives."""
        ticket = self._itsm_find_own(ticket_id)
        if not ticket:
            return request.redirect("/my")
        try:
            with request.env.cr.savepoint():
                ticket._portal_rate(rating_sent())
        except (UserError, AccessError) as error:
            request.env.invalidate_all()
            return self._itsm_render_ticket(
                ticket, False, problem=("rate", str(error)), reason=comment
            )
        return request.redirect(f"{ticket.access_url}?done=rated#itsm_rating")

    def _itsm_notice(self, done, ticket):
        _ = request.env._
        if done == "requested":
            thanks = _(
                "Thank you. We have received your request under the number %(number)s.",
                number=ticket.number,
            )
            # sudo: words of the service for who asked for it.
            return " ".join(
                filter(None, (thanks, ticket.sudo().service_id.confirmation))
            )
        if done == "corrected" and not ticket._portal_form_is_back():
            return _("Thank you. We have received your corrected form.")
        if done == "rated" and ticket._portal_given_rating():
            return _("Thank you for your rating.")
        return super()._itsm_notice(done, ticket)
