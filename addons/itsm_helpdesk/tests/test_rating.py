import re
from datetime import timedelta

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ItsmCase
from .rating_common import RatingMixin

MONDAY, SOON = "2026-03-02 10:00:00", "2026-03-02 11:00:00"


class TestRatingKept(RatingMixin, ItsmCase):
    """What is kept of a rating, and what ends with it."""

    def test_facts_are_those_of_then(self):
        ticket = self._finished()
        reasons = self.env["itsm.rating.reason"]._offered(self.desk)[:2]
        rating = ticket._rate(
            self.person, self._form("5", "Quick", reasons.ids), "mail"
        )
        self.assertEqual(rating.itsm_ticket_id, ticket)
        self.assertEqual(rating.itsm_desk_id, self.desk)
        self.assertEqual(rating.itsm_team_id, self.team1)
        self.assertEqual(rating.itsm_department_id, ticket.department_id)
        self.assertEqual(rating.itsm_way, "mail")
        self.assertEqual(rating.itsm_reason_ids, reasons)
        self.assertEqual(rating.rated_partner_id, self.agent.partner_id)
        self.assertEqual(ticket.rating_decision, "rated")
        ticket._write_system({"team_id": self.team2.id})
        self.assertEqual(rating.itsm_team_id, self.team1)

    def test_reasons_of_other_desks_and_nonsense_are_left_out(self):
        theirs = self.env["itsm.rating.reason"].create(
            {"name": "Clean laundry", "desk_ids": self.desk_other.ids}
        )
        ours = self.env["itsm.rating.reason"].create(
            {"name": "Fast network", "desk_ids": self.desk.ids}
        )
        form = self._form("5", "", [theirs.id, ours.id, "x", "-1", "٣", 10**20])
        rating = self._finished()._rate(self.person, form, "mail")
        self.assertEqual(rating.itsm_reason_ids, ours)

    def test_nobody_rates_their_own_work(self):
        ticket = self._finished(partner_id=self.agent.partner_id.id)
        self.assertFalse(ticket._may_be_rated(self.agent.partner_id))
        with self.assertRaises(UserError):
            ticket._rate(self.agent.partner_id, self._form(), "portal")

    def test_strangers_and_unfinished_work(self):
        ticket = self._finished()
        with self.assertRaises(UserError):
            ticket._rate(self.colleague.partner_id, self._form(), "mail")
        running = self._finished("in_progress")
        for way, allowed in (
            ("mail", False),
            ("qr_desk", False),
            ("portal", False),
            ("work_sheet", True),
            ("qr_badge", True),
        ):
            with self.subTest(way):
                self.assertEqual(running._may_be_rated(self.person, way), allowed)
        for state in ("new", "cancelled"):
            ticket = self._finished(state)
            self.assertFalse(ticket._may_be_rated(self.person, "work_sheet"), state)

    def test_the_first_of_all_keys_ends_the_others(self):
        ticket = self._finished()
        keys = [self._key(ticket, way)[0] for way in ("mail", "work_sheet")]
        other = self._key(self._finished())[0]
        rating = ticket._rate(self.person, self._form("3"), "work_sheet")
        for key in keys:
            self.assertEqual((key.state, key.rating_id), ("used", rating))
        self.assertEqual(other.state, "waiting")

    def test_keys_are_not_in_the_database(self):
        key, token = self._key(self._finished())
        self.assertGreaterEqual(len(token), 32)
        self.env.cr.execute("SELECT row_to_json(k)::text FROM itsm_rating_invitation k")
        self.assertFalse([row for (row,) in self.env.cr.fetchall() if token in row])
        self.assertEqual(self.Key._by_token(token), key)
        for wrong in (
            token[:-1],
            token + "x",
            token.swapcase(),
            "",
            None,
            5,
            "\0" * 32,
        ):
            with self.subTest(repr(wrong)):
                self.assertFalse(self.Key._by_token(wrong))
        with self.assertRaises(AccessError):
            key.with_user(self.manager).read(["token_hash"])

    def test_facts_of_keys_are_set_by_nobody(self):
        key, _token = self._key(self._finished())
        for user in (self.leader, self.manager, self.admin):
            with self.subTest(user.name), self.assertRaises(AccessError):
                key.with_user(user).write({"used_at": False})
        with self.assertRaises(AccessError):
            key.sudo().write({"expires_at": "2099-01-01"})

    def test_unused_codes_are_forgotten_requests_are_not(self):
        ticket = self._finished()
        with freeze_time("2026-01-02 10:00:00"):
            asked = self._key(ticket, days=1)[0]
            printed = self._key(ticket, "work_sheet", days=1)[0]
        fresh = self._key(ticket, "work_sheet")[0]
        self.Key._gc_unused()
        self.assertTrue(asked.exists() and fresh.exists())
        self.assertFalse(printed.exists())


