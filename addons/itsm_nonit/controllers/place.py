import uuid

from odoo import http
from odoo.http import request

from odoo.addons.itsm_helpdesk.controllers.portal_new import _max_request_bytes
from odoo.addons.itsm_helpdesk.controllers.portal_request import ItsmPortalRequest
from odoo.addons.itsm_helpdesk.models.itsm_ticket_portal_form import MIN_SEARCH

from ..models.itsm_service_scan import Scan
from ..tools import scan_form


class ItsmPlace(ItsmPortalRequest):
    """Where the QR code of a place or thing leads to: tap what is wrong, send.

    Visitors are asked to sign in first, whatever the token, and come back. An unknown
    token, one of another company, and any for outsiders with a login, is a page that
    is not there.
    """

    @http.route(
        "/itsm/place/<string:token>",
        type="http",
        auth="user",
        website=True,
        readonly=True,
        sitemap=False,
    )
    def itsm_place(self, token, **kw):
        """What can be wrong here, as tiles."""
        thing = self._itsm_scanned(token)
        facts = thing._scan_facts()
        return request.render(
            "itsm_nonit.place",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "itsm_place",
                "place": facts,
                "url": f"/itsm/place/{token}",
                "tiles": request.env["itsm.service"]._scan_tiles(facts["kind"]),
            },
        )

    @http.route(
        "/itsm/place/<string:token>/<int:service_id>",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        sitemap=False,
    )
    def itsm_place_form(self, token, service_id, **kw):
        """What is still to be said about it."""
        thing = self._itsm_scanned(token)
        service = self._itsm_scan_service(thing, service_id)
        if not service:
            return request.redirect(f"/itsm/place/{token}")
        form = service._scan_form(thing)
        return self._itsm_render_place_form(thing, token, service, form)

    @http.route(
        "/itsm/place/<string:token>/<int:service_id>",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        max_content_length=_max_request_bytes,
        sitemap=False,
    )
    def itsm_place_send(self, token, service_id, portal_key=None, **post):
        """Open the ticket, or show the form again with what is wrong."""
        if sent := self._itsm_sent_before(portal_key):
            return sent
        thing = self._itsm_scanned(token)
        service = self._itsm_scan_service(thing, service_id)
        if not service:
            return request.redirect(f"/itsm/place/{token}")
        form = service._scan_form(thing)
        form.update(self._itsm_read_post(form["definition"]), portal_key=portal_key)
        return self._itsm_send_once(
            portal_key,
            lambda: service._scan_send(thing, form, portal_key),
            lambda errors: self._itsm_place_again(thing, token, service, form, errors),
            done="requested",
        )

    # ------------------------------------------------------------------
    # The whole form
    # ------------------------------------------------------------------

    @http.route(
        "/itsm/place/<string:token>/<int:service_id>/whole",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        max_content_length=_max_request_bytes,
        sitemap=False,
    )
    def itsm_place_whole(self, token, service_id, **post):
        """All questions of the service, with the place and what was typed so far."""
        thing = self._itsm_scanned(token)
        service = self._itsm_scan_service(thing, service_id)
        if not service:
            return request.redirect(f"/itsm/place/{token}")
        typed = self._itsm_read_post(service._scan_form(thing)["definition"])
        form = service._scan_whole_form(thing)
        words = typed["raw"].pop(scan_form.WORDS, "")
        form["raw"].update(typed["raw"])
        form["files"] = typed["files"]
        response = self._itsm_render_request(service, form)
        response.qcontext.update(self._itsm_label_values(thing, token, words))
        return response

    @http.route()
    def portal_itsm_request_send(self, service_id, place="", place_words="", **post):
        """Keep the label by which somebody came to the form of a service."""
        thing = place and self._itsm_find_scanned(place)
        if not thing:
            return super().portal_itsm_request_send(service_id, **post)
        service = self._itsm_find_service(service_id)
        definition = service and service._portal_definition(False)
        scan = Scan(thing, place_words, definition)
        request.update_context(itsm_scan=scan)
        response = super().portal_itsm_request_send(service_id, **post)
        if response.is_qweb:
            response.qcontext.update(self._itsm_label_values(thing, place, scan.words))
        return response

    def _itsm_label_values(self, thing, token, words):
        """Return what the whole form needs to know of the label."""
        return {
            "place": thing._scan_facts(),
            "place_token": token,
            "place_words": words,
        }

    # ------------------------------------------------------------------
    # What was scanned
    # ------------------------------------------------------------------

    def _itsm_scanned(self, token):
        """Return the place or thing of a label, with the rights of the system."""
        thing = self._itsm_find_scanned(token)
        if not thing:
            raise request.not_found()
        return thing

    def _itsm_find_scanned(self, token):
        """Return the place or thing of a label, or nothing: only staff learn of it."""
        if not request.env["itsm.ticket"]._portal_may_ask_for_others():
            return None
        company = request.env.user.company_id
        for model in ("itsm.location", "itsm.bookable"):
            thing = request.env[model]._by_token(token)
            if thing and thing.company_id in (company, company.browse()):
                return thing
        return None

    def _itsm_scan_service(self, thing, service_id):
        """Return a service that is a tile at this label, or none."""
        Service = request.env["itsm.service"]
        kind = thing._scan_facts()["kind"]
        found = {tile["id"] for tile in Service._scan_tiles(kind)}
        return Service.browse(service_id if service_id in found else ())

    def _itsm_place_again(self, thing, token, service, form, errors):
        """Show the form with what is wrong, also about what it does not ask."""
        shown = {question["key"] for question in form["definition"]["questions"]}
        errors = {
            path if path.partition(".")[0] in shown else "": sentence
            for path, sentence in errors.items()
        }
        return self._itsm_render_place_form(thing, token, service, form, errors)

    def _itsm_render_place_form(self, thing, token, service, form, errors=None):
        return request.render(
            "itsm_nonit.place_form",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "itsm_place_form",
                "place": thing._scan_facts(),
                "url": f"/itsm/place/{token}",
                "service": {
                    "id": service.id,
                    "name": service.name,
                    "icon": service.icon,
                },
                "lookup_url": f"/my/services/{service.id}/lookup",
                "portal_key": form.get("portal_key") or uuid.uuid4().hex,
                "min_search": MIN_SEARCH,
                **self._itsm_form_values(form, errors),
            },
        )
