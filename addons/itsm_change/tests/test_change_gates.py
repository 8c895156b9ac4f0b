from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..models.itsm_change_gate import KEYS
from .common import ChangeCase

PLANS = ("implementation", "test", "communication", "backout")


@tagged("post_install", "-at_install")
class TestChangeGates(ChangeCase):
    """Type and risk decide what is asked for; the form says what is missing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._only_gates()
        cls.Gate = cls.env["itsm.change.gate"]

    def _gate(self, key, verb="accept", **vals):
        return self.Gate.create({"key": key, "verb": verb, **vals})

    def _keys(self, change, verb="accept"):
        """Return the keys that are missing before a verb."""
        change.invalidate_recordset()
        return [row["key"] for row in change._gate_list(verb) if not row["holds"]]

    def test_plans(self):
        for plan in PLANS:
            self._gate(f"plan_{plan}")
        change = self._change()
        self.assertEqual(self._keys(change), [f"plan_{plan}" for plan in PLANS])
        change.backout_plan = "<p><br></p>"
        self.assertIn("plan_backout", self._keys(change))
        change.backout_plan = "<p>Restore the copy.</p>"
        self.assertNotIn("plan_backout", self._keys(change))
        self.assertEqual(len(self._keys(change)), 3)

    def test_evidence(self):
        for key in ("evidence_backup", "evidence_restore", "tests"):
            self._gate(key, "start")
        change = self._change()
        self.assertEqual(len(self._keys(change, "start")), 3)
        self._evidence(change, "backup")
        self.assertEqual(self._keys(change, "start"), ["evidence_restore", "tests"])
        row = self._evidence(change, "restore", result="failed")
        self.assertIn("evidence_restore", self._keys(change, "start"))
        row.result = "passed"
        self.assertNotIn("evidence_restore", self._keys(change, "start"))
        row.attachment_ids = False
        self.assertIn("evidence_restore", self._keys(change, "start"))

    def test_verb_is_refused_and_names_all(self):
        for plan in PLANS:
            self._gate(f"plan_{plan}")
        change = self._change()
        change.with_user(self.implementer).submit()
        with self.assertRaises(UserError) as refusal:
            change.with_user(self.coordinator).accept()
        for text in change._missing("accept"):
            self.assertIn(text, str(refusal.exception))
        self.assertEqual(len(change._missing("accept")), 4)
        self.assertEqual(change.state, "assess")

    def test_the_system_has_to_pass_too(self):
        self._gate("plan_backout", "start")
        change = self._change()
        change._write_system({"state": "scheduled"})
        with self.assertRaises(UserError):
            change.sudo().start()

    def test_types(self):
        gate = self._gate("plan_backout", for_normal=False, for_emergency=True)
        self.assertFalse(self._keys(self._change()))
        self.assertTrue(self._keys(self._change(type="emergency")))
        gate.for_normal = True
        self.assertTrue(self._keys(self._change()))

    def test_risk(self):
        self._gate("plan_backout", min_risk="medium")
        change = self._change()
        for risk, asked in (
            ("low", False),
            ("medium", True),
            ("high", True),
            (False, True),
        ):
            change._write_system({"risk": risk})
            with self.subTest(risk=risk):
                self.assertEqual(bool(self._keys(change)), asked)

    def test_outage(self):
        self._gate("plan_communication", outage_only=True)
        change = self._change()
        self.assertFalse(self._keys(change))
        change.has_outage = True
        self.assertTrue(self._keys(change))

    def test_edited_rows_count_at_once(self):
        gate = self._gate("plan_backout")
        change = self._change()
        self.assertTrue(self._keys(change))
        gate.active = False
        self.assertFalse(self._keys(change))
        gate.active = True
        self.assertTrue(self._keys(change))
        gate.unlink()
        self.assertFalse(self._keys(change))

    def test_only_managers_edit_gates(self):
        gate = self._gate("plan_backout")
        with self.assertRaises(AccessError):
            gate.with_user(self.coordinator).active = False
        gate.with_user(self.change_manager).active = False
        self._flush_tracking()
        self.assertTrue(gate.message_ids.tracking_value_ids)

    def test_every_key_has_a_fact(self):
        """A gate whose fact nobody gathers would guard nothing, or stop everything."""
        facts = self._change()._gate_facts()
        self.assertEqual(set(facts), {key for key, _label in KEYS})
        for key, (holds, text) in facts.items():
            with self.subTest(key=key):
                self.assertTrue(holds or holds is None or str(text).strip())

    def test_what_does_not_apply_is_not_listed(self):
        keys = ("release", "delta", "steps", "late_approval", "duties_approve")
        for key in keys:
            self._gate(key, "finish", for_emergency=True)
        change = self._change()
        self.assertFalse(change._gate_list("finish"))
        self.env["itsm.task"].create({"name": "Look", "change_id": change.id})
        change._write_system({"is_late_approval": True})
        self.assertEqual(set(self._keys(change, "finish")), {"steps", "late_approval"})

    def test_no_approval_is_not_listed_as_one(self):
        self._gate("approval", "start")
        change = self._change()
        self.assertEqual(self._keys(change, "start"), ["approval"])
        change._write_system({"approval_not_needed": True})
        self.assertFalse(change._gate_list("start"))

    # ------------------------------------------------------------------
    # On the form
    # ------------------------------------------------------------------

    def test_form_says_what_is_missing(self):
        self._gate("plan_backout", "submit")
        change = self._change().with_user(self.implementer)
        self.assertEqual(change.next_verb, "submit")
        self.assertTrue(change.can_go_on)
        self.assertEqual(change.missing_count, 1)
        self.assertIn(change._missing("submit")[0], change.missing_html)
        with Form(change) as form:
            form.backout_plan = "<p>Restore the copy.</p>"
            self.assertEqual(form.missing_count, 0, "before it is saved")
        self.assertEqual(change.missing_count, 0)
        self.assertIn("fa-check", change.missing_html)

    def test_form_says_what_is_needed_later(self):
        self._gate("plan_backout", "accept")
        self._gate("duties_accept", "accept")
        change = self._change().with_user(self.implementer)
        self.assertEqual(change.missing_count, 0)
        self.assertIn(change._missing("accept")[0], change.missing_html)
        change.backout_plan = "<p>Restore the copy.</p>"
        self.assertFalse(change.missing_html)

    def test_form_says_whose_turn_it_is(self):
        change = self._change()
        change._write_system({"state": "assess"})
        self.assertFalse(change.with_user(self.implementer).can_go_on)
        self.assertTrue(change.with_user(self.coordinator).can_go_on)
        change._write_system({"state": "scheduled"})
        self.assertIn(self.implementer.name, change.next_step)
        self.assertFalse(change.with_user(self.coordinator).can_go_on)
        self.assertTrue(change.with_user(self.implementer).can_go_on)
        change._write_system({"state": "closed"})
        self.assertFalse(change.next_verb)
        self.assertFalse(change.next_step)

    def test_new_form(self):
        with Form(self._as(self.implementer)["itsm.change"]) as form:
            form.name = "New switch"
            self.assertEqual(form.next_verb, "submit")
        change = form.record
        self.assertEqual(change.state, "draft")
        self.assertTrue(change.number)

    def test_names_in_the_panel_are_text(self):
        self._gate("duties_approve", "submit")
        change = self._change()
        self.implementer.name = "<script>alert(1)</script>"
        change._write_system({"state": "scheduled"})
        self.assertNotIn("<script>", change.missing_html or "")


@tagged("post_install", "-at_install")
class TestShippedGates(ChangeCase):
    """What a fresh installation asks for can be fulfilled, for each type."""

    def test_all_the_way(self):
        for kind in ("normal", "emergency"):
            with self.subTest(kind=kind):
                change = self._make_ready(self._change(type=kind))
                self._bring_to(change, "closed")
                self.assertEqual(change.state, "closed")
                self.assertEqual(change.close_code, "successful")

    def test_nothing_prepared_gets_far(self):
        change = self._change(planned_start=False, planned_end=False)
        with self.assertRaises(UserError):
            change.with_user(self.implementer).submit()
        change._write_system({"state": "assess"})
        missing = {
            row["key"] for row in change._gate_list("accept") if not row["holds"]
        }
        self.assertLessEqual(
            {"plan_implementation", "plan_test", "plan_backout", "window"}, missing
        )
