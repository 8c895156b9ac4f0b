import io
import re

from openpyxl import load_workbook

from odoo.exceptions import UserError
from odoo.tests import tagged

from .impact_common import ImpactCase


@tagged("post_install", "-at_install")
class TestImpactScreen(ImpactCase):
    """The screen that asks and answers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Location = cls.env["itsm.location"]
        cls.site = Location.create({"name": "Site", "kind": "site"})
        cls.rack = Location.create(
            {"name": "Rack 1", "kind": "rack", "parent_id": cls.site.id}
        )
        cls.server, cls.app = cls._items("server app")
        cls.server.location_id = cls.rack
        cls._link(cls.app, "needs", cls.server)

    def _analysis(self, **vals):
        return self.env["itsm.ci.impact.analysis"].with_user(self.agent).create(vals)

    def test_each_scope(self):
        space = self.env["itsm.ip.network"].create(
            {"name": "Test net", "cidr": "10.77.0.0/16"}
        )
        self.server.ip_addresses = "10.77.1.1"
        for vals in (
            {"scope": "items", "ci_ids": self.server.ids},
            {"scope": "location", "location_id": self.site.id},
            {"scope": "rack", "rack_id": self.rack.id},
            {"scope": "network", "network_id": space.id},
        ):
            with self.subTest(vals=vals):
                analysis = self._analysis(**vals)
                analysis.action_analyse()
                self.assertEqual(
                    [(line.name, line.state) for line in analysis.item_line_ids],
                    [("server", "down"), ("app", "down")],
                )
        whole = self._analysis(scope="class", class_id=self.class_device.id)
        whole.action_analyse()
        self.assertIn("app", whole.item_line_ids.mapped("name"))

    def test_nothing_to_analyse_is_said(self):
        empty = self.env["itsm.location"].create({"name": "Empty"})
        for vals in ({"scope": "items"}, {"scope": "rack", "rack_id": empty.id}):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                self._analysis(**vals).action_analyse()

    def test_buttons(self):
        action = self.server.with_user(self.agent).action_analyse_impact()
        analysis = self.env["itsm.ci.impact.analysis"].browse(action["res_id"])
        self.assertEqual(analysis.item_count, 2)
        picture = analysis.with_user(self.agent).action_graph()
        self.assertEqual(picture["tag"], "itsm_impact_graph")
        self.assertEqual(picture["params"]["ci_ids"], self.server.ids)

    def test_the_figures_open_lists(self):
        service = self.env["itsm.service"].create(
            {"name": "Pictures", "desk_id": self.desk.id, "ci_ids": self.app.ids}
        )
        self.app.user_department_ids = self.department
        ticket = self._create_ticket(ci_ids=self.app.ids)
        analysis = self._analysis(scope="items", ci_ids=self.server.ids)
        analysis.action_analyse()
        listed = {}
        for name in ("items", "services", "departments", "tickets"):
            action = getattr(analysis, f"action_view_{name}")()
            model = self.env[action["res_model"]].with_user(self.agent)
            listed[name] = model.search(action["domain"])
        self.assertEqual(set(listed["items"].ids), {self.server.id, self.app.id})
        self.assertEqual(len(listed["items"]), analysis.item_count)
        self.assertEqual(listed["tickets"].ids, ticket.ids)
        self.assertEqual(listed["services"].mapped("res_id"), service.ids)
        self.assertEqual(listed["departments"].mapped("people"), [analysis.people])

    def test_export(self):
        self.server.name = "=1+1"
        analysis = self._analysis(scope="items", ci_ids=self.server.ids)
        analysis.action_analyse()
        url = analysis.action_export()["url"]
        attachment_id = int(re.search(r"/(\d+)\?", url)[1])
        content = self.env["ir.attachment"].browse(attachment_id).raw
        book = load_workbook(io.BytesIO(content))
        rows = list(book.worksheets[0].values)
        self.assertEqual(rows[1][3], "=1+1")
        self.assertEqual(book.worksheets[0]["D2"].data_type, "s")
        self.assertEqual([row[3] for row in rows[1:]], ["=1+1", "app"])
