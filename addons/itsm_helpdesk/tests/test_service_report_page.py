import base64
from datetime import date

from lxml import html

from odoo.tests import tagged

from .common import ItsmCase

# The smallest picture that is one.
_PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJ"
    "RU5ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestServiceReportPage(ItsmCase):
    """That the page can be printed and signed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_ticket(name="Printer")
        cls.env.flush_all()
        cls.report = (
            cls.env["itsm.service.report"]
            .with_user(cls.manager)
            .create(
                {
                    "desk_ids": cls.desk.ids,
                    "period": "own",
                    "date_from": date.today().replace(day=1),
                    "date_to": date.today(),
                }
            )
        )
        cls.report._refresh_facts()

    def _page(self, report=None):
        report = report or self.report
        report.invalidate_recordset(["content"])
        return html.fromstring(str(report.content))

    def _section(self, template, **figures):
        rendered = self.env["ir.qweb"]._render(
            f"itsm_helpdesk.service_report_{template}",
            {"report": self.report, "department_chart": "CHART", "figures": figures},
        )
        return str(rendered)

    def test_charts_keep_their_shape(self):
        """Print engines that are old do not know how high a scaled picture is."""
        charts = self._page().find_class("o_chart")
        self.assertTrue(charts)
        self.assertEqual(len(charts), len(self._page().xpath("//svg")))
        for chart in charts:
            width, height = chart[0].get("viewbox").split()[2:]
            high = float(chart.get("style").partition(":")[2].partition("%")[0])
            self.assertAlmostEqual(high, 100 * float(height) / float(width), 1)

    def test_nobody_signs_an_empty_page(self):
        (sign,) = self._page().find_class("o_sign")
        kept = [each for each in sign.iterancestors() if each.get("class") == "o_keep"]
        self.assertTrue(kept)

    def test_who_issued_it_stands_above_the_line(self):
        copy = self.report.copy()
        self.assertNotIn(self.manager.name, self._page(copy).text_content())
        copy.action_issue()
        (sign,) = self._page(copy).find_class("o_sign")
        self.assertIn(self.manager.name, sign.text_content())

    def test_one_department_needs_no_comparison(self):
        row = {"label": {"en_US": "Surgery"}, "count": 3}
        self.assertNotIn("CHART", self._section("departments", departments=[row]))
        self.assertIn("CHART", self._section("departments", departments=[row] * 2))

    def test_the_logo_of_the_company(self):
        self.assertFalse(self._page().xpath("//img"))
        self.company.logo = base64.b64encode(_PNG)
        self.assertTrue(self._page().xpath("//img[starts-with(@src, 'data:image')]"))

    def test_printed_on_its_own_paper(self):
        """The head of the company's papers would leave a fifth of the page empty."""
        action = self.env.ref("itsm_helpdesk.action_report_itsm_service_report")
        self.assertLess(action.paperformat_id.margin_top, 20)
        self.assertGreater(action.paperformat_id.margin_left, 10)
        content, _kind = action._render_qweb_html(action.report_name, self.report.ids)
        paper = html.fromstring(content)
        self.assertTrue(paper.find_class("article"))
        self.assertFalse(paper.find_class("header"))
