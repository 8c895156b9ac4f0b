# pylint: disable=prefer-env-translation
from odoo import http
from odoo.exceptions import UserError
from odoo.http import content_disposition, request

from odoo.addons.itsm_helpdesk.controllers.portal_new import ItsmPortalNew
from odoo.addons.portal.controllers.portal import CustomerPortal


class CmdbPortalEquipment(CustomerPortal):
    """“My equipment”: what staff hold, what they sign, what is not theirs."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "itsm_equipment_count" in counters:
            values["itsm_equipment_count"] = len(request.env["itsm.ci"]._portal_mine())
        if "itsm_equipment_to_sign_count" in counters:
            events = request.env["itsm.ci.event"]._portal_to_sign()
            values["itsm_equipment_to_sign_count"] = len(events)
        return values

    # ------------------------------------------------------------------
    # Items
    # ------------------------------------------------------------------

    @http.route("/my/equipment", type="http", auth="user", website=True)
    def portal_my_equipment(self, **kw):
        """What the user holds, has to sign, and held."""
        Event = request.env["itsm.ci.event"]
        return request.render(
            "itsm_cmdb.portal_my_equipment",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "itsm_equipment",
                "cards": request.env["itsm.ci"]._portal_mine()._portal_cards(),
                "to_sign": Event._portal_to_sign()._portal_rows(),
                "to_check": request.env[
                    "itsm.ci.attestation.person"
                ]._portal_open_lists(),
                "past": Event._portal_past(),
            },
        )

    @http.route("/my/equipment/<string:token>", type="http", auth="user", website=True)
    def portal_my_item(self, token, done=None, **kw):
        """One of the user's own items."""
        item = request.env["itsm.ci"]._portal_find_mine(token)
        if not item:
            raise request.not_found()
        return self._cmdb_render_item(item, is_told=done == "told")

    def _cmdb_render_item(self, item, **messages):
        return request.render(
            "itsm_cmdb.portal_my_item",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "itsm_equipment_item",
                "item": item._portal_cards()[0],
                "is_disputed": item._portal_is_disputed(),
                "is_told": messages.get("is_told"),
                "problem": messages.get("problem"),
            },
        )

    @http.route(
        "/my/equipment/<string:token>/dispute",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_dispute_item(self, token, words="", **kw):
        """Tell the configuration team that the user does not have the item."""
        item = request.env["itsm.ci"]._portal_find_mine(token)
        if not item:
            raise request.not_found()
        try:
            with request.env.cr.savepoint():
                item._portal_dispute(words)
        except UserError as error:
            return self._cmdb_render_item(item, problem=str(error))
        return request.redirect(f"/my/equipment/{token}?done=told")

    # ------------------------------------------------------------------
    # Forms
    # ------------------------------------------------------------------

    @http.route(
        "/my/equipment/forms/<string:token>", type="http", auth="user", website=True
    )
    def portal_my_form(self, token, **kw):
        """A hand-over, loan or return of the user: read it, and sign it."""
        event = request.env["itsm.ci.event"]._portal_find(token)
        if not event:
            raise request.not_found()
        return request.render(
            "itsm_cmdb.portal_my_form",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "itsm_equipment_form",
                "form": event._portal_form(),
            },
        )

    @http.route(
        "/my/equipment/forms/<string:token>/sign",
        type="jsonrpc",
        auth="user",
        website=True,
    )
    def portal_sign_form(self, token, name=None, signature=None):
        """Keep the signature; the answer is the one that Odoo's form expects."""
        event = request.env["itsm.ci.event"]._portal_find(token)
        if not event:
            return {"error": request.env._("This form does not exist.")}
        try:
            with request.env.cr.savepoint():
                event._portal_sign(name, signature)
        except UserError as error:
            return {"error": str(error)}
        return {
            "force_refresh": True,
            "redirect_url": f"/my/equipment/forms/{token}",
        }

    @http.route(
        "/my/equipment/forms/<string:token>/print",
        type="http",
        auth="user",
        website=True,
    )
    def portal_print_form(self, token, **kw):
        """The signed form as it was kept; before that, the form as it stands."""
        event = request.env["itsm.ci.event"]._portal_find(token)
        if not event:
            raise request.not_found()
        if event.document_id:
            content, is_pdf = (
                event.document_id.raw,
                event.document_id.mimetype == "application/pdf",
            )
        else:
            content, kind = event._render_form()
            is_pdf = kind == "pdf"
        headers = [
            ("Content-Type", "application/pdf" if is_pdf else "text/html"),
            ("X-Content-Type-Options", "nosniff"),
            ("Cache-Control", "no-store"),
        ]
        if is_pdf:
            name = content_disposition(f"{event.number}.pdf", "inline")
            headers.append(("Content-Disposition", name))
        return request.make_response(content, headers)


class CmdbPortalNew(ItsmPortalNew):
    """The form of a ticket, opened at an item."""

    def _itsm_form_fields(self):
        return (*super()._itsm_form_fields(), "ci")

    def _itsm_form_start(self, asked):
        """Fill in what is known when somebody reports a fault of an item."""
        values = super()._itsm_form_start(asked)
        item = request.env["itsm.ticket"]._portal_equipment(asked.get("ci"))
        if not item:
            return values
        name = item._portal_scanned()["name"]
        _ = request.env._
        subject = _("Fault: %(item)s", item=name) if name else _("Fault of equipment")
        return {**values, "ci": item.token, "type": "incident", "name": subject}

    def _itsm_render_form(self, values, errors=None, portal_key=None, had_files=False):
        item = request.env["itsm.ticket"]._portal_equipment(values.get("ci"))
        values = {**values, "equipment": item._portal_scanned() if item else False}
        return super()._itsm_render_form(values, errors, portal_key, had_files)
