from odoo import http
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

_SHOWN = ("announced", "drawn", "told", "cancelled")
_MAX_ID = 2**31 - 1


class ItsmPortalPrizes(CustomerPortal):
    """Prize draws for those who take part: rules, commitment, seed, own lots.

    Names of others are not shown; with the keys and lots of the winners everybody
    can check the draw.
    """

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "itsm_prize_count" in counters:
            values["itsm_prize_count"] = self._itsm_draws().search_count(
                self._itsm_draws_domain() & Domain("state", "=", "announced")
            )
        return values

    def _itsm_draws(self):
        # sudo: staff have no rights on draws; pages show plain values of those that
        # were announced in their company.
        return request.env["itsm.prize.draw"].sudo()

    def _itsm_draws_domain(self):
        return Domain("state", "in", _SHOWN) & Domain(
            "company_id", "=", request.env.user.company_id.id
        )

    @http.route("/my/prizes", type="http", auth="user", website=True, readonly=True)
    def portal_my_itsm_prizes(self, **kw):
        """The draws that were announced, newest first."""
        draws = self._itsm_draws().search(self._itsm_draws_domain(), limit=40)
        return request.render(
            "itsm_helpdesk.portal_my_prizes",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "itsm_prizes",
                "draws": [record._portal_row() for record in draws],
            },
        )

    @http.route(
        "/my/prizes/<int:draw_id>",
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_my_itsm_prize(self, draw_id, **kw):
        """One draw: its rules before, and how it went after."""
        known = 0 < draw_id <= _MAX_ID
        record = self._itsm_draws().search(
            self._itsm_draws_domain() & Domain("id", "=", draw_id if known else 0)
        )
        if not record:
            return request.redirect("/my/prizes")
        return request.render(
            "itsm_helpdesk.portal_my_prize",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "itsm_prizes",
                "draw": record._portal_page(request.env.user.partner_id),
            },
        )
