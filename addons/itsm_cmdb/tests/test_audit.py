from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.base.models.ir_cron import IrCron

from .common import CmdbCase


@tagged("-at_install", "post_install")
class AuditCase(CmdbCase):
    """Rules, and what they find."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The rules that are shipped find nothing but what a test asks them for.
        cls.shipped = cls.env["itsm.ci.audit.rule"].search([])
        cls.employee_engineer = cls._make_employee(cls.engineer)
        cls.employee_keeper = cls._make_employee(cls.keeper)
        cls.rule = cls._rule("No owner", "[('owner_id', '=', False)]")

    @classmethod
    def _rule(cls, name, domain="[]", **vals):
        return cls.env["itsm.ci.audit.rule"].create(
            {
                "name": name,
                "domain": domain,
                "class_ids": cls.class_device.ids,
                "responsible": "user",
                "user_id": cls.cmdb_manager.id,
                **vals,
            }
        )

    @classmethod
    def _used(cls, name, item_class=None, **vals):
        return cls._ci(name, item_class, stage_id=cls.stages["in_use"].id, **vals)

    def _findings(self, rule=None, **domain):
        found = self.env["itsm.ci.finding"].search(
            [("rule_id", "=", (rule or self.rule).id)]
        )
        return found.filtered_domain([(k, "=", v) for k, v in domain.items()])

    def _shipped(self, name):
        return self.env.ref(f"itsm_cmdb.audit_rule_{name}")


class TestAuditRun(AuditCase):
    def test_open_close_reopen(self):
        bad = self._used("bad")
        good = self._used("good", owner_id=self.employee_engineer.id)
        self.rule._run()
        finding = self._findings()
        self.assertEqual(finding.ci_id, bad)
        self.assertEqual(finding.state, "open")
        self.assertEqual(finding.user_id, self.cmdb_manager)
        self.assertEqual(finding.company_id, self.company)
        self.assertEqual(finding.class_id, self.class_server)
        self.assertEqual(
            finding.due_date, fields.Date.today() + timedelta(days=self.rule.days)
        )
        self.assertEqual(self.rule.open_count, 1)
        # Run again: nothing is doubled.
        self.rule._run()
        self.assertEqual(len(self._findings()), 1)
        bad.owner_id = self.employee_engineer
        self.rule._run()
        self.assertEqual(finding.state, "fixed")
        self.assertTrue(finding.fixed_at)
        (bad | good).owner_id = False
        self.rule._run()
        self.assertEqual(finding.state, "open")
        self.assertEqual(finding.times_found, 2)
        self.assertFalse(finding.fixed_at)
        self.assertEqual(self._findings().ci_id, bad | good)

    def test_subclasses_and_company(self):
        other = self._class("test_other", lifecycle_id=self.lifecycle.id)
        here = self._used("here")
        self._used("other class", other)
        abroad = self._used("abroad", company_id=self.branch.id)
        self.rule._run()
        self.assertEqual(self._findings().ci_id, here | abroad)
        self.rule.company_id = self.company
        self.rule._run()
        self.assertEqual(self._findings(state="open").ci_id, here)

    def test_domain_with_attributes_and_relative_dates(self):
        small = self._used("small", attributes={"memory_gb": 4})
        self._used("large", attributes={"memory_gb": 64})
        rule = self._rule("Little memory", "[('attributes.memory_gb', '<', 8)]")
        rule._run()
        self.assertEqual(self._findings(rule).ci_id, small)
        old = self._used("old", warranty_end=fields.Date.today() - timedelta(days=40))
        self._used("new", warranty_end=fields.Date.today() - timedelta(days=3))
        rule = self._rule("Warranty", "[('warranty_end', '<', 'today -1m')]")
        rule._run()
        self.assertEqual(self._findings(rule).ci_id, old)

    def test_bad_condition_is_refused(self):
        for domain in (
            "[('nothing', '=', 1)]",
            "[(",
            "__import__('os').getcwd()",
            "[('owner_id', 'magic', 1)]",
        ):
            with self.subTest(domain=domain), self.assertRaises(ValidationError):
                self._rule("Bad", domain)

    def test_a_rule_that_fails_stops_no_other(self):
        self._used("bad")
        broken = self._rule("Broken")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE itsm_ci_audit_rule SET domain = %s WHERE id = %s",
            ["[('gone_field', '=', 1)]", broken.id],
        )
        self.env.invalidate_all()
        with self.assertLogs("odoo.addons.itsm_cmdb", "WARNING"):
            (broken | self.rule).action_run()
        self.assertTrue(broken.last_error)
        self.assertFalse(self.rule.last_error)
        self.assertTrue(self._findings())

    def test_cron_runs_what_has_waited(self):
        self._used("bad")
        self.shipped._write_system({"last_run": False})
        commits = []

        def commit(_cron, processed=0, remaining=None, **_other):
            commits.append(remaining)
            return True

        with patch.object(IrCron, "_commit_progress", commit):
            self.env["itsm.ci.audit.rule"]._cron_audit()
        self.assertEqual(commits, list(range(len(commits)))[::-1])
        self.assertGreater(len(commits), 10)
        self.assertTrue(self._findings())
        self.assertFalse(self.shipped.filtered("last_error").mapped("last_error"))
        self.assertTrue(self.env["itsm.ci.score"].search_count([]))

    def test_responsible_is_the_owner(self):
        rule = self._rule("Any", "[]", responsible="owner")
        item = self._used("a", owner_id=self.employee_engineer.id)
        # Who has no login of staff cannot put it right; the person of the rule does.
        portal = self._used("b", owner_id=self.employee_portal.id)
        none = self._used("c")
        rule._run()
        responsible = {f.ci_id: f.user_id for f in self._findings(rule)}
        self.assertEqual(responsible[item], self.engineer)
        self.assertEqual(responsible[portal], self.cmdb_manager)
        self.assertEqual(responsible[none], self.cmdb_manager)

    def test_activities(self):
        rule = self._rule("To do", "[('owner_id', '=', False)]", with_activity=True)
        item = self._used("a")
        rule._run()
        finding = self._findings(rule)
        self.assertEqual(finding.activity_ids.user_id, self.cmdb_manager)
        self.assertEqual(finding.activity_ids.date_deadline, finding.due_date)
        rule._run()
        self.assertEqual(len(finding.activity_ids), 1)
        item.owner_id = self.employee_engineer
        rule._run()
        self.assertFalse(finding.activity_ids)

    def test_check_again_looks_at_these_only(self):
        one, two = self._used("one"), self._used("two")
        self.rule._run()
        (one | two).owner_id = self.employee_engineer
        finding = self._findings().filtered(lambda f: f.ci_id == one)
        finding.with_user(self.keeper).action_check()
        self.assertEqual(finding.state, "fixed")
        self.assertEqual(self._findings(state="open").ci_id, two)

    def test_query_count_does_not_grow(self):
        counts = []
        for number in (5, 60):
            self.env["itsm.ci"].create(
                [
                    {"name": f"s{number}-{i}", "class_id": self.class_server.id}
                    for i in range(number)
                ]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.rule._run()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(self.rule.open_count, 65)
        self.assertLessEqual(counts[1], counts[0])
        self.assertLessEqual(counts[1], 12)


class TestAuditShipped(AuditCase):
    """The rules that come with the addon find what they say, and nothing else."""

    def _finds(self, name, item_class, bad, good, bad_vals=None):
        rule = self._shipped(name)
        self.assertTrue(rule.domain)
        common = {
            "stage_id": item_class.effective_lifecycle_id.stage_ids.filtered(
                lambda stage: stage.status == "in_use"
            )[:1].id
        }
        bad_item = self._ci("bad", item_class, **{**common, **bad})
        good_item = self._ci("good", item_class, **{**common, **good})
        rule._run()
        found = self._findings(rule, state="open").ci_id
        self.assertIn(bad_item, found)
        self.assertNotIn(good_item, found)
        return bad_item, good_item

    def _stage(self, item_class, status):
        return item_class.effective_lifecycle_id.stage_ids.filtered(
            lambda stage: stage.status == status
        )[:1].id

    def _of(self, code):
        return self.env["itsm.ci.class"].search([("code", "=", code)])

    def test_simple_ones(self):
        owner = {"owner_id": self.employee_engineer.id}
        has = {"custodian_id": self.employee_engineer.id}
        gone = self.employee_colleague
        gone.active = False
        room = self.env["itsm.location"].create({"name": "Room"})
        yesterday = fields.Date.today() - timedelta(days=1)
        for name, code, bad, good in (
            ("server_owner", "server", {}, owner),
            ("pc_custodian", "laptop", {}, has),
            ("custodian_left", "laptop", {"custodian_id": gone.id}, has),
            ("no_location", "desktop", {}, {"location_id": room.id}),
            ("no_serial", "printer", {"serial_number": ""}, {"serial_number": "S1"}),
            (
                "warranty",
                "server",
                {"criticality": "1", "warranty_end": yesterday},
                {"criticality": "3", "warranty_end": yesterday},
            ),
            (
                "not_verified",
                "server",
                {"verified_at": fields.Datetime.now() - timedelta(days=400)},
                {"verified_at": fields.Datetime.now() - timedelta(days=300)},
            ),
        ):
            with self.subTest(rule=name):
                self._finds(name, self._of(code), bad, good)

    def test_no_relation(self):
        server = self._of("server")
        lone = self._ci("lone", server, stage_id=self._stage(server, "in_use"))
        one = self._ci("one", server, stage_id=self._stage(server, "in_use"))
        two = self._ci("two", server, stage_id=self._stage(server, "in_use"))
        relation = self._relate(one, "test_needs", two)
        rule = self._shipped("no_relation")
        rule._run()
        found = self._findings(rule, state="open").ci_id
        self.assertIn(lone, found)
        self.assertFalse(found & (one | two))
        relation.active = False
        rule._run()
        self.assertLessEqual(one | two, self._findings(rule, state="open").ci_id)

    def test_service_without_items(self):
        service = self._of("business_service")
        server = self._used("server")
        bare, carried = self._ci("bare", service), self._ci("carried", service)
        stage = self._stage(service, "in_use")
        (bare | carried).write({"stage_id": stage})
        self._relate(carried, "test_needs", server)
        rule = self._shipped("service_items")
        rule._run()
        found = self._findings(rule, state="open").ci_id
        self.assertIn(bare, found)
        self.assertNotIn(carried, found)

    def test_retired_with_open_tickets(self):
        server = self._of("server")
        retired = self._stage(server, "retired")
        waiting, done, bare = (
            self._ci(name, server, stage_id=retired) for name in ("w", "d", "b")
        )
        for item, state in ((waiting, "in_progress"), (done, "closed")):
            self.env["itsm.ticket.ci"].create(
                {"ticket_id": self._in_state(state).id, "ci_id": item.id}
            )
        rule = self._shipped("ended_tickets")
        rule._run()
        found = self._findings(rule, state="open").ci_id
        self.assertIn(waiting, found)
        self.assertFalse(found & (done | bare))


class TestFindingRights(AuditCase):
    def test_what_people_may_write(self):
        self._used("bad")
        self.rule._run()
        finding = self._findings().with_user(self.keeper)
        finding.note = "Asked the ward."
        finding.user_id = self.keeper
        for vals in ({"state": "fixed"}, {"due_date": "2099-01-01", "rule_id": 1}):
            with self.assertRaises(AccessError):
                finding.write(vals)
        with self.assertRaises(UserError):
            finding.action_fixed()
        with self.assertRaises(AccessError):
            finding.with_user(self.agent).write({"note": "x"})
        with self.assertRaises(AccessError):
            self.rule.with_user(self.keeper).action_run()
        with self.assertRaises(AccessError):
            self.rule.with_user(self.keeper).write({"days": 1})

    def test_accepted_until(self):
        self._used("bad")
        self.rule._run()
        finding = self._findings()
        until = fields.Date.today() + timedelta(days=5)
        Wizard = self.env["itsm.ci.finding.acceptance"]
        vals = {"finding_ids": finding.ids, "reason": "Goes next week", "until": until}
        with self.assertRaises(AccessError):
            Wizard.with_user(self.keeper).create(vals).action_accept()
        Wizard.with_user(self.cmdb_manager).create(vals).action_accept()
        self.assertEqual(finding.state, "accepted")
        self.assertEqual(finding.accepted_by_id, self.cmdb_manager)
        self.rule._run()
        self.assertEqual(finding.state, "accepted")
        finding.accepted_until = fields.Date.today() - timedelta(days=1)
        self.rule._run()
        self.assertEqual(finding.state, "open")
        with self.assertRaises(UserError):
            finding._accept("  ", None)

    def test_responsible_without_role_sees_own_only(self):
        one, _two = self._used("one"), self._used("two")
        self.rule._run()
        mine = self._findings().filtered(lambda f: f.ci_id == one)
        mine.user_id = self.requester
        Finding = self.env["itsm.ci.finding"].with_user(self.requester)
        self.env.invalidate_all()
        self.assertEqual(Finding.search([]), mine)
        self.assertEqual(mine.with_user(self.requester).ci_name, one.display_name)
        with self.assertRaises(AccessError):
            mine.with_user(self.requester).note = "x"

    def test_other_company_and_hidden_class(self):
        self._used("bad")
        self.rule._run()
        finding = self._findings()
        Finding = self.env["itsm.ci.finding"]
        self.assertNotIn(finding, Finding.with_user(self.outsider).search([]))
        self.assertIn(finding, Finding.with_user(self.keeper).search([]))
        self.class_server.group_ids = self.env.ref("base.group_system")
        self.assertNotIn(finding, Finding.with_user(self.keeper).search([]))
