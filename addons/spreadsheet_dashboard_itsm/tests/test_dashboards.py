from odoo.tests import tagged

from .common import (
    DashboardCase,
    DashboardRouteCase,
    DashboardRouteTests,
    DashboardTests,
)


@tagged("post_install", "-at_install")
class TestDashboards(DashboardTests, DashboardCase):
    """What the files name is there, for those whom they are for."""


@tagged("post_install", "-at_install")
class TestDashboardRoute(DashboardRouteTests, DashboardRouteCase):
    """Who gets it by its address."""
