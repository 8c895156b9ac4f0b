from odoo.tests import tagged

from odoo.addons.spreadsheet_dashboard_itsm.tests.common import (
    DashboardCase,
    DashboardRouteCase,
    DashboardRouteTests,
    DashboardTests,
)

ADDON = "spreadsheet_dashboard_itsm_change"


@tagged("post_install", "-at_install")
class TestDashboards(DashboardTests, DashboardCase):
    """The dashboard of changes."""

    addon = ADDON


@tagged("post_install", "-at_install")
class TestDashboardRoute(DashboardRouteTests, DashboardRouteCase):
    """Who gets it by its address."""

    addon = ADDON
