import json
import re

from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.itsm_helpdesk.tests.common import ItsmCase

FIGURE = re.compile(r'PIVOT\.VALUE\((\d+),"(\w+)"\)')
MENU_LINK = re.compile(r"odoo://ir_menu_xml_id/([\w.]+)")
FORBIDDEN = (403, 404)
# What tells that a record has a value to average; every rating has its stars.
HAS_VALUE = {
    "elapsed_hours": ["finished_count", "=", 1],
    "met_rate": ["finished_count", "=", 1],
    "resolution_hours": ["resolved_at", "!=", False],
    "success_rate": ["ended_count", "=", 1],
}
ALWAYS = {"rating"}


class Source:
    """One data source of a dashboard: a pivot, a chart or a list."""

    def __init__(self, title, model, domain, names, matching):
        self.title = title
        self.model = model
        self.domain = domain
        # Fields, some with a granularity: "opened_at:week".
        self.names = [name for name in names if name != "__count"]
        self.matching = matching


def sources(data):
    """Return the sources of a dashboard's file."""
    found = []
    for pivot in data["pivots"].values():
        names = [each["fieldName"] for each in pivot["rows"] + pivot["measures"]]
        title = f"pivot {pivot['id']}"
        found.append(_source(title, pivot, names))
    for each in data["lists"].values():
        order = [field["name"] for field in each["orderBy"]]
        found.append(_source(f"list {each['id']}", each, each["columns"] + order))
    for figure in charts(data):
        chart = figure["data"]
        found.append(
            Source(
                figure["id"],
                chart["metaData"]["resModel"],
                chart["searchParams"]["domain"],
                [*chart["metaData"]["groupBy"], chart["metaData"]["measure"]],
                chart["fieldMatching"],
            )
        )
    return found


def charts(data):
    """Return the figures that ask the server."""
    return [
        figure
        for sheet in data["sheets"]
        for figure in sheet["figures"]
        if figure["data"]["type"].startswith("odoo_")
    ]


def menus(data):
    """Return the external ids of the menus that a dashboard leads to."""
    cells = "\n".join(data["sheets"][0]["cells"].values())
    return {*data["chartOdooMenusReferences"].values(), *MENU_LINK.findall(cells)}


def _source(title, values, names):
    return Source(
        title, values["model"], values["domain"], names, values["fieldMatching"]
    )


