from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import CheckViolation, UniqueViolation

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_cron import IrCron

from ..models.itsm_ci_expiry_notice import EXPIRED
from .life_common import LifeCase


@tagged("post_install", "-at_install")
class TestContractsExpiry(LifeCase):
    """Contracts by their dates, the expiry board, and who is told once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.today()
        cls.Contract = cls.env["itsm.ci.contract"]
        cls.Expiry = cls.env["itsm.ci.expiry"]
        cls.Notice = cls.env["itsm.ci.expiry.notice"]
        # What other data of the database has on the board is told of already.
        cls._run_job()
        cls._seen_mails = cls.env["mail.mail"].search([])

    @classmethod
    def _run_job(cls):
        with patch.object(IrCron, "_commit_progress", lambda *_args, **_kwargs: True):
            cls.Notice._cron_tell()

    @classmethod
    def _in(cls, days):
        return cls.today + timedelta(days=days)

    def _contract(self, end, **vals):
        return self.Contract.create(
            {
                "name": f"Contract {end}",
                "company_id": self.company.id,
                "end_date": self._in(end),
                **vals,
            }
        )

    def _rows(self, **vals):
        self.env.flush_all()
        self.Expiry.invalidate_model()
        return self.Expiry.search([(key, "=", value) for key, value in vals.items()])

    def _tell(self):
        self.env.flush_all()
        self.Expiry.invalidate_model()
        self._run_job()
        self.env.flush_all()

    def _mails(self):
        return self.env["mail.mail"].search([]) - self._seen_mails

    # ------------------------------------------------------------------
    # Contracts
    # ------------------------------------------------------------------

    def test_states_follow_the_dates(self):
        cases = {
            "planned": self._contract(30, start_date=self._in(5)),
            "running": self._contract(30, start_date=self._in(-5)),
            "notice": self._contract(30, notice_date=self._in(0)),
            "expired": self._contract(-1),
            "ended": self._contract(30, ended_date=self._in(-1)),
        }
        everything = self.Contract.browse([contract.id for contract in cases.values()])
        for state, contract in cases.items():
            with self.subTest(state=state):
                self.assertEqual(contract.state, state)
                found = self.Contract.search(
                    [("state", "=", state), ("id", "in", everything.ids)]
                )
                self.assertEqual(found, contract)

    def test_wrong_dates(self):
        with self.assertRaises(ValidationError):
            self._contract(10, notice_date=self._in(20))
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(CheckViolation),
            self.env.cr.savepoint(),
        ):
            self._contract(10, start_date=self._in(20))

    def test_item_and_contract_of_one_company(self):
        contract = self._contract(10)
        self.laptop.contract_id = contract
        self.assertEqual(contract.ci_count, 1)
        foreign = self._ci("Foreign", self.class_laptop, company_id=self.branch.id)
        with self.assertRaises(ValidationError):
            foreign.contract_id = contract
        with self.assertRaises(ValidationError):
            contract.company_id = self.branch

    def test_contract_is_part_of_the_history(self):
        contract = self._contract(10)
        self.laptop.with_user(self.keeper).contract_id = contract
        keys = {key for one in self.laptop.revision_ids for key in one.changes or {}}
        self.assertIn("contract_id", keys)

    def test_value_is_not_for_agents(self):
        contract = self._contract(10, value=5000)
        with self.assertRaises(AccessError):
            contract.with_user(self.agent).read(["value"])
        self.assertEqual(contract.with_user(self.keeper).value, 5000)

    # ------------------------------------------------------------------
    # The board
    # ------------------------------------------------------------------

    def test_buckets(self):
        for days, bucket in [
            (-1, "expired"),
            (0, "30"),
            (30, "30"),
            (31, "60"),
            (60, "60"),
            (61, "90"),
            (90, "90"),
            (91, "later"),
        ]:
            contract = self._contract(days)
            row = self._rows(contract_id=contract.id)
            with self.subTest(days=days):
                self.assertEqual(row.bucket, bucket)
                self.assertEqual(row.days_left, days)

    def test_warranty_of_what_is_still_there(self):
        self.laptop.warranty_end = self._in(10)
        row = self._rows(ci_id=self.laptop.id)
        self.assertEqual((row.kind, row.date), ("warranty", self._in(10)))
        self.laptop.stage_id = self.stages["retired"]
        self.assertFalse(self._rows(ci_id=self.laptop.id))

    def test_attribute_of_a_class_above(self):
        attribute = self.class_server._attributes_by_key()["installed_on"]
        attribute.is_expiry = True
        deep = self._class("test_deep", self.class_server)
        item = self._ci("Licence", deep, attributes={"installed_on": str(self._in(5))})
        row = self._rows(ci_id=item.id)
        self.assertEqual(row.date, self._in(5))
        self.assertEqual(row.attribute_id, attribute)
        self.assertEqual(row.label, attribute.name)
        self.assertFalse(self._rows(ci_id=self.laptop.id))

    def test_value_that_is_no_date_does_not_break_the_board(self):
        attribute = self.class_server._attributes_by_key()["installed_on"]
        attribute.is_expiry = True
        items = self._ci("One") | self._ci("Two") | self._ci("Three")
        self.env.flush_all()
        for item, value in zip(
            items, ("soon", "2026-02-31", "9999-99-99"), strict=True
        ):
            self.env.cr.execute(
                "UPDATE itsm_ci SET attributes = jsonb_build_object("
                "'installed_on', %s::text) WHERE id = %s",
                (value, item.id),
            )
        items.invalidate_recordset()
        found = self.Expiry.search([("ci_id", "in", items.ids)])
        self.assertEqual(found.ci_id, items[1])

    def test_loan_and_notice_period(self):
        event = self._event(
            "loan",
            self.laptop,
            custodian_id=self.employee_portal.id,
            due_date=self._in(2),
        )
        self.assertFalse(self._rows(event_id=event.id))
        event.action_begin()
        row = self._rows(event_id=event.id)
        self.assertEqual((row.kind, row.owner_id), ("loan", self.employee_portal))
        contract = self._contract(300, notice_date=self._in(20))
        kinds = self._rows(contract_id=contract.id).mapped("kind")
        self.assertEqual(set(kinds), {"contract", "notice"})

    def test_ids_do_not_clash(self):
        self.laptop.warranty_end = self._in(1)
        self._contract(1, notice_date=self._in(0))
        self.env.flush_all()
        rows = self.Expiry.search([])
        self.assertEqual(len(set(rows.ids)), len(rows))
        self.assertEqual(len(set(rows.mapped("source"))), len(rows))

    def test_board_keeps_companies_and_classes_apart(self):
        self.laptop.warranty_end = self._in(1)
        self.env.flush_all()
        self.assertTrue(
            self.Expiry.with_user(self.agent).search([("ci_id", "=", self.laptop.id)])
        )
        self.assertFalse(
            self.Expiry.with_user(self.outsider).search(
                [("ci_id", "=", self.laptop.id)]
            )
        )
        self.class_laptop.group_ids = self.env.ref("itsm_cmdb.group_cmdb_manager")
        self.assertFalse(
            self.Expiry.with_user(self.agent).search([("ci_id", "=", self.laptop.id)])
        )

    def test_remaining_in_words(self):
        """No row says how long it is by a negative number, or by a bare one."""
        words = {
            days: self._rows(contract_id=self._contract(days).id).remaining
            for days in (-518, -1, 0, 1, 12)
        }
        self.assertEqual(len(set(words.values())), 5)
        self.assertTrue(all(words.values()))
        self.assertIn("518", words[-518])
        self.assertNotIn("-", words[-518])
        self.assertIn("12", words[12])

    def test_loan_names_its_items_to_who_may_see_them(self):
        event = self._event(
            "loan",
            self.laptop,
            custodian_id=self.employee_portal.id,
            due_date=self._in(2),
        )
        event.action_begin()
        row = self._rows(event_id=event.id)
        self.assertIn(self.laptop.name, row.title)
        self.assertIn(event.number, row.title)
        self.assertIn(self.laptop.name, row._digest()[0]["name"])
        self.class_laptop.group_ids = self.env.ref("itsm_cmdb.group_cmdb_manager")
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertNotIn(self.laptop.name, row.with_user(self.agent).title)

    def test_open_from_the_board(self):
        contract = self._contract(5)
        action = self._rows(contract_id=contract.id).action_open()
        self.assertEqual(action["res_model"], "itsm.ci.contract")
        self.assertEqual(action["res_id"], contract.id)

    # ------------------------------------------------------------------
    # Who is told
    # ------------------------------------------------------------------

    def test_owner_gets_one_mail_for_each_threshold(self):
        first = self._contract(25, owner_id=self.employee_requester.id)
        second = self._contract(29, owner_id=self.employee_requester.id)
        third = self._contract(55, owner_id=self.employee_requester.id)
        self._contract(200, owner_id=self.employee_requester.id)
        self._tell()
        mails = self._mails()
        self.assertEqual(len(mails), 2)
        self.assertEqual(mails.recipient_ids, self.requester.partner_id)
        near = mails.filtered(lambda mail: first.name in mail.body_html)
        self.assertIn(second.name, near.body_html)
        self.assertNotIn(third.name, near.body_html)

    def test_told_once(self):
        contract = self._contract(25, owner_id=self.employee_requester.id)
        self._tell()
        self._tell()
        self.assertEqual(len(self._mails()), 1)
        contract.end_date = self._in(24)
        self._tell()
        self.assertEqual(len(self._mails()), 2)

    def test_each_threshold_in_its_time(self):
        contract = self._contract(100, owner_id=self.employee_requester.id)
        told = []
        for days in (100, 89, 75, 60, 45, 30, 1, 0, -1, -20):
            threshold = self.Notice._threshold("contract", days)
            told.append(threshold)
        self.assertEqual(told, [None, 90, 90, 60, 60, 30, 30, 30, EXPIRED, EXPIRED])
        self.assertTrue(contract)

    def test_thresholds_are_a_setting(self):
        params = self.env["ir.config_parameter"]
        params.set_param("itsm_cmdb.expiry_days", "10; 200,nonsense")
        self.assertEqual(self.Notice._thresholds("warranty"), [200, 10])
        params.set_param("itsm_cmdb.expiry_days", "")
        self.assertEqual(self.Notice._thresholds("warranty"), [90, 60, 30])
        self.assertEqual(self.Notice._thresholds("loan"), [3])

    def test_thresholds_of_loans_are_a_setting_of_their_own(self):
        params = self.env["ir.config_parameter"]
        params.set_param("itsm_cmdb.loan_days", "7,1")
        for kind in ("loan", "repair"):
            self.assertEqual(self.Notice._thresholds(kind), [7, 1])
        self.assertEqual(self.Notice._threshold("loan", 5), 7)
        self.assertIsNone(self.Notice._threshold("loan", 8))
        self.assertEqual(self.Notice._thresholds("warranty"), [90, 60, 30])

    def test_two_jobs_at_once_tell_once(self):
        contract = self._contract(25, owner_id=self.employee_requester.id)
        self.env.flush_all()
        row = self._rows(contract_id=contract.id)
        self.assertEqual(self.Notice._note(self.employee_requester, 30, row), row)
        self.assertFalse(self.Notice._note(self.employee_requester, 30, row))
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(
                "INSERT INTO itsm_ci_expiry_notice (source, kind, date, threshold)"
                " SELECT source, kind, date, threshold FROM itsm_ci_expiry_notice"
                " WHERE source = %s",
                (row.source,),
            )

    def test_owner_without_mail_becomes_the_managers_activity(self):
        self.employee_requester.user_id = False
        self.employee_requester.work_contact_id = False
        contract = self._contract(25, owner_id=self.employee_requester.id)
        unowned = self._contract(25)
        self._tell()
        self.assertNotIn(self.requester.partner_id, self._mails().recipient_ids)
        for one in (contract, unowned):
            with self.subTest(contract=one.name):
                activity = one.activity_ids
                self.assertEqual(len(activity), 1)
                self.assertTrue(
                    activity.user_id.has_group("itsm_cmdb.group_cmdb_manager")
                )
                self.assertIn(one.name, activity.note)
        self._tell()
        self.assertEqual(len(contract.activity_ids), 1)

    def test_unread_of_hundreds_is_one_mail(self):
        for index in range(105):
            self._contract(20, name=f"Many {index:03}", owner_id=self.employee_head.id)
        self._tell()
        mail = self._mails()
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.body_html.count("<tr"), 100)
