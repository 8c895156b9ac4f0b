from odoo.tests import tagged

from .common import DashboardCase, DashboardRouteCase


@tagged("post_install", "-at_install")
class TestDashboards(DashboardCase):
    """What the files name is there, for those whom they are for."""

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
    def test_route(self):
        self._check_route()