class TestAsking(RatingMixin, ItsmCase):
    """Who is asked by mail, how often, and who is left in peace."""

    def _decision(self, ticket):
        self._ask(ticket)
        return ticket.rating_decision

    def test_asked_by_the_job(self):
        with freeze_time(MONDAY):
            ticket = self._finished()
        self.assertEqual(ticket.rating_due_at, fields.Datetime.to_datetime(MONDAY))
        with freeze_time(SOON):
            self.Ticket._cron_ask_ratings()
        self.assertEqual(ticket.rating_decision, "asked")
        self.assertFalse(ticket.rating_due_at)
        key = self.Key.search([("ticket_id", "=", ticket.id)])
        self.assertEqual(
            (key.partner_id, key.way, key.reminder), (self.person, "mail", 0)
        )
        mail = self._mails_to(self.person)
        self.assertEqual(len(mail), 1)
        links = re.findall(r"/itsm/rate/([\w-]{32})\?grade=(\d)", mail.body_html)
        self.assertEqual([grade for _token, grade in links], list("12345"))
        self.assertEqual(self.Key._by_token(links[0][0]), key)

    def test_moment_of_the_desk(self):
        self.desk.rating_ask = "closed"
        ticket = self._finished()
        self.assertFalse(ticket.rating_due_at)
        ticket.close()
        self.assertTrue(ticket.rating_due_at)
        self.desk.rating_ask = "never"
        self.assertFalse(self._finished().rating_due_at)
        self.desk.write({"rating_ask": "resolved", "rating_delay_hours": 5})
        with freeze_time(MONDAY):
            ticket = self._finished()
        self.assertEqual(
            ticket.rating_due_at,
            fields.Datetime.to_datetime(MONDAY) + timedelta(hours=5),
        )

    def test_reopened_is_not_asked_about(self):
        ticket = self._finished()
        ticket.reopen("Still broken")
        self.assertFalse(ticket.rating_due_at)
        ticket.resolve()
        self.assertTrue(ticket.rating_due_at)

    def test_parts_and_stale_ones_are_not_asked_about(self):
        parent = self._create_ticket()
        part = self._create_ticket(parent_id=parent.id)
        part._write_system({"is_part": True})
        part.resolve("solved", "Done.")
        self.assertFalse(part.rating_due_at)
        old = self._finished()
        old.rating_ids.unlink()
        old._write_system({"rating_due_at": "2026-01-01"})
        self.assertEqual(self._decision(old), "late")

    def test_who_is_left_in_peace(self):
        rated = self._finished()
        rated._rate(self.person, self._form(), "portal")
        rated._write_system({"rating_due_at": fields.Datetime.now()})
        self.assertEqual(self._decision(rated), "rated")
        quiet = self._finished()
        self.person.itsm_rating_quiet = True
        self.assertEqual(self._decision(quiet), "quiet")
        self.person.itsm_rating_quiet = False
        own = self._finished(partner_id=self.agent.partner_id.id)
        self.assertEqual(self._decision(own), "own")
        nobody = self.env["res.partner"].create({"name": "No Mail"})
        ticket = self._finished(partner_id=nobody.id)
        self.assertEqual(self._decision(ticket), "no_mail")
        self.assertFalse(self.Key.search([("ticket_id", "in", (quiet | own).ids)]))

    def test_pause_across_desks_and_within_a_batch(self):
        first, second = self._finished(), self._finished()
        second._write_system({"resolved_at": first.resolved_at + timedelta(minutes=1)})
        self._ask(first, second)
        self.assertEqual(
            (first.rating_decision, second.rating_decision), ("paused", "asked")
        )
        other = self._finished(
            desk_id=self.desk_other.id, team_id=self.team_other.id, user_id=False
        )
        self.assertEqual(self._decision(other), "paused")
        self.desk.rating_pause_days = 0
        self.assertEqual(self._decision(self._finished()), "asked")

    def test_sample(self):
        self.desk.write({"rating_share": 0, "rating_pause_days": 0})
        self.assertEqual(self._decision(self._finished()), "sampled_out")
        self.env["itsm.rating.sample"].create(
            [
                {"desk_id": self.desk.id, "type": "request", "share": 0},
                {"desk_id": self.desk.id, "priority": "1", "share": 100},
            ]
        )
        cases = [
            ({"type": "request", "impact": "1", "urgency": "1"}, "sampled_out"),
            ({"type": "incident", "impact": "1", "urgency": "1"}, "asked"),
            ({"type": "incident", "impact": "3", "urgency": "3"}, "sampled_out"),
        ]
        for vals, expected in cases:
            with self.subTest(vals):
                self.assertEqual(self._decision(self._finished(**vals)), expected)

    def test_numbers_of_the_desk_make_sense(self):
        for vals in (
            {"rating_share": 101},
            {"rating_reminders": 9},
            {"rating_link_days": 0},
            {"rating_followup_hours": 0},
        ):
            with (
                self.subTest(vals),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.cr.savepoint(),
            ):
                self.desk.write(vals)
                self.env.flush_all()

    def test_reminder(self):
        with freeze_time(MONDAY):
            answered, silent = self._finished(), self._finished("resolved")
            self.desk.rating_pause_days = 0
            self._ask(answered, silent, at=MONDAY)
            answered._rate(self.person, self._form(), "portal")

        def reminders(day):
            self.env.flush_all()
            with freeze_time(f"2026-03-{day} 12:00:00"):
                self.Key._remind()
            keys = self.Key.search([("ticket_id", "in", (answered | silent).ids)])
            return keys.filtered("reminder").ticket_id.mapped("id")

        self.assertEqual(reminders("05"), [])
        self.assertEqual(reminders("08"), silent.ids)
        self.assertEqual(reminders("09"), silent.ids)
        self.assertEqual(reminders("20"), silent.ids, "at most one")
        keys = self.Key.search([("ticket_id", "=", silent.id)])
        self.assertEqual(sorted(keys.mapped("reminder")), [0, 1])
        with freeze_time("2026-03-21 12:00:00"):
            silent._rate(self.person, self._form(), "mail")
        self.assertEqual(set(keys.mapped("state")), {"used"})

    def test_quiet_people_are_not_reminded(self):
        with freeze_time(MONDAY):
            ticket = self._finished()
        self._ask(ticket, at=MONDAY)
        self.person.itsm_rating_quiet = True
        with freeze_time("2026-03-08 12:00:00"):
            self.Key._remind()
        self.assertEqual(len(self.Key.search([("ticket_id", "=", ticket.id)])), 1)

    def test_asking_many_takes_few_queries(self):
        people = self.env["res.partner"].create(
            [{"name": f"P{n}", "email": f"p{n}@example.com"} for n in range(40)]
        )
        tickets = self.Ticket.union(
            *(self._finished(partner_id=person.id) for person in people)
        )
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        tickets._rating_decisions()
        self.assertLess(self.cr.sql_log_count - before, 40)


