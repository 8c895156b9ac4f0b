from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import ChangeCase


class ReviewCase(ChangeCase):
    """A change under review, made on an item of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._only_gates("review", "duties_review")
        cls.server = cls._ci("his-db")
        cls.clinic = cls._ci("clinic")
        cls._relate(cls.clinic, "depends_on", cls.server, strength="hard")

    def _ended(self, hours_ago=2, state="review", **vals):
        """Return a change that ended some hours ago."""
        now = fields.Datetime.now()
        change = self._change(
            has_outage=True,
            planned_start=now - timedelta(hours=hours_ago + 1),
            planned_end=now - timedelta(hours=hours_ago),
            **{
                "ci_link_ids": [Command.create({"ci_id": self.server.id})],
                **vals,
            },
        )
        change._refresh_touched()
        change._write_system(
            {
                "state": state,
                "actual_start": change.planned_start,
                "actual_end": change.planned_end,
                "risk": "low",
            }
        )
        return change

    def _incident(self, item, hours_ago=1, role="affected", **vals):
        ticket = self._create_ticket(
            **{"type": "incident", "name": "It does not work", **vals}
        )
        ticket._write_system(
            {"opened_at": fields.Datetime.now() - timedelta(hours=hours_ago)}
        )
        ticket.sudo().ci_link_ids = [Command.create({"ci_id": item.id, "role": role})]
        return ticket

    def _reviewed(self, change, user=None, **vals):
        change.with_user(user or self.coordinator).write(
            {"review_outcome": "reached", "actual_risk": "low", **vals}
        )
        return change


@tagged("post_install", "-at_install")
class TestChangeReview(ReviewCase):
    """The review is asked for before the end, and is not the implementer's."""

    def test_gate(self):
        change = self._ended()
        with self.assertRaises(UserError):
            change.with_user(self.coordinator).close("successful")
        change.with_user(self.coordinator).review_outcome = "reached"
        with self.assertRaises(UserError):
            change.with_user(self.coordinator).close("successful")
        change.with_user(self.coordinator).actual_risk = "low"
        change.with_user(self.coordinator).close("successful")
        self.assertEqual(change.state, "closed")

    def test_what_went_wrong_is_told(self):
        change = self._reviewed(self._ended(), review_outcome="partly")
        with self.assertRaises(UserError):
            change.with_user(self.coordinator).close("with_issues", "Late.")
        change.with_user(self.coordinator).review_note = "The disk was too small."
        change.with_user(self.coordinator).close("with_issues", "Late.")

    def test_reviewer_is_noted(self):
        change = self._reviewed(self._ended())
        self.assertEqual(change.reviewer_id, self.coordinator)
        self.assertTrue(change.reviewed_at)
        with self.assertRaises(AccessError):
            change.with_user(self.coordinator).reviewer_id = self.coordinator2

    def test_reviewer_is_not_the_implementer(self):
        change = self._reviewed(self._ended(), self.implementer)
        with self.assertRaises(UserError):
            change.with_user(self.coordinator).close("successful")
        with self.assertRaises(UserError):
            change.with_user(self.implementer).close("successful")
        self._reviewed(change, self.coordinator, lessons="Ask earlier.")
        change.with_user(self.coordinator).close("successful")

    def test_implementer_may_tell_what_went_wrong(self):
        change = self._reviewed(self._ended())
        change.with_user(self.implementer).review_note = "The cable was too short."
        self.assertEqual(change.reviewer_id, self.coordinator)

    def test_only_under_review(self):
        for state in ("draft", "implement", "closed"):
            change = self._ended(state=state)
            with self.subTest(state=state), self.assertRaises(UserError):
                self._reviewed(change)
        draft = self.Change.create({"name": "New", "review_outcome": "reached"})
        self.assertFalse(draft.review_outcome)

    def test_predicted_and_actual(self):
        change = self._ended()
        self.assertFalse(change.risk_gap)
        for actual, gap in (
            ("low", "as_predicted"),
            ("high", "higher"),
        ):
            self._reviewed(change, actual_risk=actual)
            self.assertEqual(change.risk_gap, gap)
        change._write_system({"risk": "high"})
        self._reviewed(change, actual_risk="medium")
        self.assertEqual(change.risk_gap, "lower")

    def test_suggested_risk(self):
        change = self._ended()
        self.assertEqual(change.suggested_risk, "low")
        change._write_system({"actual_end": change.planned_end + timedelta(hours=1)})
        self.assertEqual(change.suggested_risk, "medium", "twice as long")
        self._reviewed(change, review_outcome="missed", review_note="All.")
        self.assertEqual(change.suggested_risk, "high")
        change.with_user(self.coordinator).action_take_suggested_risk()
        self.assertEqual(change.actual_risk, "high")

    def test_caused_incidents_make_it_riskier(self):
        change = self._ended()
        self.assertEqual(change.suggested_risk, "low")
        ticket = self._incident(self.server)
        ticket.caused_by_change_id = change
        ticket._write_system({"priority": "4"})
        self.assertEqual(change.suggested_risk, "medium")
        ticket._write_system({"priority": "1"})
        self.assertEqual(change.suggested_risk, "high")
        self.assertTrue(change.suggested_risk_text)

    def test_record(self):
        change = self._reviewed(self._ended(), lessons="Ask the ward earlier.")
        html = self.env["ir.actions.report"]._render_qweb_html(
            "itsm_change.itsm_change_record", change.ids
        )[0]
        self.assertIn("Ask the ward earlier.", html.decode())


