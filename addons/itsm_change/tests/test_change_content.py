from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..tools import states
from .common import ChangeCase


@tagged("post_install", "-at_install")
class TestChangeContent(ChangeCase):
    """What a change says is settled step by step."""

    def _in(self, state, **vals):
        change = self._change(**vals)
        change._write_system({"state": state})
        return change

    def test_draft_belongs_to_those_who_make_it(self):
        change = self._in("draft").with_user(self.implementer)
        change.write({"name": "Better name", "backout_plan": "<p>Restore.</p>"})
        self.assertEqual(change.name, "Better name")

    def test_assessed_changes_are_altered_by_coordinators(self):
        for state in ("assess", "authorize", "scheduled"):
            change = self._in(state)
            for name in ("name", "backout_plan", "reason"):
                with self.subTest(state=state, name=name):
                    with self.assertRaises(AccessError):
                        change.with_user(self.implementer).write({name: "New"})
                    change.with_user(self.coordinator).write({name: "New"})

    def test_begun_changes_stay(self):
        for state in ("implement", "review", "closed", "cancelled"):
            change = self._in(state)
            for name in ("name", "backout_plan", "has_outage", "planned_start"):
                with self.subTest(state=state, name=name), self.assertRaises(UserError):
                    change.with_user(self.change_manager).write({name: False})

    def test_type_and_requester_are_settled_first(self):
        for state in states.STATES[1:]:
            change = self._in(state).with_user(self.change_manager)
            for vals in (
                {"type": "standard"},
                {"requester_id": self.agent.partner_id.id},
            ):
                with self.subTest(state=state, vals=vals), self.assertRaises(UserError):
                    change.write(vals)

    def test_work_may_take_longer(self):
        change = self._in("implement")
        later = change.planned_end + timedelta(hours=1)
        with self.assertRaises(UserError):
            change.with_user(self.coordinator).write(
                {"planned_end": later, "planned_start": later - timedelta(hours=1)}
            )
        change.with_user(self.coordinator).planned_end = later
        change.with_user(self.coordinator).implementer_id = self.implementer2
        self.assertEqual(change.planned_end, later)

    def test_only_ended_changes_are_archived(self):
        change = self._in("scheduled")
        with self.assertRaises(UserError):
            change.with_user(self.change_manager).action_archive()
        change = self._in("closed")
        change.with_user(self.change_manager).action_archive()
        self.assertFalse(change.active)

    def test_only_fresh_drafts_are_deleted(self):
        self._only_gates()
        change = self._change()
        change.with_user(self.implementer).submit()
        with self.assertRaises(UserError):
            change.with_user(self.change_manager).unlink()
        change.with_user(self.coordinator).send_back("Which servers?")
        with self.assertRaises(UserError):
            change.with_user(self.change_manager).unlink()
        self._change().with_user(self.implementer).unlink()

    def test_screen_knows_it(self):
        for state, implementer, coordinator in (
            ("draft", True, True),
            ("scheduled", False, True),
            ("implement", False, False),
        ):
            change = self._in(state)
            with self.subTest(state=state):
                self.assertEqual(
                    change.with_user(self.implementer).can_edit_content, implementer
                )
                self.assertEqual(
                    change.with_user(self.coordinator).can_edit_content, coordinator
                )
