from pathlib import Path

from lxml import etree

from odoo.modules.module import Manifest, load_script
from odoo.tests import TransactionCase

BEFORE = "19.0.1.0.0"
LOGGER = "odoo.addons.itsm_helpdesk.tools.shipped_rules"
REQUESTER = "itsm_announcement_rule_requester"
WORKLOAD = "itsm_workload_report_rule_agent"
REPORT_ALL = "itsm_ticket_report_rule_all"
BY_HAND = "[('desk_id', '!=', False)]"


class TestMigration(TransactionCase):
    """What an update brings to a database of before the analysis moved here."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        addon = Path(Manifest.for_addon("itsm_helpdesk").path)
        folder = addon / "migrations" / "19.0.1.1.0"
        cls.pre, cls.post = (
            load_script(str(folder / f"{stage}-migrate.py"), f"{stage}_migrate")
            for stage in ("pre", "post")
        )
        cls.shipped = {
            rule.get("id"): rule.findtext("field[@name='domain_force']")
            for path in addon.glob("*/*rules.xml")
            for rule in etree.parse(str(path)).iterfind(".//record[@model='ir.rule']")
        }
        cls.Data = cls.env["ir.model.data"]
        cls._go_back()

    @classmethod
    def _go_back(cls):
        """Put in place what the version before left in a database."""
        rules = {name: cls._rule(name) for name in (*cls.post.DOUBLE, REQUESTER)}
        cls.Data.search(
            [("module", "=", "itsm_helpdesk"), ("name", "in", cls.pre.MOVED)]
        ).module = "itsm_nonit"
        for name, (before, _values) in cls.post.CHANGED.items():
            rules[name].domain_force = before
        cls.digest = cls.env.ref("digest.digest_digest_default")
        cls.digest.write(dict.fromkeys(cls.post.KEY_FIGURES, False))
        cls.rules = rules

    @classmethod
    def _rule(cls, name, module="itsm_helpdesk"):
        found = cls.env.ref(f"{module}.{name}", raise_if_not_found=False)
        return found or cls.env["ir.rule"]

    def _update(self):
        self.pre.migrate(self.env.cr, BEFORE)
        self.post.migrate(self.env.cr, BEFORE)
        self.env.invalidate_all()

    def _doubled(self, name):
        """Return a rule that an update without these scripts left beside the new."""
        self.pre.migrate(self.env.cr, BEFORE)
        double = self._rule(name).copy({"domain_force": self.post.DOUBLE[name]})
        self.Data.create(
            {
                "module": "itsm_nonit",
                "name": name,
                "model": "ir.rule",
                "res_id": double.id,
                "noupdate": True,
            }
        )
        return double

    def test_comes_to_a_new_installation(self):
        with self.assertNoLogs(LOGGER):
            self._update()
        for name, rule in self.rules.items():
            with self.subTest(rule=name):
                self.assertEqual(self._rule(name), rule, "the record stays the same")
                self.assertFalse(self._rule(name, "itsm_nonit"))
                self.assertEqual(rule.domain_force, self.shipped[name])
        names = self.Data.search([("module", "=", "itsm_helpdesk")]).mapped("name")
        self.assertFalse(set(self.pre.MOVED) - set(names))
        self.assertTrue(all(self.digest[name] for name in self.post.KEY_FIGURES))

    def test_what_was_changed_by_hand_stays_and_is_named(self):
        self.rules[WORKLOAD].domain_force = BY_HAND
        self.rules["itsm_ticket_report_rule_agent"].domain_force = BY_HAND
        self.digest.kpi_itsm_met = True
        with self.assertLogs(LOGGER, "WARNING") as log:
            self._update()
        self.assertEqual(len(log.output), 1, "what did not change is nobody's concern")
        self.assertIn(str(self.rules[WORKLOAD].id), log.output[0])
        self.assertEqual(self._rule(WORKLOAD).domain_force, BY_HAND)
        self.assertEqual(
            self._rule("itsm_ticket_report_rule_agent").domain_force, BY_HAND
        )
        self.assertEqual(self._rule(REQUESTER).domain_force, self.shipped[REQUESTER])
        self.assertFalse(self.digest.kpi_itsm_opened)

    def test_another_layout_is_no_change(self):
        self.rules[REQUESTER].domain_force = '[\n  ("state", "in", ["running"]),\n]'
        with self.assertNoLogs(LOGGER):
            self._update()
        self.assertEqual(self._rule(REQUESTER).domain_force, self.shipped[REQUESTER])

    def test_what_was_deleted_stays_away(self):
        for rule in self.rules.values():
            rule.unlink()
        self.digest.unlink()
        with self.assertNoLogs(LOGGER):
            self._update()
        self.assertFalse(any(self._rule(name) for name in self.rules))

    def test_doubles_go(self):
        same, changed = (self._doubled(name) for name in (WORKLOAD, REPORT_ALL))
        changed.domain_force = BY_HAND
        with self.assertLogs(LOGGER, "WARNING") as log:
            self._update()
        self.assertFalse(same.exists())
        self.assertEqual(changed.domain_force, BY_HAND)
        self.assertEqual(len(log.output), 1)
        self.assertEqual(self._rule(WORKLOAD), self.rules[WORKLOAD])

    def test_twice_is_as_once(self):
        self._update()
        before = self.Data.search_count([("module", "=", "itsm_helpdesk")])
        with self.assertNoLogs(LOGGER):
            self._update()
        self.assertEqual(
            self.Data.search_count([("module", "=", "itsm_helpdesk")]), before
        )
        self.assertEqual(self._rule(WORKLOAD).domain_force, self.shipped[WORKLOAD])
