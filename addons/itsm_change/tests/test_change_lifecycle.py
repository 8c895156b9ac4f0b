import contextlib

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.itsm_helpdesk.tests.common import QUIET

from ..tools import states
from .common import ChangeCase

CALLS = {
    "submit": lambda change: change.submit(),
    "accept": lambda change: change.accept(),
    "proceed": lambda change: change.proceed(),
    "send_back": lambda change: change.send_back("Say which servers."),
    "schedule": lambda change: change.schedule(),
    "start": lambda change: change.start(),
    "start_now": lambda change: change.start_now("The clinic stands still."),
    "finish": lambda change: change.finish(),
    "close": lambda change: change.close("with_issues", "It took too long."),
    "cancel": lambda change: change.cancel("Not needed any more."),
}
# The life of a change once more, in words: verb → from, to, by whom.
ALL = "implementer coordinator change_manager"
LIFE = {
    "normal": {
        "submit": ("draft", "assess", ALL),
        "accept": ("assess", "authorize", "coordinator change_manager"),
        "proceed": ("authorize", "scheduled", "coordinator change_manager"),
        "send_back": ("assess authorize scheduled", "draft", ALL),
        "start": ("scheduled", "implement", "implementer change_manager"),
        "finish": ("implement", "review", "implementer change_manager"),
        "close": ("review", "closed", ALL),
        "cancel": ("draft assess authorize scheduled", "cancelled", ALL),
    },
    "standard": {
        "send_back": ("assess authorize scheduled", "draft", ALL),
        "schedule": ("draft", "scheduled", ALL),
        "start": ("scheduled", "implement", "implementer change_manager"),
        "finish": ("implement", "review", "implementer change_manager"),
        "close": ("review", "closed", ALL),
        "cancel": ("draft assess authorize scheduled", "cancelled", ALL),
    },
}
LIFE["emergency"] = {
    **LIFE["normal"],
    "start_now": (
        "draft assess authorize",
        "implement",
        "implementer change_manager",
    ),
}
ROLES = (*ALL.split(), "implementer2", "agent", "portal")


