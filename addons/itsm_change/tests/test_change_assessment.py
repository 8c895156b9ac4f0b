from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .risk_common import RiskCase


@tagged("post_install", "-at_install")
class TestRiskAssessment(RiskCase):
    """Assessments are made with the decisions, and kept."""

    def _ready(self, **vals):
        change = self._make_ready(self._on(self.server, **vals))
        self._answer(change)
        return change

    def test_stored_with_each_decision(self):
        change = self._ready()
        change.with_user(self.implementer).submit()
        change.with_user(self.coordinator).accept()
        rows = change.assessment_ids.sorted("id")
        self.assertEqual(rows.mapped("occasion"), ["submit", "accept"])
        self.assertEqual(rows.user_id, self.implementer | self.coordinator)
        self.assertEqual(change.assessment_id, rows[-1])
        self.assertEqual(change.risk, rows[-1].risk)
        self.assertEqual(change.risk_score, rows[-1].score)
        lines = rows[-1].line_ids
        self.assertEqual(len(lines), 11)
        for line in lines:
            self.assertTrue(line.source)
        self.assertAlmostEqual(
            rows[-1].likelihood,
            sum(lines.filtered(lambda one: one.side == "likelihood").mapped("share")),
            places=4,
        )
        self.assertEqual(
            rows[-1].score, round(rows[-1].likelihood * rows[-1].consequence, 1)
        )
        self.assertEqual(len(rows[-1].answers), 6)
        self.assertIn(rows[-1].answers[0]["question"], rows[-1].answers_text)

    def test_standard_and_emergency(self):
        emergency = self._ready(type="emergency")
        emergency.with_user(self.implementer).start_now("The clinic stands still.")
        self.assertEqual(emergency.assessment_ids.mapped("occasion"), ["start_now"])

    def test_kept_as_it_was(self):
        """Weights and thresholds that are edited later alter no decision."""
        change = self._ready()
        change.with_user(self.implementer).submit()
        self.env.flush_all()
        self.env.invalidate_all()
        row = change.assessment_ids
        before = row.read()[0], row.line_ids.read()
        self.Factor.search([]).weight = 7
        self.Factor.search([("key", "=", "criticality")]).weight = 500
        self.env["itsm.change.risk.level"].search([("risk", "=", "high")]).minimum = 99
        self.env.invalidate_all()
        self.assertEqual((row.read()[0], row.line_ids.read()), before)
        self.assertNotEqual(row.high_from, 99)

    def test_rows_are_only_added(self):
        change = self._ready()
        change.with_user(self.implementer).submit()
        row = change.assessment_ids
        for user in (self.implementer, self.coordinator, self.change_manager):
            mine = row.with_user(user)
            for act in (
                lambda mine=mine: mine.write({"risk": "low"}),
                lambda mine=mine: mine.unlink(),
                lambda mine=mine: mine.line_ids.write({"points": 0}),
                lambda mine=mine: mine.line_ids.unlink(),
                lambda mine=mine: mine.create(
                    {"change_id": change.id, "occasion": "asked", "risk": "low"}
                ),
                lambda mine=mine: mine.change_id.write({"risk": "low"}),
                lambda mine=mine: mine.change_id.write({"risk_score": 1}),
                lambda mine=mine: mine.change_id.write(
                    {"assessment_ids": [Command.delete(row.id)]}
                ),
            ):
                with self.subTest(user=user.name), self.assertRaises(AccessError):
                    act()
        with self.assertRaises(AccessError):
            row.sudo().write({"risk": "low"})
        with self.assertRaises(AccessError):
            row.line_ids.sudo().write({"points": 0})

    def test_gate(self):
        self._only_gates("assessment")
        change = self._on(self.server)
        change.with_user(self.implementer).submit()
        with self.assertRaises(UserError) as refusal:
            change.with_user(self.coordinator).accept()
        question = change.answer_ids[0].question_id.name
        self.assertIn(question, str(refusal.exception))
        self.assertIn(question, change.with_user(self.coordinator).missing_html)
        self._answer(change)
        self.assertEqual(change.with_user(self.coordinator).missing_count, 0)
        change.with_user(self.coordinator).accept()

    def test_altered_changes_are_assessed_anew(self):
        change = self._ready()
        change.with_user(self.implementer).submit()
        count = len(change.assessment_ids)
        change.with_user(self.coordinator).reason = "Because."
        self.assertEqual(len(change.assessment_ids), count, "nothing to do with it")
        change.with_user(self.coordinator).write({"has_outage": True})
        self.assertEqual(change.assessment_id.occasion, "altered")
        self.assertEqual(len(change.assessment_ids), count + 1)
        change.answer_ids[0].with_user(self.coordinator).option_id = change.answer_ids[
            0
        ].question_id.option_ids.sorted("points")[-1]
        self.assertEqual(len(change.assessment_ids), count + 2)

    def test_answers_given_together_are_assessed_once(self):
        change = self._ready()
        change.with_user(self.implementer).submit()
        count = len(change.assessment_ids)
        change.with_user(self.coordinator).answer_ids = [
            Command.update(
                answer.id,
                {"option_id": answer.question_id.option_ids.sorted("points")[-1].id},
            )
            for answer in change.answer_ids
        ]
        self.assertEqual(change.assessment_id.occasion, "altered")
        self.assertEqual(len(change.assessment_ids), count + 1)

    def test_draft_says_that_answers_are_needed_later(self):
        change = self._ready()
        question = change.answer_ids[0].question_id.name
        change.answer_ids.option_id = False
        change.invalidate_recordset()
        self.assertIn(question, change.with_user(self.implementer).missing_html or "")
        self._answer(change)
        change.invalidate_recordset()
        seen = change.with_user(self.implementer).missing_html or ""
        self.assertNotIn(question, seen)

    def test_drafts_are_assessed_when_asked(self):
        change = self._ready()
        change.has_outage = True
        self.assertFalse(change.assessment_ids)
        change.with_user(self.implementer).action_assess_risk()
        self.assertEqual(change.assessment_ids.occasion, "asked")
        with self.assertRaises(AccessError):
            change.with_user(self.agent).assess_risk()
        change._write_system({"state": "implement"})
        with self.assertRaises(UserError):
            change.with_user(self.change_manager).assess_risk()

    def test_thresholds_decide(self):
        change = self._ready()
        levels = {
            level.risk: level for level in self.env["itsm.change.risk.level"].search([])
        }
        levels["high"].minimum = levels["medium"].minimum = 101
        change._assess_risk()
        self.assertEqual(change.risk, "low")
        levels["medium"].minimum = 0
        change._assess_risk()
        self.assertEqual(change.risk, "medium")
        levels["high"].minimum = 0
        change._assess_risk()
        self.assertEqual(change.risk, "high")

    def test_levels_are_in_order(self):
        levels = {
            level.risk: level for level in self.env["itsm.change.risk.level"].search([])
        }
        with self.assertRaises(ValidationError):
            levels["high"].minimum = levels["medium"].minimum - 1

    # ------------------------------------------------------------------
    # What an administrator edits
    # ------------------------------------------------------------------

    def test_weights_count_at_once(self):
        change = self._ready()
        change._assess_risk()
        before = change.risk_score
        self.Factor.search([("key", "!=", "lead_time")]).filtered(
            lambda factor: factor.side == "likelihood"
        ).weight = 0
        self.Factor.search([("key", "=", "lead_time")]).band_ids.points = 10
        change._assess_risk()
        self.assertEqual(change.assessment_id.likelihood, 10)
        self.assertGreater(change.risk_score, before)

    def test_archived_factor_does_not_count(self):
        change = self._ready()
        self.Factor.search([("key", "=", "people")]).active = False
        self.assertNotIn("people", self._assessed(change))

    def test_bands_must_have_a_direction(self):
        people = self.Factor.search([("key", "=", "people")])
        first = people.band_ids.sorted("minimum")[0]
        with self.assertRaises(ValidationError):
            first.points = 9
        with (
            self.assertRaises(ValidationError),
            Form(people) as form,
            form.band_ids.edit(0) as band,
        ):
            band.points = 9
        with self.assertRaises(ValidationError):
            people.with_context(itsm_bands=True).band_ids[0].write({"points": 9})
        with Form(people.with_user(self.change_manager)) as form:
            for number in range(len(people.band_ids)):
                with form.band_ids.edit(number) as band:
                    band.points = 9
        self.assertEqual(set(people.band_ids.mapped("points")), {9})

    def test_only_managers_edit(self):
        factor = self.Factor.search([], limit=1)
        with self.assertRaises(AccessError):
            factor.with_user(self.coordinator).weight = 0
        factor.with_user(self.change_manager).weight = 0
        with self.assertRaises(UserError):
            factor.sudo().unlink()

    # ------------------------------------------------------------------
    # Overriding
    # ------------------------------------------------------------------

    def _other(self, change):
        return "high" if change.risk != "high" else "low"

    def test_override(self):
        change = self._ready()
        change.with_user(self.implementer).submit()
        found, other = change.risk, self._other(change)
        change.with_user(self.coordinator).override_risk(other, "It was bad last time.")
        row = change.assessment_id
        self.assertEqual((change.risk, row.risk), (other, other))
        self.assertEqual(row.computed_risk, found, "what was found stays beside it")
        self.assertEqual(row.override_reason, "It was bad last time.")
        self.assertEqual(row.override_user_id, self.coordinator)
        self.assertEqual(row.occasion, "override")
        change.with_user(self.coordinator2).accept()
        self.assertEqual(change.risk, other, "it holds for what was found")
        self.assertEqual(change.assessment_id.override_user_id, self.coordinator)

    def test_override_needs_a_reason(self):
        change = self._ready()
        change.with_user(self.implementer).submit()
        for reason in (None, "", "  ", 3):
            with self.subTest(reason=reason), self.assertRaises(UserError):
                change.with_user(self.coordinator).override_risk("high", reason)
        with self.assertRaises(UserError):
            change.with_user(self.coordinator).override_risk("none", "Because.")

    def test_override_needs_the_role(self):
        change = self._ready()
        change.with_user(self.implementer).submit()
        for user in (self.implementer, self.agent):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                change.with_user(user).override_risk("low", "Because.")
        self.assertFalse(change.with_user(self.implementer).can_override_risk)
        self.assertTrue(change.with_user(self.coordinator).can_override_risk)

    def test_nobody_judges_their_own(self):
        change = self._ready(implementer_id=self.coordinator.id)
        change.with_user(self.coordinator).submit()
        for user in (self.coordinator,):
            with self.assertRaises(AccessError):
                change.with_user(user).override_risk("low", "I know it.")
        mine = self._ready(requester_id=self.coordinator2.partner_id.id)
        mine.with_user(self.implementer).submit()
        with self.assertRaises(AccessError):
            mine.with_user(self.coordinator2).override_risk("low", "I know it.")

    def test_override_falls_when_something_else_is_found(self):
        change = self._ready()
        change.with_user(self.implementer).submit()
        found = change.risk
        change.with_user(self.coordinator).override_risk(self._other(change), "So.")
        level = self.env["itsm.change.risk.level"].search([("risk", "=", "high")])
        levels = self.env["itsm.change.risk.level"].search([("risk", "!=", "low")])
        if found == "high":
            level.minimum = 101
        else:
            levels.minimum = 0
        change._assess_risk()
        self.assertFalse(change.assessment_id.is_override)
        self.assertEqual(change.risk, change.assessment_id.computed_risk)

    def test_override_not_after_the_start(self):
        change = self._ready()
        change.with_user(self.implementer).submit()
        change._write_system({"state": "implement"})
        with self.assertRaises(UserError):
            change.with_user(self.coordinator).override_risk("low", "It went well.")

    def test_wizard(self):
        change = self._ready()
        change.with_user(self.implementer).submit()
        other = self._other(change)
        action = change.with_user(self.coordinator).action_override_risk()
        wizard = self._as(self.coordinator)[action["res_model"]].with_context(
            **action["context"]
        )
        with Form(wizard) as form:
            form.risk = other
            form.reason = "The supplier says so."
        form.record.action_apply()
        self.assertEqual(change.risk, other)

    # ------------------------------------------------------------------
    # On the form
    # ------------------------------------------------------------------

    def test_new_form_asks(self):
        Change = self._as(self.implementer)["itsm.change"]
        with Form(Change) as form:
            form.name = "New switch"
            with form.answer_ids.edit(0) as answer:
                answer.option_id = answer.question_id.option_ids[0]
        change = form.record
        self.assertEqual(len(change.answer_ids), 6, "each question once")
        self.assertEqual(change.unanswered_count, 5)

    def test_text(self):
        change = self._ready()
        self.assertTrue(change.risk_text)
        change._assess_risk()
        self.assertIn(f"{change.assessment_id.score:g}", change.risk_text)
