from pathlib import Path

from lxml import etree

from odoo.modules.module import Manifest, load_script
from odoo.tests import TransactionCase

LOGGER = "odoo.addons.itsm_helpdesk.tools.shipped_rules"
BY_HAND = "[('id', '!=', 0)]"


class TestMigration(TransactionCase):
    """Who read working copies in a database of before does not go on reading them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        addon = Path(Manifest.for_addon("itsm_knowledge").path)
        cls.script = load_script(
            str(addon / "migrations" / "19.0.1.1.0" / "post-migrate.py"), "post_migrate"
        )
        path = addon / "security" / "itsm_knowledge_rules.xml"
        cls.shipped = {
            rule.get("id"): rule
            for rule in etree.parse(str(path)).iterfind(".//record[@model='ir.rule']")
        }
        cls._go_back()

    @classmethod
    def _go_back(cls):
        """Put in place what the version before left in a database."""
        cls.rules = {name: cls._rule(name) for name in cls.script.CHANGED}
        for name, (before, values) in cls.script.CHANGED.items():
            cls.rules[name].domain_force = before
            if "perm_read" in values:
                cls.rules[name].perm_read = False
        for name, before in cls.script.REMOVED.items():
            rule = cls.rules["itsm_article_rule_agent"].copy({"domain_force": before})
            cls.env["ir.model.data"].create(
                {
                    "module": "itsm_knowledge",
                    "name": name,
                    "model": "ir.rule",
                    "res_id": rule.id,
                    "noupdate": True,
                }
            )
            cls.rules[name] = rule

    @classmethod
    def _rule(cls, name):
        return cls.env.ref(f"itsm_knowledge.{name}")

    def _update(self):
        self.script.migrate(self.env.cr, "19.0.1.0.0")

    def test_comes_to_a_new_installation(self):
        for _time in range(2):
            with self.assertNoLogs(LOGGER):
                self._update()
        for name in self.script.REMOVED:
            self.assertNotIn(name, self.shipped)
            self.assertFalse(self.rules[name].exists())
        for name in self.script.CHANGED:
            rule, shipped = self.rules[name], self.shipped[name]
            with self.subTest(rule=name):
                self.assertEqual(rule.name, shipped.findtext("field[@name='name']"))
                self.assertEqual(
                    rule.domain_force, shipped.findtext("field[@name='domain_force']")
                )
                self.assertIsNone(shipped.find("field[@name='perm_read']"))
                self.assertTrue(rule.perm_read)

    def test_what_was_changed_by_hand_stays_and_is_named(self):
        for rule in self.rules.values():
            rule.domain_force = BY_HAND
        with self.assertLogs(LOGGER, "WARNING") as log:
            self._update()
        self.assertEqual(len(log.output), len(self.rules))
        for rule in self.rules.values():
            self.assertEqual(rule.domain_force, BY_HAND)
