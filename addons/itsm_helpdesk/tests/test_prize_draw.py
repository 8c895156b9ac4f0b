import hashlib
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form

from .common import ItsmCase
from .prize_common import AFTER, DURING, DrawSetup


class TestPrizeDraw(DrawSetup, ItsmCase):
    def test_anybody_can_repeat_it(self):
        """From what the record shows alone, with plain SHA-256."""
        draw = self._drawn()
        self.assertEqual(
            hashlib.sha256(draw.seed_secret.encode()).hexdigest(), draw.seed_hash
        )
        entries = draw.entry_ids
        lots = sorted(
            (hashlib.sha256(f"{draw.seed}\n{e.key}".encode()).hexdigest(), e.key)
            for e in entries
        )
        self.assertEqual([(e.digest, e.key) for e in entries], lots)
        self.assertEqual(entries[:3], draw.winner_ids)
        self.assertEqual(entries[:3].mapped("prize_id.name"), ["Bicycle", "Voucher"])
        keys = "\n".join(sorted(entries.mapped("key")))
        self.assertEqual(hashlib.sha256(keys.encode()).hexdigest(), draw.list_digest)
        self.assertEqual((draw.entry_count, draw.person_count), (6, 6))

    def test_secret_is_nobodys_before(self):
        with freeze_time(DURING):
            self.draw.announce()
        self.assertTrue(self.draw.seed_hash)
        self.assertFalse(self.draw.seed_secret)
        self.assertFalse(self.draw.seed)
        for user in (self.manager, self.admin):
            mine = self._as(user)["itsm.prize.draw"].browse(self.draw.id)
            with self.subTest(user=user.name):
                with self.assertRaises(AccessError):
                    mine.read(["secret"])
                with self.assertRaises(AccessError):
                    mine.search([("secret", "like", "a")])
                with self.assertRaises(AccessError):
                    mine.write({"secret": "mine"})

    def test_seeds_differ(self):
        with freeze_time(DURING):
            other = self._make_draw(date_from="2026-07-01", date_to="2026-09-30")
            (self.draw | other).announce()
        self.assertNotEqual(self.draw.seed_hash, other.seed_hash)

    def test_public_number_is_part_of_the_seed(self):
        self.draw.write({"use_public_value": True, "public_source": "Lottery, 1 July"})
        with freeze_time(AFTER):
            self.draw.announce()
            with self.assertRaises(UserError):
                self.draw.action_draw()
            self.draw.public_value = " 4 8  15 "
            self.draw.action_draw()
        self.assertEqual(self.draw.seed, f"{self.draw.seed_secret}/4 8 15")
        with self.assertRaises(UserError):
            self.draw.public_value = "other"

    def test_public_number_is_not_known_before(self):
        self.draw.write(
            {"use_public_value": True, "public_source": "Lottery", "public_value": "1"}
        )
        with freeze_time(DURING), self.assertRaises(UserError):
            self.draw.announce()

    def test_announced_before_the_end(self):
        with freeze_time(AFTER), self.assertRaises(UserError):
            self.draw.announce()

    def test_not_before_the_end(self):
        with freeze_time(DURING):
            self.draw.announce()
            with self.assertRaises(UserError):
                self.draw.action_draw()

    def test_last_day_counts_in_the_zone(self):
        self.draw.tz = "Asia/Shanghai"
        late = self.env["res.partner"].create({"name": "Late"})
        early = self.env["res.partner"].create({"name": "Early"})
        self._rated(early, at="2026-06-30 15:59:59")
        self._rated(late, at="2026-06-30 16:00:00")
        people = self._taking_part()
        self.assertIn(early, people)
        self.assertNotIn(late, people)

    def test_one_entry_for_each_person(self):
        for _n in range(3):
            self._rated(self.people[0])
        self.assertEqual(len(self._drawn().entry_ids), 6)

    def test_one_entry_for_each_rating(self):
        for _n in range(3):
            self._rated(self.people[0])
        self.draw.write({"entry_mode": "rating", "max_entries": 3})
        draw = self._drawn()
        self.assertEqual(len(draw.entry_ids), 8)
        self.assertEqual(len(draw.winner_ids.partner_id), 3, "nobody wins twice")

    def test_grade_makes_no_difference(self):
        grumpy = self.env["res.partner"].create({"name": "Grumpy"})
        self._rated(grumpy, grade=1)
        self.assertIn(grumpy, self._taking_part())

    def test_who_does_not_take_part(self):
        asked = self.env["res.partner"].create({"name": "Only asked"})
        self._rated(asked).consumed = False
        other_desk = self.env["res.partner"].create({"name": "Other desk"})
        self._rated(other_desk, desk_id=self.desk_other.id)
        early = self.env["res.partner"].create({"name": "Too early"})
        self._rated(early, at="2026-03-31 23:59:59")
        self.draw.excluded_ids = self.people[0]
        for user in (self.agent, self.leader, self.manager):
            self._rated(user.partner_id)
        self.assertEqual(self._taking_part(), set(self.people[1:]))

    def test_all_desks(self):
        other_desk = self.env["res.partner"].create({"name": "Other desk"})
        self._rated(other_desk, desk_id=self.desk_other.id)
        self._rated(self.stranger.partner_id)
        branch = self.env["res.partner"].create({"name": "Branch"})
        self._rated(branch, desk_id=self.desk_branch.id)
        draw = self.draw.with_user(self.admin)
        draw.desk_ids = False
        self.assertEqual(self._taking_part(draw), {*self.people, other_desk})

    def test_desks_own_people_where_allowed(self):
        self._rated(self.agent.partner_id)
        self.draw.allow_desk_team = True
        self.assertIn(self.agent.partner_id, self._taking_part())

    def test_departments_with_those_below(self):
        below = self.env["hr.department"].create(
            {"name": "X-ray", "parent_id": self.department.id}
        )
        for person, department in ((0, self.department), (1, below)):
            self._make_employee(self.people[person].user_ids, department)
        self._make_employee(
            self.people[2].user_ids, self.env["hr.department"].create({"name": "Other"})
        )
        self.draw.department_ids = self.department
        self.assertEqual(self._taking_part(), set(self.people[:2]))

    def test_more_prizes_than_people(self):
        self.draw.prize_ids[0].quantity = 50
        self.assertEqual(len(self._drawn().winner_ids), 6)

    def test_nobody_takes_part(self):
        self.env["rating.rating"].search([]).consumed = False
        with freeze_time(DURING):
            self.draw.announce()
        with freeze_time(AFTER), self.assertRaises(UserError):
            self.draw.action_draw()
        self.assertEqual(self.draw.state, "announced")

    def test_terms_stay_as_announced(self):
        with freeze_time(DURING):
            self.draw.announce()
        prize = self.draw.prize_ids[0]
        for name, call in {
            "period": lambda: self.draw.write({"date_to": "2026-05-31"}),
            "people": lambda: self.draw.write({"excluded_ids": self.people[0].ids}),
            "prizes": lambda: self.draw.write({"prize_ids": [(5,)]}),
            "prize": lambda: prize.write({"quantity": 9}),
            "new prize": lambda: prize.create({"name": "Car", "draw_id": self.draw.id}),
            "no prize": prize.unlink,
            "delete": self.draw.unlink,
            "again": self.draw.announce,
        }.items():
            with self.subTest(call=name), self.assertRaises(UserError):
                call()

    def test_record_is_kept(self):
        draw = self._drawn()
        entry = draw.entry_ids[0]
        with freeze_time(AFTER):
            for name, call in {
                "again": draw.action_draw,
                "cancel": lambda: draw.cancel("I do not like it"),
                "state": lambda: draw.write({"state": "announced"}),
                "seed": lambda: draw.write({"seed": "mine"}),
                "winner": lambda: entry.write({"partner_id": self.people[0].id}),
                "prize": lambda: entry.write({"prize_id": False}),
                "entry": lambda: entry.create({"draw_id": draw.id, "key": "x"}),
                "delete": draw.unlink,
                "delete entry": entry.unlink,
            }.items():
                with self.subTest(call=name), self.assertRaises(UserError):
                    call()
        entry.handed_over_at = "2026-07-10"

    def test_one_draw_for_each_rating(self):
        """Who could draw twice would draw until it suits."""
        self._drawn()
        again = self._make_draw(date_from="2026-06-01", date_to="2026-08-31")
        with freeze_time(AFTER), self.assertRaises(ValidationError):
            again.announce()
        elsewhere = self._make_draw(
            desk_ids=self._make_desk("two", "Two", manager_ids=self.manager.ids).ids,
            date_to="2026-08-31",
        )
        with freeze_time(AFTER):
            elsewhere.announce()

    def test_called_off_with_a_reason(self):
        with freeze_time(DURING):
            self.draw.announce()
            with self.assertRaises(UserError):
                self.draw.cancel(" ")
            wizard = self.env["itsm.prize.draw.cancel"].with_user(self.manager)
            wizard.create(
                {"draw_id": self.draw.id, "reason": "No prizes"}
            ).action_cancel()
        self.assertEqual(self.draw.state, "cancelled")
        self.assertIn("No prizes", self.draw.message_ids[0].body)

    def test_nothing_to_win(self):
        self.draw.prize_ids = False
        with freeze_time(DURING), self.assertRaises(UserError):
            self.draw.announce()

    def test_winners_are_told_once(self):
        draw = self._drawn()
        winners = draw.winner_ids.partner_id
        with freeze_time(AFTER):
            draw.tell()
            with self.assertRaises(UserError):
                draw.tell()
        mails = self.env["mail.mail"].search(
            [("model", "=", "itsm.prize.entry"), ("res_id", "in", draw.entry_ids.ids)]
        )
        self.assertEqual(mails.recipient_ids, winners)
        self.assertEqual(len(mails), 3)
        self.assertTrue(all(draw.winner_ids.mapped("told_at")))

    def test_next_period(self):
        draw = self._drawn()
        copy = self.env["itsm.prize.draw"].browse(draw.action_next()["res_id"])
        self.assertEqual(
            (copy.date_from, copy.date_to, copy.state),
            (
                fields.Date.to_date("2026-07-01"),
                fields.Date.to_date("2026-09-30"),
                "draft",
            ),
        )
        self.assertEqual(copy.prize_ids.mapped("name"), ["Bicycle", "Voucher"])
        self.assertFalse(copy.seed_hash or copy.sudo().secret or copy.entry_ids)
        odd = self._make_draw(date_from="2027-01-05", date_to="2027-01-18")
        after = self.env["itsm.prize.draw"].browse(odd.action_next()["res_id"])
        self.assertEqual(after.date_to - after.date_from, timedelta(days=13))

    def test_record_is_printed(self):
        draw = self._drawn()
        page, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "itsm_helpdesk.report_itsm_prize_draw", draw.ids
        )
        for text in (draw.seed, draw.seed_hash, draw.winner_ids[0].partner_id.name):
            self.assertIn(text, page.decode())

    def test_whose_draws(self):
        theirs = self.env["itsm.prize.draw"].create(
            {"name": "Theirs", "desk_ids": self.desk_other.ids}
        )
        both = self.env["itsm.prize.draw"].create(
            {"name": "Both", "desk_ids": (self.desk | self.desk_other).ids}
        )
        every = self.env["itsm.prize.draw"].create({"name": "All desks"})
        branch = self.env["itsm.prize.draw"].create(
            {"name": "Branch", "company_id": self.branch.id}
        )
        draws = self.draw | theirs | both | every | branch
        for role, readable, writable in (
            ("agent", "", ""),
            ("leader", "Spring draw,Both", ""),
            ("manager", "Spring draw,Both", "Spring draw"),
            ("auditor", "Spring draw,Theirs,Both,All desks", ""),
            (
                "admin",
                "Spring draw,Theirs,Both,All desks",
                "Spring draw,Theirs,Both,All desks",
            ),
        ):
            mine = self._as(getattr(self, role))["itsm.prize.draw"].browse(draws.ids)
            for operation, expected in (("read", readable), ("write", writable)):
                with self.subTest(role=role, operation=operation):
                    allowed = mine._filtered_access(operation).sudo().mapped("name")
                    self.assertEqual(
                        set(allowed), set(filter(None, expected.split(",")))
                    )

    def test_leader_draws_nothing(self):
        for verb in ("announce", "action_draw", "tell"):
            with self.subTest(verb=verb), self.assertRaises(AccessError):
                getattr(self.draw.with_user(self.leader), verb)()

    def test_a_manager_begins_with_own_desks(self):
        Draw = self.env["itsm.prize.draw"]
        form = Form(Draw.with_user(self.manager))
        self.assertEqual(form.desk_ids[:], self.desk)
        form.name = "Mine"
        self.assertEqual(form.save().desk_ids, self.desk)
        self.assertFalse(Form(Draw.with_user(self.admin)).desk_ids[:])

    def test_a_manager_is_told_what_to_choose(self):
        draws = self._as(self.manager)["itsm.prize.draw"]
        mine = draws.browse(self.draw.id)
        for desks in ([], self.desk_other.ids, (self.desk | self.desk_other).ids):
            with self.subTest(desks=desks):
                with self.assertRaises(AccessError) as made:
                    self._make_draw(name="Mine", desk_ids=desks)
                self.assertIn("“Mine”: only administrators", str(made.exception))
                with self.assertRaises(AccessError) as moved:
                    mine.desk_ids = [Command.set(desks)]
                self.assertIn("“Spring draw”", str(moved.exception))
                self.assertEqual(mine.desk_ids, self.desk)
        mine.desk_ids = [Command.set(self.desk.ids)]
