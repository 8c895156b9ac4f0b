from odoo import http
from odoo.http import request

from odoo.addons.itsm_helpdesk.controllers.portal_catalogue import ItsmPortalCatalogue
from odoo.addons.portal.controllers.portal import CustomerPortal


class ChangePortal(CustomerPortal):
    """“Planned work”: what will not work, when, and what is under way."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "itsm_change_count" in counters:
            _rows, values["itsm_change_count"] = request.env[
                "itsm.change"
            ]._portal_home()
        return values

    @http.route("/my/changes", type="http", auth="user", website=True, readonly=True)
    def portal_my_changes(self, **kw):
        """The work that affects the user: to come, under way, and lately done."""
        rows = request.env["itsm.change"]._portal_mine()._portal_rows()
        return request.render(
            "itsm_change.portal_my_changes",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "itsm_changes",
                "rows": [row for row in rows if not row["is_over"]],
                "past": [row for row in reversed(rows) if row["is_over"]],
            },
        )

    @http.route(
        "/my/changes/<int:change_id>",
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_my_change(self, change_id, **kw):
        """One piece of work that affects the user."""
        change = request.env["itsm.change"]._portal_find(change_id)
        if not change:
            raise request.not_found()
        return request.render(
            "itsm_change.portal_my_change",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "itsm_change",
                "work": change._portal_page(),
            },
        )


class ChangePortalHome(ItsmPortalCatalogue):
    """The block on the home of the staff."""

    def _itsm_home_blocks(self):
        rows, count = request.env["itsm.change"]._portal_home()
        return {
            **super()._itsm_home_blocks(),
            "planned_work": rows,
            "planned_work_count": count,
        }
