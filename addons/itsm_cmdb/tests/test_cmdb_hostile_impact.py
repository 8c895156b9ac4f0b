from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_cmdb_hostile_hidden import NAME, HiddenCase


@tagged("post_install", "-at_install")
class TestImpactMasks(HiddenCase):
    """An analysis counts what is hidden and names nothing of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.base = cls._ci("Base")
        cls.top = cls._ci("Top")
        cls.needs = cls._relation_type("test_needs", strength="hard", impact="source")
        cls._relate(cls.secret, "test_needs", cls.base)
        cls._relate(cls.top, "test_needs", cls.secret)
        cls.group = cls.env["itsm.ci.dependency.group"].create(
            {"ci_id": cls.secret.id, "name": "Vault feeds", "minimum": 1}
        )
        cls._relate(
            cls.secret, "test_feeds", cls.base, strength="hard", impact="source",
            group_id=cls.group.id,
        )  # fmt: skip
        cls.env.flush_all()

    def _assert_masked(self, told):
        for word in (NAME, "Vault", "HIDDEN-1", self.class_secret.name):
            self.assertNotIn(word, str(told))

    def test_every_direction(self):
        base = self.base.with_user(self.keeper)
        top = self.top.with_user(self.keeper)
        report = base.impact_report()
        self.assertIn(self.secret.id, [node["id"] for node in report["nodes"]])
        self._assert_masked(report)
        for item in (base, top):
            for direction in ("impact", "dependencies", "neighbours"):
                told = item.impact_graph({"direction": direction, "depth": 3})
                self._assert_masked(told)
        insider = self.base.with_user(self.insider).impact_report()
        self.assertIn(NAME, str(insider))
        self.assertIn("Vault feeds", str(insider))

    def test_options_that_are_none(self):
        base = self.base.with_user(self.keeper)
        for options in (
            "text",
            7,
            {"direction": "up"},
            {"direction": ["impact"]},
            {"depth": "deep"},
            {"limit": [1]},
            {"limit": float("inf"), "direction": "neighbours"},
            {"class_ids": ["x"]},
            {"class_ids": 5},
            {"window": "now"},
            {"window": ["2026-01-01", None]},
        ):
            with self.subTest(options=options), self.assertRaises(UserError):
                base.impact_graph(options)
        for depth in (-1, 10**9):
            told = base.impact_graph({"direction": "neighbours", "depth": depth})
            self.assertTrue(told["nodes"])

    def test_the_wizard_and_its_file(self):
        wizard = self._as(self.keeper)["itsm.ci.impact.analysis"].create(
            {"ci_ids": self.base.ids}
        )
        wizard.action_analyse()
        self._assert_masked(wizard.line_ids.read())

    def test_why_on_a_ticket(self):
        ticket = self._create_ticket()
        ticket.ci_ids = self.base
        ticket.with_user(self.agent).action_analyse_impact()
        links = self._as(self.agent)["itsm.ticket.ci"].search(
            [("ticket_id", "=", ticket.id)]
        )
        self.assertEqual(links.ci_id, self.base | self.top)
        self._assert_masked(links.read())
        self.assertEqual(ticket.with_user(self.agent).hidden_item_count, 1)

    def test_numbers_of_tickets_of_others(self):
        other = self._create_ticket(desk_id=self.desk_other.id, type="incident")
        other.ci_link_ids.create(
            {"ticket_id": other.id, "ci_id": self.top.id, "role": "cause"}
        )
        window = ["2000-01-01 00:00:00", "2999-01-01 00:00:00"]
        told = self.base.with_user(self.agent).impact_report(window)
        self.assertIn(self.top.id, [node["id"] for node in told["nodes"]])
        self.assertNotIn(other.number, str(told))
        told = self.base.with_user(self.stranger).impact_report(window)
        self.assertIn(other.number, str(told))
