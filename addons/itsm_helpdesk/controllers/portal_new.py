import uuid

from odoo import http
from odoo.http import request

from ..models.itsm_ticket_portal_form import (
    MAX_DESCRIPTION,
    MAX_PHONE,
    MAX_SUBJECT,
    MIN_SEARCH,
)
from ..tools import upload
from .portal_sending import ItsmPortalSending

# What the form sends; everything else in a request is ignored.
FORM_FIELDS = (
    "category_id",
    "description",
    "desk_id",
    "impact",
    "name",
    "phone",
    "requested_for",
    "requested_for_name",
    "type",
    "urgency",
)


def _max_request_bytes(controller):
    """Let a form with the full number of files through; each is judged later.

    A request that is refused for its size shows a bare error page, and what was
    typed is gone.
    """
    return (upload.MAX_FILES + 1) * upload.MAX_FILE_BYTES


class ItsmPortalNew(ItsmPortalSending):
    """How a requester opens a ticket on the portal."""

    @http.route(
        "/my/tickets/new", type="http", auth="user", website=True, methods=["GET"]
    )
    def portal_itsm_ticket_new(self, desk=None, **kw):
        """The form; first the choice of a desk, where there are several."""
        values = self._itsm_form_start(kw)
        desks = request.env["itsm.ticket"]._portal_desks()
        chosen = desks.filtered(lambda offered: str(offered.id) == desk)
        if len(desks) == 1:
            chosen = desks
        if not chosen:
            return request.render(
                "itsm_helpdesk.portal_choose_desk",
                {
                    **self._prepare_portal_layout_values(),
                    "page_name": "itsm_ticket_new",
                    # What people want comes first; who delivers it, they need not know.
                    "wants": [
                        category
                        for category in request.env["itsm.service"]._portal_categories()
                        if not category["depth"]
                    ],
                    "desks": [
                        {"id": d.id, "name": d.name, "description": d.description}
                        for d in desks
                    ],
                },
            )
        return self._itsm_render_form({**values, "desk_id": str(chosen.id)})

    @http.route(
        "/my/tickets/new",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        max_content_length=_max_request_bytes,
    )
    def portal_itsm_ticket_send(self, portal_key=None, **post):
        """Open the ticket, or show the form again with what is wrong."""
        if sent := self._itsm_sent_before(portal_key):
            return sent
        values = {
            name: post[name]
            for name in self._itsm_form_fields()
            if isinstance(post.get(name), str)
        }
        # An empty file input sends one file without a name.
        files = [
            (file.filename, file.stream)
            for file in request.httprequest.files.getlist("attachments")
            if file.filename
        ]
        Ticket = request.env["itsm.ticket"]
        return self._itsm_send_once(
            portal_key,
            lambda: Ticket._portal_submit(values, files, portal_key),
            lambda errors: self._itsm_render_form(
                values, errors, portal_key, had_files=bool(files)
            ),
        )

    @http.route(
        "/my/tickets/sent/<string:portal_key>", type="http", auth="user", website=True
    )
    def portal_itsm_ticket_sent(self, portal_key, **kw):
        """Lead to the ticket that a form made."""
        ticket = request.env["itsm.ticket"]._portal_sent(portal_key)
        if not ticket:
            return request.redirect("/my/tickets")
        return request.redirect(f"{ticket.access_url}?done=again")

    @http.route(
        "/my/tickets/new/people",
        type="jsonrpc",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_itsm_people(self, term=""):
        """Find colleagues for “for somebody else”: names and departments only."""
        return request.env["itsm.ticket"]._portal_find_people(term)

    def _itsm_form_fields(self):
        """Return the names of what the form sends. Hook for addons with more."""
        return FORM_FIELDS

    def _itsm_form_start(self, asked):
        """Return what the form is filled with at first.

        Hook for addons whose links say more.

        :param asked: parameters of the address; hostile until verified
        """
        return {"impact": "3", "phone": request.env.user.partner_id.phone or ""}

    def _itsm_render_form(self, values, errors=None, portal_key=None, had_files=False):
        """Show the form with what was typed and what is wrong."""
        Ticket = request.env["itsm.ticket"]
        desks = Ticket._portal_desks()
        desk = desks.filtered(lambda offered: str(offered.id) == values.get("desk_id"))
        max_bytes = Ticket._portal_max_file_bytes()
        return request.render(
            "itsm_helpdesk.portal_new_ticket",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "itsm_ticket_new",
                "values": values,
                "errors": errors or {},
                "had_files": had_files,
                "portal_key": portal_key or uuid.uuid4().hex,
                "desk": {"id": desk.id, "name": desk.name},
                "may_change_desk": len(desks) > 1,
                "categories": Ticket._portal_categories(desk),
                "types": Ticket._portal_types(),
                "urgencies": Ticket._portal_urgencies(),
                "impacts": Ticket._portal_impacts(),
                "for_others": Ticket._portal_may_ask_for_others(),
                "max_subject": MAX_SUBJECT,
                "max_description": MAX_DESCRIPTION,
                "max_phone": MAX_PHONE,
                "min_search": MIN_SEARCH,
                "max_files": upload.MAX_FILES,
                "max_file_bytes": max_bytes,
                "max_file_mb": f"{max_bytes / 1024 / 1024:g}",
            },
        )
