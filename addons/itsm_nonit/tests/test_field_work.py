from datetime import datetime
from itertools import product

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .field_work_common import DAWN, NOON, FieldWorkCase, picture

DONE = {"outcome": "done", "note": "New washer.", "code": "solved"}
AGAIN = {"outcome": "again", "note": "The valve is missing.", "code": ""}


@tagged("post_install", "-at_install")
class TestFieldWork(FieldWorkCase):
    """Start, pause, photos, parts, signature and end of work in the field."""

    def test_whole_visit(self):
        """A leaking pipe: begun, interrupted, pictured, repaired, signed, solved."""
        with freeze_time(NOON):
            self._do(self.leak, "start", "2026-03-02 09:00:00")
            self._do(self.leak, "pause", "2026-03-02 09:20:00")
            self._do(self.leak, "resume", "2026-03-02 10:00:00")
            for kind in ("before", "after"):
                values = {"kind": kind, "data": picture("JPEG")}
                self._do(self.leak, "photo", "2026-03-02 10:05:00", values=values)
            values = {"product_id": self.washer.id, "quantity": 2}
            self._do(self.leak, "part", "2026-03-02 10:06:00", values=values)
            values = {"name": "Ria Requester", "data": picture()}
            self._do(self.leak, "sign", "2026-03-02 10:09:00", values=values)
            answer = self._do(self.leak, "finish", "2026-03-02 10:10:00", values=DONE)
        visit = self._visits()
        self.assertEqual(visit.state, "done")
        self.assertEqual(visit.user_id, self.technician)
        self.assertEqual(visit.team_id, self.team_other)
        self.assertEqual(visit.location_id, self.place)
        self.assertEqual(len(visit.spell_ids), 2)
        self.assertEqual(visit.minutes, 30)
        self.assertEqual(visit.started_at, datetime(2026, 3, 2, 9))
        self.assertEqual(visit.ended_at, datetime(2026, 3, 2, 10, 10))
        self.assertEqual(visit.photo_ids.mapped("kind"), ["before", "after"])
        self.assertTrue(visit.photo_ids[0].image_256)
        self.assertEqual((visit.parts_cost, visit.labour_cost), (5, 30))
        self.assertEqual(visit.signed_by, "Ria Requester")
        self.assertEqual(visit.signed_at, datetime(2026, 3, 2, 10, 9))
        self.assertTrue(visit.signature)
        self.assertEqual(self.leak.state, "resolved")
        self.assertEqual(self.leak.user_id, self.technician)
        self.assertEqual(self.leak.resolution, "New washer.")
        self.assertEqual(self.leak.resolution_code_id.code, "solved")
        self.assertIn("/itsm/rate/", answer["finished"]["url"])
        self.assertFalse(answer["job"][0]["visit"])
        self.assertNotIn("Pipe leaks", self._day())

    def test_requester_rates_after_the_visit(self):
        """What the address at the end leads to: the ticket waits for a rating."""
        self._do(self.leak, "start")
        self._do(self.leak, "finish", values=DONE)
        ticket = self.leak.with_user(self.requester)
        self.assertTrue(ticket._portal_may_rate())
        ticket._portal_rate({"grade": "5", "comment": "Quick and clean."})
        self.assertEqual(self.leak.rating_ids.feedback, "Quick and clean.")

    def test_the_desk_reads_of_the_visit(self):
        """An internal note: the requester reads nothing of minutes and parts."""
        self._do(self.leak, "start")
        self._do(self.leak, "finish", values=DONE)
        self._flush_tracking()
        notes = self.leak.message_ids.filtered(
            lambda message: self.technician.name in (message.body or "")
        )
        self.assertEqual(len(notes), 1)
        self.assertTrue(notes.subtype_id.internal)
        seen = notes.with_user(self.requester)._filtered_access("read")
        self.assertFalse(seen)

    def test_task_is_done_with_its_checklist(self):
        """The task begins and ends with the work; required lines are asked for."""
        task = self._task(check_ids=[Command.create({"name": "Water is off"})])
        self._do(task, "start")
        self.assertEqual((task.state, task.user_id), ("doing", self.technician))
        with self.assertRaises(UserError):
            self._do(task, "finish", values={"outcome": "done"})
        self.assertEqual(self._visits(task).state, "working")
        values = {"check_id": task.check_ids.id, "done": True}
        self._do(task, "check", values=values)
        self.assertEqual(task.check_ids.done_by_id, self.technician)
        self._do(task, "finish", values={"outcome": "done"})
        self.assertEqual(task.state, "done")
        self.assertEqual(self._visits(task).ticket_id, self.leak)
        self.assertIn(self.leak.state, ("new", "in_progress"))

    def test_last_task_can_end_the_ticket(self):
        """A resolution code says that the ticket is solved with its last task."""
        first, last = self._task(), self._task(name="Repair")
        self.assertFalse(self._day()["Repair"]["resolves"])
        for task in (first, last):
            self._do(task, "start")
            values = DONE if task == last else {"outcome": "done"}
            self._do(task, "finish", values=values)
            if task == first:
                self.assertTrue(self._day()["Repair"]["resolves"])
        self.assertEqual(self.leak.state, "resolved")

    def test_somebody_has_to_come_again(self):
        """The visit ends, the work stays; the next one is another visit."""
        self._do(self.leak, "start")
        with self.assertRaises(UserError):
            self._do(self.leak, "finish", values={**AGAIN, "note": " "})
        self._do(self.leak, "finish", values=AGAIN)
        self.assertEqual(self.leak.state, "in_progress")
        self.assertIn("Pipe leaks", self._day())
        self._do(self.leak, "start")
        visits = self._visits()
        self.assertEqual(visits.mapped("state"), ["done", "working"])
        self.assertEqual(visits[0].outcome, "again")

    def test_nobody_works_in_two_places(self):
        """What begins pauses what went on."""
        other = self._leak(name="Lamp flickers")
        with freeze_time(NOON):
            self._do(self.leak, "start", "2026-03-02 09:00:00")
            self._do(other, "start", "2026-03-02 09:30:00")
        self.assertEqual(self._visits().state, "paused")
        self.assertEqual(self._visits().minutes, 30)
        self.assertEqual(self._visits(other).state, "working")

    def test_planned_visit_is_used(self):
        """What a dispatcher planned is what the technician begins."""
        planned = (
            self.env["itsm.visit"]
            .with_user(self.mate)
            .create(
                {
                    "ticket_id": self.leak.id,
                    "user_id": self.technician.id,
                    "planned_start": NOON,
                }
            )
        )
        self.assertEqual(self._day()["Pipe leaks"]["visit"]["planned_start"], NOON)
        self._do(self.leak, "start")
        self.assertEqual(self._visits(), planned)
        self.assertEqual(planned.state, "working")

    def test_pausing_twice_is_no_fault(self):
        """The state is what was wanted already."""
        self._do(self.leak, "start")
        for verb in ("pause", "pause", "resume", "resume", "start"):
            self._do(self.leak, verb)
        self.assertEqual(self._visits().state, "working")
        self.assertEqual(len(self._visits().spell_ids), 2)

    def test_pending_ticket_goes_on(self):
        """Who begins to work on what waited ends the waiting."""
        self.leak.set_pending("requester")
        self._do(self.leak, "start")
        self.assertEqual(self.leak.state, "in_progress")

    def test_parts_are_counted_once(self):
        """The last word on a product holds; none takes it off."""
        self._do(self.leak, "start")
        part = {"product_id": self.washer.id}
        self._do(self.leak, "part", values={**part, "quantity": 1})
        self._do(self.leak, "part", values={**part, "quantity": 3})
        visit = self._visits()
        self.assertEqual(visit.part_ids.mapped("quantity"), [3])
        self.washer.standard_price = 9
        self.assertEqual(visit.parts_cost, 7.5)
        self._do(self.leak, "part", values={**part, "quantity": 0})
        self.assertFalse(visit.part_ids)
        self.assertFalse(visit.parts_cost)

    def test_what_was_signed_stays(self):
        """No part is added after the signature, and nobody signs again."""
        self._do(self.leak, "start")
        signature = {"name": "Ria", "data": picture()}
        self._do(self.leak, "sign", values=signature)
        with self.assertRaises(UserError):
            self._do(self.leak, "sign", values={**signature, "name": "Eve"})
        with self.assertRaises(UserError):
            values = {"product_id": self.washer.id, "quantity": 1}
            self._do(self.leak, "part", values=values)
        self.assertEqual(self._visits().signed_by, "Ria")

    def test_only_pictures_are_kept(self):
        """Pages and programs are no photos, however they are called."""
        self._do(self.leak, "start")
        for data in ("no base64!", "PHN2Zz48L3N2Zz4=", "TVqQAAMAAAAEAAAA", "iVBORw0K"):
            with self.subTest(data=data), self.assertRaises(UserError):
                self._do(self.leak, "photo", values={"kind": "after", "data": data})
        self.assertFalse(self._visits().photo_ids)

    def test_products_are_found(self):
        """By a part of the name; what was used often comes first without a network."""
        Visit = self._as(self.technician)["itsm.visit"]
        names = [row["name"] for row in Visit.field_products("zirconia wash")]
        self.assertEqual(names, ["Zirconia washer"])
        self._do(self.leak, "start")
        values = {"product_id": self.washer.id, "quantity": 1}
        self._do(self.leak, "part", values=values)
        day = self._as(self.technician)["itsm.visit"].field_day()
        self.assertEqual(day["products"][0]["id"], self.washer.id)

    def test_phone_shows_what_one_must_know(self):
        """Place with directions, person with number, and who has it."""
        self._task(due_at=NOON)
        task = self._day()["Close the valve"]
        self.assertEqual(task["place"], {"id": self.place.id, "name": "Kitchen"})
        self.assertEqual(task["directions"], self.place.note)
        self.assertEqual(task["person"], self.requester.name)
        self.assertEqual(task["phone"], self.leak.phone)
        self.assertEqual(task["due"], NOON)
        self.assertFalse(task["mine"])
        self.assertNotIn("Pipe leaks", self._day())

    def test_day_of_a_colleague(self):
        """What somebody else took is not offered, nor what is of other teams."""
        self.leak.user_id = self.mate
        self.assertNotIn("Pipe leaks", self._day())
        self.assertIn("Pipe leaks", self._day(self.mate))
        self.assertFalse(self._day(self.agent))


