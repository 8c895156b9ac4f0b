from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger

from .test_stocktake import StocktakeCase


class TestStocktakeReview(StocktakeCase):
    def setUp(self):
        super().setUp()
        self._start()
        self._scan(self.a.code)
        self._scan(self.c.code, self.room1)
        self._scan(self.outside.code, self.room1)
        self.unknown = self._scan("NEW-1", self.room2)["line_id"]
        self._scan("JUNK", self.room2)
        self.sheet.with_user(self.engineer).action_review()
        self.lines = self.sheet.line_ids.with_user(self.engineer)

    def _decide(self):
        unknown = self.lines.filtered(lambda line: line.result == "unknown")
        new = unknown.filtered(lambda line: line.code_read == "NEW-1")
        new.write(
            {
                "decision": "create",
                "new_name": "Found",
                "new_class_id": self.class_server.id,
            }
        )
        (unknown - new).write({"decision": "ignore", "decision_reason": "a toy"})

    def _sign(self, user=None):
        self.sheet.with_user(user or self.cmdb_manager).action_sign_off()
        self.env.invalidate_all()

    def test_proposals(self):
        missing = self._line(self.b) | self._line(self.d)
        self.assertEqual(set(missing.mapped("result")), {"missing"})
        self.assertEqual(set(missing.mapped("decision")), {"missing"})
        self.assertEqual(self._line(self.c).decision, "place")
        self.assertEqual(self.sheet.undecided_count, 2)

    def test_signed_off(self):
        self._decide()
        self._sign()
        self.assertEqual(self.sheet.state, "signed")
        self.assertEqual(self.sheet.signed_by_id, self.cmdb_manager)
        self.assertEqual(self.c.location_id, self.room1)
        self.assertEqual(self.outside.location_id, self.room1)
        self.assertEqual(self.b.status, "missing")
        self.assertEqual(self.a.location_id, self.room1)
        self.assertTrue(self.a.verified_at)
        self.assertTrue(self.c.verified_at)
        self.assertFalse(self.d.verified_at and self.d.status == "in_use")
        created = self.sheet.line_ids.created_ci_id
        self.assertEqual(created.name, "Found")
        self.assertEqual(created.asset_code, "NEW-1")
        self.assertEqual(created.location_id, self.room2)
        source = self.env["itsm.ci.source"].search([("code", "=", "stocktake")])
        revision = self.c.revision_ids[0]
        self.assertEqual(revision.source_id, source)
        self.assertEqual(revision.res_model, "itsm.ci.stocktake")
        self.assertEqual(revision.res_id, self.sheet.id)
        self.assertEqual(revision.user_id, self.cmdb_manager)
        self.assertEqual(self.a.provenance["location_id"][0], source.id or False)
        # Nobody alters it any more.
        with self.assertRaises(UserError):
            self.sheet.with_user(self.cmdb_manager).name = "x"
        with self.assertRaises(UserError):
            self.lines[0].note = "x"
        html = self.env["ir.qweb"]._render(
            "itsm_cmdb.report_stocktake",
            {"docs": self.sheet, "doc_ids": self.sheet.ids, "company": self.company},
        )
        for text in ("Spring", "NEW-1", self.cmdb_manager.name, "a toy"):
            self.assertIn(text, str(html))

    def test_undecided_is_not_signed(self):
        with self.assertRaises(UserError):
            self._sign()
        self.lines.filtered(lambda line: line.result == "unknown").write(
            {"decision": "ignore"}
        )
        with self.assertRaises(UserError):
            self._sign()

    def test_who_signs(self):
        self._decide()
        with self.assertRaises(AccessError):
            self._sign(self.engineer)
        self.sheet.counter_ids |= self.cmdb_manager
        with self.assertRaises(AccessError):
            self._sign()
        self.sheet.counter_ids -= self.cmdb_manager
        # Who scanned once counted, whatever the list says now.
        self._line(self.a).sudo().seen_by_id = self.cmdb_manager
        with self.assertRaises(AccessError):
            self._sign()

    def test_who_counted_what_they_may_not_see_any_more_does_not_sign(self):
        self._decide()
        self._line(self.a).sudo().seen_by_id = self.cmdb_manager
        self.env["ir.rule"].create(
            {
                "name": "Nothing that was seen",
                "model_id": self.env["ir.model"]._get_id("itsm.ci.stocktake.line"),
                "domain_force": "[('seen_by_id', '!=', user.id)]",
            }
        )
        with self.assertRaises(AccessError):
            self._sign()

    def test_all_or_nothing(self):
        self._decide()
        Item = type(self.env["itsm.ci"])
        with (
            patch.object(Item, "create", side_effect=UserError("full")),
            self.assertRaises(UserError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self._sign()
        self.env.invalidate_all()
        self.assertEqual(self.sheet.state, "review")
        self.assertEqual(self.c.location_id, self.room2)
        self.assertEqual(self.b.status, "in_use")

    def test_class_that_cannot_be_missing(self):
        self._decide()
        self.stages["missing"].unlink()
        with self.assertRaises(UserError):
            self._sign()

    def test_count_on(self):
        self.sheet.with_user(self.engineer).action_count_on()
        self.assertEqual(self._line(self.b).result, "pending")
        self.assertEqual(self._scan("SER-2")["kind"], "expected")
        self.assertEqual(self._line(self.c).result, "moved")

    def test_decisions_fit(self):
        with self.assertRaises(UserError):
            self._line(self.b).with_user(self.engineer).decision = "place"
        with self.assertRaises(UserError):
            self._line(self.a).with_user(self.engineer).decision = "missing"
        with self.assertRaises(AccessError):
            self._line(self.b).with_user(self.keeper).decision = "ignore"

    def test_ignored_stays(self):
        self._decide()
        self._line(self.c).with_user(self.engineer).write(
            {"decision": "ignore", "decision_reason": "lent for a day"}
        )
        self._sign()
        self.assertEqual(self.c.location_id, self.room2)

    def test_found_again(self):
        self._decide()
        self.c.stage_id = self.stages["missing"]
        self._sign()
        self.assertEqual(self.c.status, "in_stock")
        self.assertEqual(self.c.location_id, self.room1)

    def test_other_company(self):
        Sheet = self.env["itsm.ci.stocktake"].with_user(self.outsider)
        self.assertNotIn(self.sheet, Sheet.search([]))
        Line = self.env["itsm.ci.stocktake.line"].with_user(self.outsider)
        self.assertFalse(Line.search([("stocktake_id", "=", self.sheet.id)]))

    def test_cancel(self):
        self.sheet.with_user(self.engineer).action_cancel()
        self.assertEqual(self.c.location_id, self.room2)
        with self.assertRaises(UserError):
            self._sign()