class DashboardCase(ItsmCase):
    """What is true of each dashboard of an addon."""

    addon = "spreadsheet_dashboard_itsm"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        ids = cls.env["ir.model.data"].search(
            [("module", "=", cls.addon), ("model", "=", "spreadsheet.dashboard")]
        )
        cls.dashboards = cls.env["spreadsheet.dashboard"].browse(ids.mapped("res_id"))
        cls.files = {
            dashboard: json.loads(dashboard.spreadsheet_data)
            for dashboard in cls.dashboards
        }

    def _each_source(self):
        for dashboard, data in self.files.items():
            for source in sources(data):
                with self.subTest(dashboard=dashboard.name, source=source.title):
                    yield data, source

    def _chain(self, model, chain):
        """Return the field at the end of a chain of fields."""
        *path, last = chain.split(".")
        for name in path:
            model = model[name]
        self.assertIn(last, model._fields)
        return model._fields[last]

    def _figure(self, user, dashboard, title):
        """Return a big figure, as the client asks for it with no filter set."""
        data = self.files[self.env.ref(f"{self.addon}.{dashboard}")]
        cells = data["sheets"][1]["cells"]
        [row] = [name[1:] for name, text in cells.items() if text == f'=_t("{title}")']
        number, measure = FIGURE.search(cells[f"B{row}"]).groups()
        pivot = data["pivots"][number]
        model = self._as(user)[pivot["model"]]
        field = model._fields.get(measure)
        wanted = f"{measure}:{field.aggregator}" if field else measure
        [answer] = model.formatted_read_group(pivot["domain"], [], [wanted])
        return answer[wanted]

    # ------------------------------------------------------------------
    # What the addons' tests call
    # ------------------------------------------------------------------

    def _check_fields(self):
        """Fields, and what they are grouped and filtered by, are there."""
        self.assertTrue(self.files)
        for data, source in self._each_source():
            model = self.env[source.model]
            for name in source.names:
                name, _colon, granularity = name.partition(":")
                field = self._chain(model, name)
                dated = field.type in ("date", "datetime")
                self.assertFalse(granularity and not dated, name)
            Domain(source.domain).validate(model)
            filters = {each["id"]: each for each in data["globalFilters"]}
            for key, match in source.matching.items():
                field = self._chain(model, match["chain"])
                self.assertEqual(field.type, match["type"])
                if filters[key]["type"] == "relation":
                    self.assertEqual(field.comodel_name, filters[key]["modelName"])

    def _check_filters(self):
        """A filter by desk or department applies to all that has one."""
        for data, source in self._each_source():
            for each in data["globalFilters"]:
                if f"{each['id']}_id" in self.env[source.model]._fields:
                    self.assertIn(each["id"], source.matching)

    def _check_averages(self):
        """Charts leave out what has no value: they would draw it as 0."""
        for data, source in self._each_source():
            shown = {figure["id"]: figure["data"] for figure in charts(data)}
            if source.title in shown:
                measure = shown[source.title]["metaData"]["measure"]
                field = self.env[source.model]._fields.get(measure)
                if field and field.aggregator == "avg" and measure not in ALWAYS:
                    self.assertIn(HAS_VALUE[measure], source.domain)

    def _check_menus(self, *users):
        """Headings and figures lead to screens that the reader has."""
        for dashboard, data in self.files.items():
            found = menus(data)
            self.assertTrue(found)
            for xml_id in found:
                menu = self.env.ref(xml_id)
                self.assertTrue(menu.action, xml_id)
                for user in users:
                    with self.subTest(dashboard=dashboard.name, user=user.login):
                        visible = self._as(user)["ir.ui.menu"]._visible_menu_ids()
                        self.assertIn(menu.id, visible, xml_id)

    def _check_readable(self, *users):
        """Those whom a dashboard is for get an answer from each source."""
        for user in users:
            seen = self._as(user)["spreadsheet.dashboard"].search([])
            self.assertLessEqual(self.dashboards, seen)
            for _data, source in self._each_source():
                self._ask(user, source)

    def _check_refused(self, user):
        """Others get neither the dashboard nor a figure of others' work."""
        seen = self._as(user)["spreadsheet.dashboard"].search([])
        self.assertFalse(seen & self.dashboards)
        for dashboard in self.dashboards:
            with self.assertRaises(AccessError):
                dashboard.with_user(user).read(["spreadsheet_data"])
        for _data, source in self._each_source():
            try:
                self.assertFalse(self._ask(user, source))
            except AccessError:
                continue

    def _ask(self, user, source):
        """Return how many records a source has for a user."""
        model = self._as(user)[source.model]
        names = {name.partition(":")[0] for name in source.names}
        model.search(source.domain, limit=1).read(sorted(names))
        [answer] = model.formatted_read_group(source.domain, [], ["__count"])
        return answer["__count"]


class DashboardTests:
    """The tests of each addon with dashboards; beside ``DashboardCase``."""

    def test_fields(self):
        self._check_fields()

    def test_filters(self):
        self._check_filters()

    def test_averages(self):
        self._check_averages()

    def test_menus(self):
        self._check_menus(self.agent, self.auditor)

    def test_readers(self):
        self._check_readable(self.agent, self.manager, self.auditor, self.admin)

    def test_others(self):
        self._create_ticket(partner_id=self.colleague.partner_id.id)
        self._check_refused(self.requester)


class DashboardRouteTests:
    """The tests of their addresses; beside ``DashboardRouteCase``."""

    def test_route(self):
        self._check_route()


@tagged("post_install", "-at_install")
class DashboardRouteCase(DashboardCase, HttpCase):
    """The address that the client loads a dashboard from."""

    @mute_logger("odoo.http")
    def _check_route(self):
        for user, refused in ((self.agent, False), (self.requester, True)):
            self.authenticate(user.login, user.login.ljust(8, "x"))
            for dashboard in self.dashboards:
                answer = self.url_open(f"/spreadsheet/dashboard/data/{dashboard.id}")
                self.assertEqual(answer.status_code in FORBIDDEN, refused)
                self.assertEqual("pivots" in answer.text, not refused)