@tagged("post_install", "-at_install")
class TestFieldEntries(FieldWorkCase):
    """Entries come late, twice, by a wrong clock, and when all has changed."""

    def _send(self, entry, user=None):
        answer = self._as(user or self.technician)["itsm.visit"].field_do(entry)
        self.env.invalidate_all()
        return answer

    def test_sent_twice(self):
        """The second time changes nothing, and gets an answer all the same."""
        part = {"product_id": self.washer.id, "quantity": 1}
        photo = {"kind": "after", "data": picture()}
        for verb, values in (("start", {}), ("photo", photo), ("part", part)):
            entry = self._entry(self.leak, verb, values=values)
            first = self._send(entry)
            self.assertEqual(self._send(entry), first)
        visit = self._visits()
        self.assertEqual(len(visit.photo_ids), 1)
        self.assertEqual(len(visit.spell_ids), 1)
        self.assertEqual(len(visit.step_ids), 3)

    def test_finish_sent_twice(self):
        """Also when the ticket was reopened in between."""
        self._do(self.leak, "start")
        entry = self._entry(self.leak, "finish", values=DONE)
        self.assertTrue(self._send(entry)["finished"]["url"])
        self.leak.reopen("It drips again.")
        self.assertTrue(self._send(entry)["finished"]["url"])
        self.assertEqual(self.leak.state, "in_progress")

    def test_key_of_somebody_else(self):
        """A key shows nobody else's work, and a replay shows no other ticket."""
        entry = self._entry(self.leak, "start")
        self._send(entry)
        with self.assertRaises(AccessError):
            self._send(entry, self.mate)
        secret = self._create_ticket(name="Secret of the IT desk")
        answer = self._send({**entry, "ticket_id": secret.id})
        self.assertEqual(answer["job"][0]["title"], "Pipe leaks")

    def test_late_entries_keep_their_time(self):
        """Also by a wrong clock: how long ago counts, and order is kept."""
        with freeze_time(NOON):
            self._do(self.leak, "start", "2026-03-02 08:00:00")
            # Before the start: the phone's clock was set back meanwhile.
            self._do(self.leak, "pause", "2026-03-02 07:00:00")
        visit = self._visits()
        self.assertEqual(visit.started_at, datetime(2026, 3, 2, 8))
        self.assertEqual(visit.minutes, 0)
        steps = visit.step_ids
        self.assertEqual(steps[0].done_at, datetime(2026, 3, 2, 8))
        self.assertEqual(steps[0].received_at, datetime(2026, 3, 2, 12))

    def test_work_was_given_to_others(self):
        """The start is refused with a name; it can be recorded all the same."""
        self.leak.user_id = self.mate
        with self.assertRaisesRegex(UserError, self.mate.name):
            self._do(self.leak, "start")
        self.assertFalse(self._visits())
        self._do(self.leak, "start", forced=True)
        self._do(self.leak, "finish", values=DONE, forced=True)
        visit = self._visits()
        self.assertEqual(visit.state, "done")
        self.assertEqual(set(visit.step_ids.mapped("is_forced")), {True})
        self.assertEqual(self.leak.user_id, self.mate)
        self.assertNotEqual(self.leak.state, "resolved")

    def test_task_of_somebody_else(self):
        """A task that a colleague began is not taken out of their hands."""
        task = self._task(user_id=self.mate.id)
        with self.assertRaisesRegex(UserError, self.mate.name):
            self._do(task, "start")

    def test_ended_meanwhile(self):
        """What was cancelled at the desk is refused, and the visit stays to end it."""
        self._do(self.leak, "start")
        self.leak.cancel("Not needed.")
        with self.assertRaises(UserError):
            self._do(self.leak, "finish", values=DONE)
        self.assertEqual(self._visits().state, "working")
        self.assertIn("Pipe leaks", self._day())
        self._do(self.leak, "finish", values=DONE, forced=True)
        self.assertEqual(self._visits().state, "done")
        self.assertEqual(self.leak.state, "cancelled")

    def test_right_was_lost_meanwhile(self):
        """Who left the team ends their visit, but not the ticket."""
        self._do(self.leak, "start")
        self.team_other.member_ids -= self.technician
        with self.assertRaises(AccessError):
            self._do(self.leak, "finish", values=DONE)
        self._do(self.leak, "finish", values=DONE, forced=True)
        self.assertEqual(self._visits().state, "done")

    def test_refused_entry_leaves_no_trace(self):
        """A key of what was refused is free: the entry can be sent again."""
        entry = self._entry(self.leak, "pause")
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self._send(entry)
        self._do(self.leak, "start")
        self._send(entry)
        self.assertEqual(self._visits().state, "paused")

    def test_unreadable_entries(self):
        """Nothing is done, and a sentence says why."""
        entry = self._entry(self.leak, "start")
        for broken in (None, [], {}, {**entry, "verb": "unlink"}, {**entry, "key": 1}):
            with self.subTest(entry=broken), self.assertRaises(UserError):
                self._send(broken)
        self.assertFalse(self._visits())

    def test_work_that_is_gone(self):
        """A ticket that was deleted meanwhile."""
        entry = self._entry(self.leak, "start")
        self._flush_tracking()
        self.leak.unlink()
        with self.assertRaises(UserError):
            self._send(entry)


