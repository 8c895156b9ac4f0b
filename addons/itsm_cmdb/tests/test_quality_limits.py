from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command

from .test_audit import AuditCase
from .test_stocktake import StocktakeCase


class TestAuditLimits(AuditCase):
    """Whose a finding is, until when, and what closes it."""

    def test_who_left_is_not_responsible(self):
        rule = self._rule("Any", responsible="owner")
        item = self._used("a", owner_id=self.employee_engineer.id)
        self.employee_engineer.active = False
        rule._run()
        finding = self._findings(rule)
        self.assertEqual((finding.ci_id, finding.user_id), (item, self.cmdb_manager))

    def test_who_becomes_responsible_later_gets_it(self):
        rule = self._rule("Any", responsible="owner", user_id=False)
        item = self._used("a")
        rule._run()
        finding = self._findings(rule)
        self.assertFalse(finding.user_id)
        item.owner_id = self.employee_engineer
        rule._run()
        self.assertEqual(finding.user_id, self.engineer)
        # Who has it keeps it.
        item.owner_id = self.employee_keeper
        rule._run()
        self.assertEqual(finding.user_id, self.engineer)

    def test_found_again_it_has_its_time_again(self):
        item = self._used("a")
        self.rule._run()
        finding = self._findings()
        due = finding.due_date
        item.owner_id = self.employee_engineer
        self.rule._run()
        finding.due_date = due - timedelta(days=100)
        item.owner_id = False
        self.rule._run()
        self.assertEqual((finding.state, finding.due_date), ("open", due))

    def test_only_what_is_open_is_overdue(self):
        self._used("a")
        self.rule._run()
        finding = self._findings()
        finding.due_date = fields.Date.today() - timedelta(days=1)
        self.assertTrue(finding.is_overdue)
        finding._accept("So be it", None)
        self.assertFalse(finding.is_overdue)

    def test_nothing_is_accepted_until_yesterday(self):
        self._used("a")
        self.rule._run()
        today = fields.Date.today()
        with self.assertRaises(UserError):
            self._findings()._accept("Late", today - timedelta(days=1))
        self._findings()._accept("In time", today)
        self.rule._run()
        self.assertEqual(self._findings().state, "accepted")


class TestUnauthorisedLimits(AuditCase):
    """What covers a change, and what puts it right."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._rule(
            "Uncovered",
            kind="changes",
            field_ids=[
                Command.create({"name": name}) for name in ("host_name", "domain_name")
            ],
            watched_from=fields.Datetime.now() - timedelta(days=1),
        )
        cls.item = cls._used("srv", host_name="alpha", domain_name="one")

    def _run(self):
        self.env.flush_all()
        self.rule._run()
        self.env.invalidate_all()
        return self._findings()

    def test_a_part_put_back_leaves_the_rest_open(self):
        self.item.write({"host_name": "beta", "domain_name": "two"})
        finding = self._run()
        self.item.host_name = "alpha"
        self._run()
        self.assertEqual(finding.state, "open")
        self.item.domain_name = "one"
        self._run()
        self.assertEqual(finding.state, "fixed")

    def test_archived_items_were_changed_all_the_same(self):
        self.item.host_name = "beta"
        self.item.active = False
        self.assertEqual(self._run().ci_id, self.item)

    def test_a_kind_of_cover_without_a_record_covers_nothing(self):
        self.item.host_name = "beta"
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE itsm_ci_revision SET res_model = 'itsm.ci.event', res_id = NULL"
            " WHERE ci_id = %s AND kind = 'changed'",
            self.item.ids,
        )
        self.assertEqual(self._run().ci_id, self.item)


class TestStocktakeLimits(StocktakeCase):
    """What a count says nothing of."""

    def test_a_place_that_changed_since_is_not_confirmed(self):
        self._start()
        self._scan(self.a.code)
        self._scan("SER-2")
        self.a.with_user(self.cmdb_manager).location_id = self.elsewhere
        self.sheet.with_user(self.engineer).action_review()
        self.sheet.with_user(self.cmdb_manager).action_sign_off()
        self.env.invalidate_all()
        count = self.env.ref("itsm_cmdb.source_stocktake")
        self.assertEqual(self.b.provenance["location_id"][0], count.id)
        self.assertNotEqual(self.a.provenance["location_id"][0], count.id)
        self.assertEqual(self.a.location_id, self.elsewhere)

    def test_an_archived_item_on_the_shelf_is_known(self):
        self._start()
        self.outside.active = False
        answer = self._scan(self.outside.code)
        self.assertEqual(answer["kind"], "moved")
        self.assertEqual(answer["item"]["id"], self.outside.id)
