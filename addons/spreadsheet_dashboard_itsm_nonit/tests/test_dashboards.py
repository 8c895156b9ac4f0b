from odoo.tests import tagged

from odoo.addons.spreadsheet_dashboard_itsm.tests.common import (
    DashboardCase,
    DashboardRouteCase,
)

ADDON = "spreadsheet_dashboard_itsm_nonit"


@tagged("post_install", "-at_install")
class TestDashboards(DashboardCase):
    """The dashboard of desks beyond IT."""

    addon = ADDON

    def test_fields(self):
        self._check_fields()

    def test_filters(self):
        self._check_filters()

    def test_menus(self):
        self._check_menus(self.agent, self.auditor)

    def test_readers(self):
        self._check_readable(self.agent, self.manager, self.auditor, self.admin)

    def test_others(self):
        self._create_ticket(partner_id=self.colleague.partner_id.id)
        self._check_refused(self.requester)


@tagged("post_install", "-at_install")
class TestDashboardRoute(DashboardRouteCase):
    addon = ADDON

    def test_route(self):
        self._check_route()
