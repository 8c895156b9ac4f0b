import uuid

from odoo import http
from odoo.http import request

from odoo.addons.itsm_helpdesk.controllers.portal_catalogue import ItsmPortalCatalogue


class ItsmPortalSearch(ItsmPortalCatalogue):
    """The search of the portal's home finds articles too."""

    @http.route()
    def portal_itsm_services(self, page=1, category="", search="", gone="", **kw):
        """Give the articles that a search finds the mark of this search."""
        Service = request.env["itsm.service"]
        words = Service._portal_term(search)
        if words and page == 1:
            key = uuid.uuid4().hex
            found = request.env["itsm.article"]._find(words, limit=None)
            request.env["itsm.article.search"]._note(words, "home", len(found), key)
            request.update_context(itsm_search_key=key)
        return super().portal_itsm_services(page, category, search, gone, **kw)