@tagged("post_install", "-at_install")
class TestChangeLifecycleTable(ChangeCase):
    """Every verb × every state × every type × each role; gates are left out."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, **QUIET))
        cls._only_gates()

    def _try(self, change, verb, user):
        """Return what became of the change, None where the verb was refused."""
        result = None
        savepoint = self.cr.savepoint()
        with contextlib.suppress(UserError):
            CALLS[verb](change.with_user(user))
            self.env.flush_all()
            result = change.state
        savepoint.close(rollback=True)
        self.env.invalidate_all()
        return result

    def _check_type(self, kind):
        for state in states.STATES:
            change = self._make_ready(self._change(type=kind))
            change._write_system({"state": state})
            for verb in CALLS:
                sources, target, users = LIFE[kind].get(verb, ("", None, ""))
                for role in ROLES:
                    allowed = state in sources.split() and role in users.split()
                    got = self._try(change, verb, getattr(self, role))
                    with self.subTest(state=state, verb=verb, role=role):
                        if verb == "accept" and allowed:
                            # Where nobody has to decide it goes on at once.
                            self.assertIn(got, (target, "scheduled"))
                        else:
                            self.assertEqual(got, target if allowed else None)

    def test_normal(self):
        self._check_type("normal")

    def test_standard(self):
        self._check_type("standard")

    def test_emergency(self):
        self._check_type("emergency")


@tagged("post_install", "-at_install")
class TestChangeLifecycle(ChangeCase):
    """What the verbs do besides, and what they take."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._only_gates("duties_accept", "duties_review")

    def test_groups_follow_the_life(self):
        late, early = (self._change(name) for name in ("late", "early"))
        late._write_system({"state": "closed", "risk": "high"})
        early._write_system({"state": "review", "risk": "low"})
        third = self._change("third")
        third._write_system({"state": "authorize", "risk": "medium"})
        Change = self.Change.with_context(read_group_expand=True)
        for field, order in (
            ("state", ["authorize", "review", "closed"]),
            ("risk", ["low", "medium", "high"]),
        ):
            groups = Change.formatted_read_group(
                [("id", "in", (late | early | third).ids)], [field], ["__count"]
            )
            self.assertEqual([group[field] for group in groups], order)

    def test_who_and_when_is_noted(self):
        change = self._make_ready(self._change())
        self._bring_to(change, "closed")
        self.assertEqual(change.submitted_by_id, self.implementer)
        self.assertEqual(change.accepted_by_id, self.coordinator)
        self.assertEqual(change.coordinator_id, self.coordinator)
        self.assertEqual(change.started_by_id, self.implementer)
        self.assertEqual(change.finished_by_id, self.implementer)
        self.assertEqual(change.closed_by_id, self.coordinator)
        moments = [
            change.submitted_at,
            change.accepted_at,
            change.scheduled_at,
            change.actual_start,
            change.actual_end,
            change.closed_at,
        ]
        self.assertTrue(all(moments))
        self.assertEqual(moments, sorted(moments))
        self.assertEqual(
            change.transition_ids.mapped("verb"),
            ["submit", "accept", "authorize", "start", "finish", "close"],
        )
        self.assertEqual(
            change.transition_ids.mapped("source"),
            ["draft", "assess", "authorize", "scheduled", "implement", "review"],
        )

    def test_passed_gates_are_kept(self):
        change = self._make_ready(self._change())
        self._bring_to(change, "closed")
        rows = {row.verb: row for row in change.transition_ids}
        self.assertEqual(rows["accept"].gates, ["duties_accept"])
        self.assertEqual(rows["close"].gates, ["duties_review"])
        self.assertTrue(rows["close"].gate_text)

    def test_transition_is_in_the_conversation(self):
        change = self._change().with_user(self.implementer)
        self._flush_tracking()
        change.submit()
        self._flush_tracking()
        tracked = change.sudo().message_ids.tracking_value_ids
        self.assertIn("state", tracked.field_id.mapped("name"))
        change.cancel("Too dear for what it brings.")
        self.assertTrue(
            any("Too dear" in body for body in change.sudo().message_ids.mapped("body"))
        )
        self.assertEqual(
            change.transition_ids[-1:].reason, "Too dear for what it brings."
        )

    def test_words_are_needed(self):
        change = self._change()
        change._write_system({"state": "review"})
        coordinator = change.with_user(self.coordinator)
        for code, note in (
            (None, "note"),
            ("nonsense", "note"),
            (["successful"], None),
            ("failed", None),
            ("failed", "  "),
            ("rolled_back", 5),
        ):
            with self.subTest(code=code, note=note), self.assertRaises(UserError):
                coordinator.close(code, note)
        emergency = self._change(type="emergency").with_user(self.implementer)
        for reason in (None, "", "  ", 7, ["a"], {"a": 1}):
            with self.subTest(reason=reason), self.assertRaises(UserError):
                emergency.start_now(reason)
            with self.subTest(reason=reason), self.assertRaises(UserError):
                emergency.cancel(reason)
        self.assertEqual(emergency.state, "draft")

    def test_many_at_once_or_none(self):
        changes = self._change("One") | self._change("Two")
        changes.with_user(self.implementer).submit()
        self.assertEqual(changes.mapped("state"), ["assess"] * 2)
        other = self._change("Three")
        with self.assertRaisesRegex(UserError, other.number):
            (changes[0] | other).with_user(self.coordinator).accept()
        self.assertEqual(other.state, "draft")

    def test_system_verbs_are_nobodys(self):
        change = self._change()
        change._write_system({"state": "scheduled"})
        with self.assertRaises(AccessError):
            change.with_user(self.change_manager)._reauthorize()
        change.sudo()._reauthorize("The dates have changed.")
        self.assertEqual(change.state, "authorize")

    def test_system_fields_cannot_be_written(self):
        change = self._change().with_user(self.change_manager)
        for name, value in (
            ("state", "closed"),
            ("number", "CHG1"),
            ("risk", "low"),
            ("close_code", "successful"),
            ("submitted_by_id", self.agent.id),
            ("closed_at", "2026-01-01 00:00:00"),
            ("transition_ids", [(5,)]),
        ):
            with self.subTest(field=name), self.assertRaises(AccessError):
                change.write({name: value})
            with self.subTest(field=name), self.assertRaises(AccessError):
                change.create({"name": "New", name: value})

    def test_buttons_ask_for_words(self):
        change = self._change()
        change._write_system({"state": "review"})
        for verb, values in (
            ("close", {"close_code": "failed", "note": "It did not come up again."}),
            ("send_back", {"reason": "Which servers?"}),
            ("cancel", {"reason": "Not needed."}),
        ):
            if verb == "send_back":
                change = self._change()
                change._write_system({"state": "scheduled"})
            mine = change.with_user(self.coordinator)
            action = getattr(mine, f"action_{verb}")()
            Wizard = mine.env[action["res_model"]].with_context(**action["context"])
            wizard = Wizard.create(values)
            self.assertEqual(wizard.change_ids, mine)
            wizard.action_apply()
        self.assertEqual(change.state, "cancelled")

    def test_numbers_are_given_in_order(self):
        changes = self._change("One") | self._change("Two")
        self.assertEqual(len(set(changes.mapped("number"))), 2)
        copy = changes[0].copy()
        self.assertNotEqual(copy.number, changes[0].number)
        self.assertEqual(copy.state, "draft")
