from odoo import http
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

_PAGE_SIZE = 24
_HOME_TICKETS = 5
_MAX_ID = 2**31 - 1


class ItsmPortalCatalogue(CustomerPortal):
    """The home of the staff, and the catalogue they browse."""

    # ------------------------------------------------------------------
    # Home
    # ------------------------------------------------------------------

    @http.route(
        "/my/desk", type="http", auth="user", website=True, readonly=True, sitemap=False
    )
    def portal_itsm_desk(self, **kw):
        """What a person needs first: search, news, what waits, what is under way."""
        Service, Ticket = request.env["itsm.service"], request.env["itsm.ticket"]
        favourites = Service._portal_favourites()
        often = Service._portal_often(besides=favourites)
        return request.render(
            "itsm_helpdesk.portal_desk",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "itsm_desk",
                "announcements": request.env["itsm.announcement"]._portal_rows(),
                "waits": Ticket._portal_waits(),
                "favourites": favourites._portal_cards(favourites),
                "often": often._portal_cards(favourites),
                "categories": [
                    category
                    for category in Service._portal_categories()
                    if not category["depth"]
                ],
                **self._itsm_open_tickets(),
                **self._itsm_home_blocks(),
            },
        )

    def _itsm_home_blocks(self):
        """Hook: return the values of blocks that other addons put on the home."""
        return {}

    def _itsm_open_tickets(self):
        """Return the user's own open tickets, the last changed first."""
        Ticket = request.env["itsm.ticket"]
        if not Ticket.has_access("read"):
            return {"tickets": [], "ticket_count": 0}
        domain = (
            Ticket._portal_mine_domain()
            & Ticket._portal_open_domain()
            & Domain("is_part", "=", False)
        )
        tickets = Ticket.search(
            domain, order="requester_update_at desc, id desc", limit=_HOME_TICKETS
        )
        return {
            "tickets": tickets._portal_rows_with_bars(),
            "ticket_count": Ticket.search_count(domain),
        }

    @http.route(
        "/my/services/suggest",
        type="jsonrpc",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_itsm_suggest(self, term=""):
        """Return what fits while somebody types into the search box."""
        Service = request.env["itsm.service"]
        term = Service._portal_term(term)
        return Service._portal_suggestions(term) if term else []

    # ------------------------------------------------------------------
    # Catalogue
    # ------------------------------------------------------------------

    # Not read-only: addons keep what was looked for.
    @http.route(
        ["/my/services", "/my/services/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        sitemap=False,
    )
    def portal_itsm_services(self, page=1, category="", search="", gone="", **kw):
        """Browse the services by category, or see what a search found."""
        Service = request.env["itsm.service"]
        term = Service._portal_term(search)
        tree = Service._portal_categories(_as_id(category))
        current = next((node for node in tree if node["current"]), None)
        services, pager = self._itsm_services(term, current, page)
        groups = Service._portal_suggestions(term) if term else []
        return request.render(
            "itsm_helpdesk.portal_services",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "itsm_services",
                "services": services._portal_cards(),
                "found_besides": [g for g in groups if g["key"] != "services"],
                "pager": pager,
                "search": term,
                "tree": _shown(tree),
                "category": current,
                "path": [node for node in tree if node["open"]],
                "gone": bool(gone),
            },
        )

    def _itsm_services(self, term, category, page):
        """Return the services of one page, and the pager."""
        Service = request.env["itsm.service"]
        domain = Service._portal_domain()
        if category:
            domain &= Service._portal_category_domain(category["id"])
        if term:
            found = Service._portal_found(term).filtered_domain(domain)
        else:
            found = Service.browse()
        total = len(found) if term else Service.search_count(domain)
        pager = portal_pager(
            url="/my/services",
            url_args={
                "category": category["id"] if category else "",
                "search": term,
            },
            total=total,
            page=page,
            step=_PAGE_SIZE,
        )
        offset = max(pager["offset"], 0)
        if term:
            return found[offset : offset + _PAGE_SIZE], {**pager, "total": total}
        services = Service.search(
            domain, order="sequence, name, id", limit=_PAGE_SIZE, offset=offset
        )
        return services, {**pager, "total": total}

    @http.route(
        "/my/services/<int:service_id>",
        type="http",
        auth="user",
        website=True,
        readonly=True,
        sitemap=False,
    )
    def portal_itsm_service(self, service_id, **kw):
        """One service: what it is, what it costs, what is promised, who approves."""
        service = self._itsm_find_service(service_id)
        if not service:
            return self._itsm_no_service()
        return request.render(
            "itsm_helpdesk.portal_service",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "itsm_service",
                "service": service._portal_page(),
            },
        )

    @http.route(
        "/my/services/<int:service_id>/favourite",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def portal_itsm_service_favourite(self, service_id, on="", **kw):
        """Mark a service with the user's star, or take it away."""
        service = self._itsm_find_service(service_id)
        if not service:
            return self._itsm_no_service()
        service._portal_mark(on == "1")
        return request.redirect(f"/my/services/{service.id}")

    def _itsm_find_service(self, service_id, trying=False):
        """Return the service of a page, or none: alike when hidden and unknown."""
        Service = request.env["itsm.service"]
        if not 0 < service_id <= _MAX_ID:
            return Service
        return Service._portal_find(service_id, trying)

    def _itsm_no_service(self):
        return request.redirect("/my/services?gone=1")


def _as_id(text):
    """Return the id that a link holds, or 0 when it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _shown(tree):
    """Return the tree as far as it is unfolded: down to below the current branch."""
    unfolded = {node["id"] for node in tree if node["open"]} | {False}
    return [node for node in tree if node["parent_id"] in unfolded]
