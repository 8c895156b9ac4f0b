import base64
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CmdbCase

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
    "awAAAABJRU5ErkJggg=="
)


@tagged("-at_install", "post_install")
class StocktakeCase(CmdbCase):
    """A building with two rooms, a rack in the first, and five things in it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.house = cls._place("House", "building")
        cls.room1 = cls._place("Room 1", "room", cls.house, code="H-R1")
        cls.room2 = cls._place("Room 2", "room", cls.house, code="H-R2")
        cls.rack = cls._place("Rack", "rack", cls.room1)
        cls.elsewhere = cls._place("Elsewhere", "room")
        cls.a = cls._thing("A", cls.room1, asset_code="AST-1")
        cls.b = cls._thing("B", cls.rack, serial_number="SER-2")
        cls.c = cls._thing("C", cls.room2)
        cls.d = cls._thing("D", cls.room2)
        cls.outside = cls._thing("Outside", cls.elsewhere)
        cls.sheet = cls.env["itsm.ci.stocktake"].create(
            {
                "name": "Spring",
                "company_id": cls.company.id,
                "location_ids": cls.house.ids,
                "class_ids": cls.class_device.ids,
                "leader_ids": cls.engineer.ids,
                "counter_ids": cls.keeper.ids,
            }
        )
        cls.env.flush_all()
        # Only the printing of labels makes tokens; this one is known to the tests.
        cls.env.cr.execute(
            "UPDATE itsm_ci SET token = 'Tok-en_of-C' WHERE id = %s", [cls.c.id]
        )
        cls.env.invalidate_all()

    @classmethod
    def _place(cls, name, kind, parent=None, **vals):
        return cls.env["itsm.location"].create(
            {"name": name, "kind": kind, "parent_id": parent and parent.id, **vals}
        )

    @classmethod
    def _thing(cls, name, place, status="in_use", **vals):
        return cls._ci(
            name, location_id=place.id, stage_id=cls.stages[status].id, **vals
        )

    def _start(self):
        self.sheet.with_user(self.engineer).action_start()
        return self.sheet.with_user(self.keeper)

    def _scan(self, text, room=None, user=None, **options):
        counter = self.sheet.with_user(user or self.keeper)
        answer = counter.scan(text, (room or self.room1).id, **options)
        self.env.invalidate_all()
        return answer

    def _line(self, item):
        return self.sheet.line_ids.filtered(lambda line: line.ci_id == item)


class TestStocktakeStart(StocktakeCase):
    def test_expected_is_frozen(self):
        self._thing("Gone", self.room1, "disposed")
        self._thing("Branch", self.room1, company_id=self.branch.id)
        self._start()
        self.assertEqual(self.sheet.line_ids.ci_id, self.a | self.b | self.c | self.d)
        self.assertEqual(self.sheet.state, "counting")
        self.d.location_id = self.elsewhere
        line = self._line(self.d)
        self.assertEqual(line.expected_location_id, self.room2)
        self.assertTrue(line.is_changed_since)
        self.assertEqual(self.sheet.expected_count, 4)

    def test_scope_by_department_and_class(self):
        ward = self.env["hr.department"].create(
            {"name": "Ward", "parent_id": self.department.id}
        )
        self.a.department_id = ward
        self.sheet.department_ids = self.department
        self._start()
        self.assertEqual(self.sheet.line_ids.ci_id, self.a)

    def test_nothing_expected(self):
        self.sheet.location_ids = self._place("Empty", "room")
        with self.assertRaises(UserError):
            self._start()

    def test_only_leaders_start(self):
        with self.assertRaises(AccessError):
            self.sheet.with_user(self.keeper).action_start()
        with self.assertRaises(AccessError):
            self.sheet.with_user(self.agent).action_start()
        with self.assertRaises(ValidationError):
            self.sheet.counter_ids = self.agent

    def test_not_by_hand(self):
        sheet = self._start()
        with self.assertRaises(AccessError):
            sheet.write({"state": "signed"})
        with self.assertRaises(UserError):
            sheet.write({"class_ids": False})
        with self.assertRaises(AccessError):
            sheet.line_ids[0].write({"result": "seen"})
        with self.assertRaises(UserError):
            self.sheet.unlink()
        made = self.env["itsm.ci.stocktake"].with_user(self.keeper)
        self.assertEqual(
            made.create({"name": "x", "state": "signed"}).state, "draft"
        )

    def test_query_count(self):
        self.env["itsm.ci"].create(
            [
                {
                    "name": f"n{number}",
                    "class_id": self.class_server.id,
                    "company_id": self.company.id,
                    "location_id": self.room1.id,
                    "stage_id": self.stages["in_use"].id,
                }
                for number in range(2000)
            ]
        )
        self.env.flush_all()
        self.env.invalidate_all()
        sheet = self.sheet.with_user(self.engineer)
        sheet.may_lead
        before = self.env.cr.sql_log_count
        sheet.action_start()
        self.assertLess(self.env.cr.sql_log_count - before, 25)
        self.assertEqual(self.sheet.expected_count, 2004)
        self._scan("H-R1")
        before = self.env.cr.sql_log_count
        self.assertEqual(self._scan("AST-1")["kind"], "expected")
        self.assertLess(self.env.cr.sql_log_count - before, 30)


class TestStocktakeScan(StocktakeCase):
    def setUp(self):
        super().setUp()
        self._start()

    def test_all_ways_to_name_an_item(self):
        for item, texts in {
            self.a: [self.a.code, self.a.code.lower(), " ast-1 "],
            self.b: ["SER-2"],
            self.c: [
                "https://desk.example.com/ci/Tok-en_of-C",
                "http://x/zh_CN/ci/Tok-en_of-C?a=1",
                "/ci/Tok-en_of-C",
            ],
        }.items():
            for text in texts:
                answer = self._scan(text, item.location_id)
                with self.subTest(text=text):
                    self.assertEqual(answer["item"]["id"], item.id)
                    self.assertIn(answer["kind"], ("expected", "already"))

    def test_expected_in_a_rack_of_the_room(self):
        answer = self._scan("SER-2", self.room1)
        self.assertEqual(answer["kind"], "expected")
        self.assertEqual((answer["done"], answer["total"]), (1, 4))
        self.assertEqual((answer["room_done"], answer["room_total"]), (1, 2))
        self.assertEqual(self._line(self.b).seen_by_id, self.keeper)

    def test_moved(self):
        answer = self._scan(self.c.code, self.room1)
        self.assertEqual(answer["kind"], "moved")
        self.assertIn("Room 2", answer["from"])
        answer = self._scan(self.outside.code, self.room1)
        self.assertEqual(answer["kind"], "moved")
        self.assertFalse(answer["was_expected"])
        self.assertEqual(answer["extra"], 1)
        # Nothing is written to items before it is signed off.
        self.assertEqual(self.c.location_id, self.room2)

    def test_unknown_once(self):
        self.assertEqual(self._scan("NOBODY-KNOWS")["kind"], "unknown")
        again = self._scan("NOBODY-KNOWS", user=self.engineer)
        self.assertEqual(again["kind"], "already")
        self.assertEqual(again["by"], self.keeper.name)
        self.assertEqual(self.sheet.unknown_count, 1)
        self.assertEqual(self._scan("/ci/wrong-token")["kind"], "unknown")

    def test_second_counter_is_told_who_was_first(self):
        self._scan(self.a.code)
        again = self._scan(self.a.code, self.room2, user=self.engineer)
        self.assertEqual(again["kind"], "already")
        self.assertEqual(again["by"], self.keeper.name)
        self.assertEqual(self._line(self.a).seen_by_id, self.keeper)
        here = self._scan(self.a.code, self.room2, user=self.engineer, again=True)
        self.assertEqual(here["kind"], "moved")
        self.assertEqual(self._line(self.a).seen_by_id, self.engineer)
        self.assertEqual(len(self._line(self.a)), 1)

    def test_room_by_its_label(self):
        answer = self._scan("h-r2", self.room1)
        self.assertEqual(answer["kind"], "room")
        self.assertEqual(answer["room"]["id"], self.room2.id)
        self.assertEqual(
            {line["name"] for line in answer["pending"]}, {"C", "D"}
        )

    def test_room_comes_first(self):
        counter = self.sheet.with_user(self.keeper)
        for room in (False, 2**31 - 1, "1 OR 1=1", True):
            with self.subTest(room=room), self.assertRaises(UserError):
                counter.scan(self.a.code, room)
        self.assertEqual(counter.scan("H-R1")["kind"], "room")
        self.assertIn(self.room1.id, [r["id"] for r in counter.find_rooms("room 1")])
        self.assertIn(self.room1.id, [r["id"] for r in counter.find_rooms("H-R1")])
        self.assertEqual(len(counter.scan_state()["rooms"]), 3)

    def test_same_serial_number_twice(self):
        twin = self._thing("Twin", self.room2, serial_number="SER-2")
        answer = self._scan("SER-2", self.room2)
        self.assertEqual(answer["kind"], "choose")
        self.assertEqual({i["id"] for i in answer["items"]}, {self.b.id, twin.id})
        answer = self._scan("SER-2", self.room2, item_id=twin.id)
        self.assertEqual(answer["item"]["id"], twin.id)
        # An item that the text does not mean is not taken.
        answer = self._scan("SER-2", self.room2, item_id=self.a.id)
        self.assertEqual(answer["kind"], "choose")

    def test_undo(self):
        taken = self._scan(self.a.code)
        extra = self._scan("NOBODY-KNOWS")
        for user, error in ((self.engineer, UserError), (self.outsider, AccessError)):
            with self.assertRaises(error):
                self.sheet.with_user(user).undo_scan(taken["line_id"])
        counter = self.sheet.with_user(self.keeper)
        counter.undo_scan(extra["line_id"])
        left = counter.undo_scan(taken["line_id"], self.room1.id)
        self.assertEqual((left["done"], left["extra"]), (0, 0))
        self.assertEqual(self._line(self.a).result, "pending")
        self.assertEqual(self._scan(self.a.code)["kind"], "expected")

    def test_note_and_photo(self):
        line_id = self._scan("NOBODY-KNOWS")["line_id"]
        counter = self.sheet.with_user(self.keeper)
        counter.note_scan(line_id, "no label", PIXEL)
        line = self.sheet.line_ids.browse(line_id)
        self.assertEqual(line.note, "no label")
        self.assertTrue(line.image)
        for photo in ("x" * 12_000_000, base64.b64encode(b"<svg/>").decode(), 5):
            with self.assertRaises(UserError):
                counter.note_scan(line_id, None, photo)

    def test_who_may_count(self):
        for user in (self.agent, self.cmdb_manager):
            with self.assertRaises(AccessError):
                self._scan(self.a.code, user=user)
        with self.assertRaises(AccessError):
            self._scan(self.a.code, user=self.outsider)
        self.sheet.with_user(self.engineer).action_review()
        with self.assertRaises(UserError):
            self._scan(self.a.code)

    def test_hostile_texts(self):
        for text in ("", "   ", None, 5, "\x00"):
            with self.subTest(text=text), self.assertRaises(UserError):
                self._scan(text)
        self.assertEqual(self._scan("'; DROP TABLE itsm_ci; --")["kind"], "unknown")
        self.assertEqual(self._scan("%")["kind"], "unknown")
        self.assertEqual(self._scan("x" * 5000)["kind"], "unknown")

    def test_item_of_another_company_is_unknown(self):
        foreign = self._thing("Foreign", self.room1, company_id=self.branch.id)
        self.assertEqual(self._scan(foreign.code)["kind"], "unknown")


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