@tagged("post_install", "-at_install")
class TestCausedIncidents(ReviewCase):
    """Incidents on touched items soon after are suggested, and judged by a click."""

    def _suggested(self, change):
        change._suggest_incidents()
        return (
            change.incident_ids.filtered(lambda row: row.state == "suggested")
            .sudo()
            .ticket_id
        )

    def test_on_what_it_touched(self):
        change = self._ended()
        chosen, touched = self._incident(self.server), self._incident(self.clinic)
        self._incident(self._ci("elsewhere"))
        self.assertEqual(self._suggested(change), chosen | touched)
        self.assertEqual(change.suggested_count, 2)

    def test_within_days(self):
        change = self._ended(hours_ago=24 * 9)
        for days, found in ((9.5, False), (8.9, True), (2.1, True), (1.9, False)):
            ticket = self._incident(self.server, hours_ago=24 * days)
            with self.subTest(days=days):
                self.assertEqual(ticket in self._suggested(change), found)
        change.company_id.change_incident_days = 8
        self.assertEqual(len(self._suggested(change)), 3, "a setting")

    def test_incidents_only(self):
        change = self._ended()
        self._incident(self.server, type="request")
        excluded = self._incident(self.server)
        excluded.sudo().ci_link_ids.excluded = True
        self._incident(self.server, hours_ago=4)
        self.assertFalse(self._suggested(change))

    def test_during_the_work(self):
        change = self._ended()
        ticket = self._incident(self.server, hours_ago=2.5)
        self.assertEqual(self._suggested(change), ticket)

    def test_accept_and_reject(self):
        change = self._ended()
        one, two = self._incident(self.server), self._incident(self.server)
        change._suggest_incidents()
        rows = {row.sudo().ticket_id: row for row in change.incident_ids}
        rows[one].with_user(self.coordinator).action_accept()
        rows[two].with_user(self.coordinator).action_reject()
        self.assertEqual(one.caused_by_change_id, change)
        self.assertFalse(two.caused_by_change_id)
        self.assertEqual(change.caused_count, 1)
        self.assertEqual(rows[one].judged_by_id, self.coordinator)
        self.assertFalse(self._suggested(change), "what was judged is not asked again")
        rows[one].with_user(self.coordinator).action_reject()
        self.assertFalse(one.caused_by_change_id)

    def test_all_are_judged_before_the_end(self):
        change = self._reviewed(self._ended())
        self._incident(self.server)
        with self.assertRaises(UserError):
            change.with_user(self.coordinator).close("successful")
        change._suggest_incidents()
        change.incident_ids.with_user(self.coordinator).reject()
        change.with_user(self.coordinator).close("successful")

    def test_ticket_says_so_too(self):
        change = self._ended()
        ticket = self._incident(self.server)
        change._suggest_incidents()
        ticket.with_user(self.agent).caused_by_change_id = change
        self.assertEqual(change.incident_ids.state, "accepted")
        self.assertEqual(change.incident_ids.judged_by_id, self.agent)
        ticket.with_user(self.agent).caused_by_change_id = False
        self.assertEqual(change.incident_ids.state, "rejected")

    def test_ticket_form(self):
        change = self._ended()
        ticket = self._incident(self.server)
        with Form(ticket.with_user(self.agent)) as form:
            form.caused_by_change_id = change
        self.assertEqual(change.caused_ticket_ids, ticket)

    def test_closed_tickets_too(self):
        change = self._ended()
        ticket = self._incident(self.server)
        ticket.resolve("solved", "Restarted.")
        ticket.close()
        change._suggest_incidents()
        change.incident_ids.with_user(self.coordinator).accept()
        self.assertEqual(ticket.caused_by_change_id, change)

    def test_who_may_judge(self):
        change = self._ended()
        self._incident(self.server)
        change._suggest_incidents()
        for user in (self.agent, self.auditor, self.keeper):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                change.incident_ids.with_user(user).accept()
        with self.assertRaises(AccessError):
            change.incident_ids.with_user(self.change_other).accept()
        with self.assertRaises(AccessError):
            change.incident_ids.with_user(self.coordinator).write({"state": "rejected"})

    def test_not_before_the_end(self):
        change = self._ended(state="implement")
        self._incident(self.server)
        change._suggest_incidents()
        with self.assertRaises(UserError):
            change.incident_ids.with_user(self.coordinator).reject()

    def test_hidden_tickets_are_not_named(self):
        change = self._ended()
        ticket = self._incident(
            self.server, desk_id=self.desk_other.id, name="Secret of the director"
        )
        change._suggest_incidents()
        row = change.incident_ids.with_user(self.coordinator)
        self.assertNotIn("Secret", row.name)
        self.assertIn(ticket.number, row.name)
        with self.assertRaises(AccessError):
            row.read(["ticket_id"])
        self.assertIn("Secret", change.incident_ids.with_user(self.stranger).name)

    def test_found_by_the_job(self):
        change = self._ended(state="closed", coordinator_id=self.coordinator.id)
        self._incident(self.server)
        self.Change._cron_suggest_incidents()
        self.assertEqual(change.incident_ids.state, "suggested")
        self.assertEqual(change.activity_ids.user_id, self.coordinator)
        self.Change._cron_suggest_incidents()
        self.assertEqual(len(change.activity_ids), 1)
        change.incident_ids.with_user(self.coordinator).accept()

    def test_finish_looks(self):
        change = self._ended(state="implement")
        change._write_system({"actual_end": False})
        ticket = self._incident(self.server)
        change.with_user(self.implementer).finish()
        self.assertEqual(change.incident_ids.sudo().ticket_id, ticket)

    def test_portal_sees_none_of_it(self):
        ticket = self._incident(self.server, partner_id=self.portal.partner_id.id)
        ticket.caused_by_change_id = self._ended()
        with self.assertRaises(AccessError):
            ticket.with_user(self.portal).read(["caused_by_change_id"])

    # ------------------------------------------------------------------
    # Follow-ups
    # ------------------------------------------------------------------

    def test_follow_ups(self):
        change = self._ended()
        action = change.with_user(self.coordinator).action_follow_up_change()
        Change = self._as(self.coordinator)["itsm.change"]
        with Form(Change.with_context(**action["context"])) as form:
            form.name = "Larger disk"
        self.assertEqual(change.follow_up_ids, form.record.sudo())
        action = change.with_user(self.change_manager).action_follow_up_ticket()
        ticket = (
            self.env["itsm.ticket"]
            .with_context(**action["context"])
            .create(
                {"desk_id": self.desk.id, "partner_id": self.requester.partner_id.id}
            )
        )
        self.assertEqual(change.sudo().follow_up_ticket_ids, ticket)
        self.assertIn(change.number, ticket.name)

    def test_no_follow_ups_before(self):
        with self.assertRaises(UserError):
            self._change().with_user(self.coordinator).action_follow_up_change()
