from odoo import http
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal


class CmdbLabel(CustomerPortal):
    """Where the QR code on an item's label leads to."""

    @http.route("/ci/<string:token>", type="http", auth="user", website=True)
    def cmdb_scan(self, token, **kw):
        """Open the item for those who may read it; for staff, a page to report it.

        Visitors are asked to sign in first, whatever the token; an unknown one, and
        any for outsiders with a login, is a page that is not there.
        """
        Item = request.env["itsm.ci"]
        item = Item._by_token(token)
        if not item or not Item._portal_is_staff():
            raise request.not_found()
        if Item.browse(item.id).has_access("read"):
            return request.redirect(f"/odoo/itsm.ci/{item.id}")
        return request.render(
            "itsm_cmdb.portal_scanned",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "itsm_equipment_scan",
                "item": item._portal_scanned(),
            },
        )