@tagged("post_install", "-at_install")
class TestFieldRights(FieldWorkCase):
    """Desks and companies apart; facts are set by nobody's hand."""

    def test_other_desks_stay_out(self):
        """No visit for work that one has no part in, forced or not, by any door."""
        others = (self.agent, self.foreigner, self.auditor, self.requester)
        for user, forced in product(others, (False, True)):
            refused = self.assertRaises(AccessError)
            with self.subTest(user=user.name, forced=forced), refused:
                self._do(self.leak, "start", user=user, forced=forced)
        with self.assertRaises(AccessError):
            self.env["itsm.visit"].with_user(self.agent).create(
                {"ticket_id": self.leak.id, "user_id": self.agent.id}
            )
        self.assertFalse(self._visits())

    def test_visits_of_other_desks(self):
        """The desk reads its visits with all that belongs to them; others do not."""
        self._do(self.leak, "start")
        values = {"kind": "after", "data": picture()}
        self._do(self.leak, "photo", values=values)
        visit = self._visits()
        for records in (visit, visit.photo_ids, visit.spell_ids, visit.step_ids):
            for role, readable in (
                ("mate", True),
                ("auditor", True),
                ("admin", True),
                ("agent", False),
                ("foreigner", False),
            ):
                user = getattr(self, role)
                with self.subTest(model=records._name, role=role):
                    found = records.with_user(user)._filtered_access("read")
                    self.assertEqual(bool(found), readable)
        for user in (self.requester, self.portal):
            self.assertFalse(visit.with_user(user).has_access("read"))

    def test_facts_are_not_written(self):
        """Not by the technician, a leader or the administrator; not at creation."""
        self._do(self.leak, "start")
        visit = self._visits()
        facts = {
            "state": "done",
            "signed_by": "Ria",
            "spell_ids": [Command.clear()],
            "labour_cost": 1,
            "note": "x",
        }
        for user in (self.technician, self.admin):
            for name, value in facts.items():
                with self.subTest(user=user.name, field=name):
                    with self.assertRaises(AccessError):
                        visit.with_user(user).write({name: value})
                    with self.assertRaises(AccessError):
                        self.env["itsm.visit"].with_user(user).create(
                            {"ticket_id": self.leak.id, name: value}
                        )
        with self.assertRaises(AccessError):
            visit.spell_ids.with_user(self.technician).end = NOON

    def test_begun_visits_stay(self):
        """Neither given to another, nor moved, nor deleted, nor cancelled."""
        self._do(self.leak, "start")
        visit = self._visits().with_user(self.admin)
        other = self._leak()
        for vals in ({"user_id": self.mate.id}, {"ticket_id": other.id}):
            with self.assertRaises(UserError):
                visit.write(vals)
        for verb in (visit.unlink, visit.action_cancel):
            with self.assertRaises(UserError):
                verb()

    def test_planned_visits_change(self):
        """A dispatcher moves, gives away and gives up what has not begun."""
        visit = (
            self.env["itsm.visit"]
            .with_user(self.mate)
            .create({"ticket_id": self.leak.id, "user_id": self.technician.id})
        )
        visit.write({"user_id": self.mate.id, "planned_start": DAWN})
        visit.action_cancel()
        self.assertEqual(visit.state, "cancelled")
        with self.assertRaises(UserError):
            visit.action_cancel()

    def test_costs_are_for_leaders(self):
        """What an hour costs says what people earn."""
        self.team_other.leader_id = self.leader
        for user, shown in ((self.technician, False), (self.leader, True)):
            for model, name in (
                ("itsm.team", "hourly_cost"),
                ("itsm.visit", "labour_cost"),
            ):
                names = self.env[model].with_user(user).fields_get()
                with self.subTest(user=user.name, field=name):
                    self.assertEqual(name in names, shown)

    def test_number_of_visits_on_the_ticket(self):
        """Cancelled ones are not counted."""
        plan = {"ticket_id": self.leak.id}
        visits = self.env["itsm.visit"].create([plan, plan])
        visits[0].action_cancel()
        self.assertEqual(self.leak.with_user(self.mate).visit_count, 1)

    def test_reading_a_day_takes_as_many_queries_for_many(self):
        """Ten times the work, and no query more for each."""

        def count():
            env = self._as(self.technician)
            before = self.env.cr.sql_log_count
            env["itsm.visit"].field_day()
            return self.env.cr.sql_log_count - before

        for _number in range(2):
            self._task(self._leak())
        count()
        few = count()
        for _number in range(20):
            self._task(self._leak())
        self.assertLessEqual(count(), few + 5)