class TestStickersAndSheets(RatingMixin, ItsmCase):
    """Codes that are printed: whose, by whom, and what they hold."""

    def _print(self, user, **vals):
        wizard = self._as(user)["itsm.rating.label.print"].create(vals)
        wizard.action_print()
        return wizard._sheets()

    def test_own_desks_and_colleagues_only(self):
        sheets = self._print(
            self.leader, desk_ids=self.desk.ids, user_ids=self.agent.ids
        )
        first, second = sheets["sheets"][0][0][:2]
        self.assertIn(f"/itsm/rate/desk/{self.desk.token}", first["url"])
        badge = self.env["itsm.rating.badge"].search([("user_id", "=", self.agent.id)])
        self.assertIn(f"/itsm/rate/badge/{badge.token}", second["url"])
        for vals in (
            {"desk_ids": self.desk_other.ids},
            {"user_ids": self.stranger.ids},
        ):
            with self.subTest(vals), self.assertRaises(AccessError):
                self._print(self.leader, **vals)
        with self.assertRaises(AccessError):
            self._print(self.agent, desk_ids=self.desk.ids)

    def test_printing_again_gives_the_same_code_until_it_is_renewed(self):
        def url():
            return self._print(self.manager, user_ids=self.agent.ids)["sheets"][0][0][
                0
            ]["url"]

        before = url()
        self.assertEqual(url(), before)
        badge = self.env["itsm.rating.badge"].search([("user_id", "=", self.agent.id)])
        with self.assertRaises(AccessError):
            badge.with_user(self.agent).action_renew()
        badge.with_user(self.leader).action_renew()
        self.assertNotEqual(url(), before)
        token = before.rsplit("/", 1)[1]
        self.assertFalse(self.env["itsm.rating.badge"]._by_token(token))
        with self.assertRaises(AccessError):
            self.desk.with_user(self.leader).action_renew_rating_code()
        with self.assertRaises(AccessError):
            self.desk.with_user(self.manager).read(["token"])

    def test_work_sheet(self):
        ticket = self._finished("in_progress")
        report = self.env["ir.actions.report"].with_user(self.agent)
        name = "itsm_helpdesk.itsm_work_sheet"
        html = report._render_qweb_html(name, ticket.ids)[0].decode()
        self.assertIn(ticket.number, html)
        self.assertIn("data:image/png;base64,", html)
        key = self.Key.search([("ticket_id", "=", ticket.id)])
        self.assertEqual((key.way, key.partner_id), ("work_sheet", self.person))
        for user in (self.requester, self.portal, self.auditor, self.stranger):
            with self.subTest(user.name), self.assertRaises(AccessError):
                ticket.with_user(user)._work_sheet()
        self.assertEqual(self.Key.search_count([("ticket_id", "=", ticket.id)]), 1)

    def test_the_last_ticket(self):
        Ticket = self.Ticket
        self.assertFalse(Ticket._rating_last(self.person, desk=self.desk))
        older, newer = self._finished(), self._finished(user_id=self.agent2.id)
        older._write_system({"resolved_at": newer.resolved_at - timedelta(hours=1)})
        self._finished("in_progress")
        self._finished(partner_id=self.requester.partner_id.id)
        self.assertEqual(Ticket._rating_last(self.person, desk=self.desk), newer)
        self.assertEqual(Ticket._rating_last(self.person, user=self.agent), older)
        self.assertFalse(Ticket._rating_last(self.person, desk=self.desk_other))
        newer._rate(self.person, self._form(), "portal")
        self.assertEqual(Ticket._rating_last(self.person, desk=self.desk), older)


@tagged("post_install", "-at_install")
class TestRatingReports(RatingMixin, ItsmCase):
    """Figures by reason and more, for those who may read the tickets."""

    def test_figures(self):
        good, bad = self.env["itsm.rating.reason"].create(
            [{"name": "Great", "kind": "good"}, {"name": "Poor", "kind": "bad"}]
        )
        self._finished()._rate(self.person, self._form("5", "", [good.id]), "mail")
        self._finished()._rate(
            self.person, self._form("1", "", [good.id, bad.id]), "mail"
        )
        domain = [("itsm_desk_id", "=", self.desk.id), ("consumed", "=", True)]

        def figures(user):
            rows = self._as(user)["rating.rating"]._read_group(
                domain, ["itsm_reason_ids"], ["rating:avg", "__count"]
            )
            return {reason.name: (stars, count) for reason, stars, count in rows}

        expected = {"Great": (3.0, 2), "Poor": (1.0, 1)}
        for user in (self.agent, self.manager, self.auditor):
            self.assertEqual(figures(user), expected, user.name)
        for user in (self.stranger, self.foreigner, self.colleague):
            self.assertEqual(figures(user), {}, user.name)
        with self.assertRaises(AccessError):
            figures(self.portal)
