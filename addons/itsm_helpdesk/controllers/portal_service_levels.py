from odoo import fields, http
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

_PAGE_SIZE = 20
_DEFAULT_PERIOD = "quarter"


class ItsmPortalServiceLevels(CustomerPortal):
    """What a department's manager sees of how it is served."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        Ticket = request.env["itsm.ticket"]
        if "itsm_late_count" in counters:
            managed = self._itsm_managed()
            values["itsm_late_count"] = (
                Ticket.search_count(Ticket._portal_late_domain(managed))
                if managed
                else 0
            )
        elif not counters:
            # The page itself; its counters come in calls of their own.
            values["itsm_manages"] = bool(self._itsm_managed())
        return values

    def _itsm_managed(self):
        """Return the ids of the departments whose figures the user may see."""
        Ticket = request.env["itsm.ticket"]
        return Ticket._portal_managed_ids() if Ticket.has_access("read") else []

    @http.route(
        ["/my/service-levels", "/my/service-levels/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_my_itsm_service_levels(self, page=1, period=None, **kw):
        """Figures of a period, the last months, and what is late now."""
        managed = self._itsm_managed()
        if not managed:
            return request.redirect("/my")
        Ticket = request.env["itsm.ticket"]
        periods = Ticket._portal_periods()
        # What is not offered falls back to the default: links get old.
        period = period if period in periods else _DEFAULT_PERIOD
        _label, start, end = periods[period]
        late = self._itsm_late_page(managed, page, period)
        return request.render(
            "itsm_helpdesk.portal_service_levels",
            {
                **self._prepare_portal_layout_values(),
                **Ticket._portal_levels(managed, start, end),
                **late,
                "page_name": "itsm_service_levels",
                "departments": Ticket._portal_managed_names(managed),
                "periods": {name: label for name, (label, *_days) in periods.items()},
                "period": period,
                "period_days": Ticket._portal_days_text(start, end),
                "trend": Ticket._portal_trend(managed),
                "now": fields.Datetime.now(),
            },
        )

    def _itsm_late_page(self, managed, page, period):
        """Return one page of the tickets that are late now, the longest first."""
        Ticket = request.env["itsm.ticket"]
        domain = Ticket._portal_late_domain(managed)
        total = Ticket.search_count(domain)
        pager = portal_pager(
            url="/my/service-levels",
            url_args={"period": period},
            total=total,
            page=page,
            step=_PAGE_SIZE,
        )
        tickets = Ticket.search(
            domain,
            order="sla_deadline, id",
            limit=_PAGE_SIZE,
            offset=max(pager["offset"], 0),
        )
        return {"late": tickets._portal_rows(), "late_total": total, "pager": pager}
