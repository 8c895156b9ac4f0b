import base64

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

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
        self.assertTrue(sheet.may_lead)
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
        self.assertEqual({line["name"] for line in answer["pending"]}, {"C", "D"})

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
