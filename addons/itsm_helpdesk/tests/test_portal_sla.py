import datetime

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .portal_common import PortalCase
from .test_portal import counted_queries

INTERNAL = ("Gold Agreement", "Inner Circle", "Burst Pipe Excuse")


class PromiseCase(PortalCase):
    """A promise around the clock: first answer in 4 hours, solution in 24."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["itsm.sla.policy"].search([]).active = False
        cls._policy("Gold Agreement", "sla", response=4, resolution=24)
        cls._policy("Inner Circle", "ola", resolution=1)
        cls.desk.portal_scope = "manager"

    @classmethod
    def _policy(cls, name, kind, **hours):
        return cls.env["itsm.sla.policy"].create(
            {
                "name": name,
                "kind": kind,
                "res_model": "itsm.ticket",
                "calendar_source": "always",
                "target_ids": [
                    Command.create(
                        {"metric": metric, "measure": "elapsed", "hours": count}
                    )
                    for metric, count in hours.items()
                ],
            }
        )

    def _ago(self, hours):
        return freeze_time(fields.Datetime.now() - datetime.timedelta(hours=hours))

    def _opened(self, hours, state="new", **vals):
        """Return a ticket of the portal user that was opened some hours ago."""
        with self._ago(hours):
            vals.setdefault("partner_id", self.portal.partner_id.id)
            ticket = self._in_state(state, **vals)
            self._flush_tracking()
        return ticket

    def _resolved(self, opened, resolved, **vals):
        """Return a ticket that was opened and resolved some hours ago."""
        ticket = self._opened(opened, **vals)
        with self._ago(resolved):
            ticket.resolve("solved", "Done.")
            self.env.flush_all()
        return ticket

    def _excuse(self, ticket, metric):
        """Excuse all that a promise is late."""
        clock = ticket.sudo().clock_ids.filtered(
            lambda c: c.kind == "sla" and c.metric == metric
        )
        self.env["itsm.sla.waiver"].create(
            {"clock_id": clock.id, "reason": "Burst Pipe Excuse", "minutes": 100000}
        ).sudo().action_approve()
        self.env.flush_all()

    def _promises(self, ticket, user=None):
        """Return what is promised as ``{metric: promise}``."""
        self.env.flush_all()
        ticket = ticket.with_user(user or self.portal)
        return {p["metric"]: p for p in ticket._sla_promises()[ticket.id]}

    def _states(self, ticket, user=None):
        return {m: p["state"] for m, p in self._promises(ticket, user).items()}


@tagged("post_install", "-at_install")
class TestPortalPromises(PromiseCase):
    """What was promised and where it stands, for the requester."""

    def _shown(self, ticket):
        """Return the states of the promises on the ticket's page, and the bars."""
        self.env.flush_all()
        tree = self._page(f"/my/tickets/{ticket.id}")
        found = tree.xpath("//li[contains(@class, 'o_itsm_promise ')]")
        states = [
            node.get("class").split("o_itsm_promise_")[1].split()[0] for node in found
        ]
        return states, len(tree.xpath("//*[contains(@class, 'o_itsm_bar_track')]"))

    def test_each_state(self):
        self._login(self.portal)
        cases = (
            (self._opened(1), ["running", "running"], 2),
            (self._opened(5), ["late", "running"], 2),
            (self._opened(30), ["late", "late"], 2),
            (self._resolved(3, 1), ["kept", "kept"], 0),
            (self._resolved(30, 20), ["broken", "kept"], 0),
            (self._resolved(30, 1), ["broken", "broken"], 0),
            (self._opened(1, "pending"), ["paused", "paused"], 2),
            (self._opened(1, "cancelled"), [], 0),
        )
        for ticket, states, bars in cases:
            with self.subTest(states=states):
                self.assertEqual(self._shown(ticket), (states, bars))

    def test_deadlines_are_those_of_the_clocks(self):
        ticket = self._opened(1)
        promises = self._promises(ticket)
        for metric, hours in (("response", 4), ("resolution", 24)):
            self.assertEqual(
                promises[metric]["deadline"],
                fields.Datetime.add(ticket.opened_at, hours=hours),
            )

    def test_promises_of_teams_are_not_told(self):
        self.env["itsm.sla.policy"].search([("kind", "=", "sla")]).active = False
        ticket = self._opened(2)
        self.assertTrue(ticket.sudo().clock_ids)
        self.assertFalse(self._promises(ticket))

    def test_excused_lateness_is_not_told(self):
        late, broken = self._opened(5), self._resolved(30, 20)
        for ticket, rest in ((late, "running"), (broken, "kept")):
            self._excuse(ticket, "response")
            self.assertEqual(self._states(ticket), {"resolution": rest})

    def test_nothing_internal_is_on_the_page(self):
        reason = self.env.ref("itsm_helpdesk.pending_reason_parts")
        reason.write({"name": "Budget Fight", "requester_text": "Parts are ordered."})
        ticket = self._opened(30)
        ticket.set_pending("parts")
        broken = self._resolved(30, 20)
        self._excuse(broken, "response")
        self._login(self.portal)
        for url in (
            f"/my/tickets/{ticket.id}",
            f"/my/tickets/{broken.id}",
            "/my/tickets",
        ):
            page = self._get(url).text
            for secret in (*INTERNAL, "Budget Fight"):
                with self.subTest(url, secret=secret):
                    self.assertNotIn(secret, page)

    def test_why_it_stands_still(self):
        """In the words meant for requesters; else the reason's own name."""
        reason = self.env.ref("itsm_helpdesk.pending_reason_parts")
        reason.write({"name": "Spare part", "requester_text": "Parts are ordered."})
        ticket = self._opened(1)
        ticket.set_pending("parts")
        promises = self._promises(ticket)
        self.assertIn("Parts are ordered.", promises["resolution"]["note"])
        self.assertFalse(promises["response"]["note"], "said once")
        reason.requester_text = False
        self.assertIn("Spare part", self._promises(ticket)["resolution"]["note"])

    def test_only_the_requester_is_asked_for_an_answer(self):
        self.desk.portal_scope = "department"
        reason = self.env.ref("itsm_helpdesk.pending_reason_requester")
        reason.requester_text = "Please send the photo."
        ticket = self._opened(1, "pending")
        for user, asked in ((self.portal, True), (self.colleague, False)):
            note = self._promises(ticket, user)["resolution"]["note"]
            self.assertTrue(note)
            self.assertEqual("Please send the photo." in note, asked)

    def test_times_are_the_readers(self):
        noon = datetime.datetime(2026, 3, 2, 10)
        for zone, hour in (("UTC", "10:00"), ("Asia/Tokyo", "07:00")):
            text = self.Ticket.with_context(tz=zone, lang="en_US")._portal_moment(noon)
            self.assertIn(hour, text)

    def test_a_visitor_with_the_link_reads_times_of_the_desk(self):
        self.calendar.tz = "Asia/Tokyo"
        ticket = self._opened(1)
        token = ticket._portal_ensure_token()
        self.env.flush_all()
        self._login(None)
        page = self._get(f"/my/tickets/{ticket.id}?access_token={token}").text
        tokyo = ticket.with_context(tz="Asia/Tokyo")
        deadline = self._promises(ticket)["resolution"]["deadline"]
        self.assertIn(tokyo._portal_moment(deadline), page)

    def test_others_do_not_learn_of_promises(self):
        ticket = self._opened(1)
        for user in (self.colleague, self.stranger, self.foreigner):
            with self.subTest(user.name), self.assertRaises(AccessError):
                self._promises(ticket, user)

    def test_the_list_shows_what_is_next(self):
        late, running = self._opened(30), self._opened(1)
        solved = self._resolved(3, 1)
        self.env.flush_all()
        tickets = (late | running | solved).with_user(self.portal)
        rows = {row["id"]: row["promise"] for row in tickets._portal_rows()}
        self.assertEqual(rows[late.id]["state"], "late")
        self.assertEqual(rows[running.id]["metric"], "response")
        self.assertIsNone(rows[solved.id])
        self._login(self.portal)
        page = self._get("/my/tickets").text
        self.assertIn(rows[late.id]["short"], page)

    def test_queries_do_not_grow_with_the_list(self):
        tickets = self.Ticket.union(*(self._opened(1) for _n in range(6)))
        counts = []
        for number in (2, 2, 6):  # the first also asks what is asked only once
            self._as(self.portal)
            some = tickets[:number].with_user(self.portal)
            with counted_queries(self.env) as count:
                some._sla_promises()
            counts.append(count[0])
        self.assertEqual(*counts[1:])

    def test_without_policies_nothing_is_asked(self):
        ticket = self._opened(1)
        self.env["itsm.sla.clock"]._of(ticket).unlink()
        Policy = self.env["itsm.sla.policy"].with_context(active_test=False)
        Policy.search([]).unlink()
        ticket._sla_is_used()
        with counted_queries(self.env) as count:
            self.assertEqual(ticket._sla_promises(), {ticket.id: []})
            self.assertEqual(ticket._sla_promise_sentence(), "")
        self.assertEqual(count[0], 0)

    def test_the_first_mail_says_it_in_the_requesters_time(self):
        self.requester.tz = "Asia/Tokyo"
        ticket = self._create_ticket()
        self._flush_tracking()
        deadline = self._promises(ticket, self.requester)["resolution"]["deadline"]
        moment = ticket.with_context(tz="Asia/Tokyo")._portal_moment(deadline)
        sentence = ticket._sla_promise_sentence()
        self.assertIn(moment, sentence)
        self.assertTrue(
            any(moment in (body or "") for body in ticket.message_ids.mapped("body"))
        )
