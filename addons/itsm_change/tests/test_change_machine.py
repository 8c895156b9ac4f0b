from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ChangeCase

ROLES = (
    "implementer",
    "implementer2",
    "coordinator",
    "coordinator2",
    "change_manager",
    "agent",
)
# The machine once more, in words: verb → where from, where to.
WAYS = {
    "submit": ("draft", "assess"),
    "accept": ("assess", "authorize"),
    "authorize": ("authorize", "scheduled"),
    "reauthorize": ("scheduled", "authorize"),
    "send_back": ("assess authorize scheduled", "draft"),
    "schedule": ("draft", "scheduled"),
    "start": ("scheduled", "implement"),
    "start_now": ("draft assess authorize", "implement"),
    "finish": ("implement", "review"),
    "close": ("review", "closed"),
    "cancel": ("draft assess authorize scheduled", "cancelled"),
}
CALLS = {
    "submit": lambda change: change.submit(),
    "accept": lambda change: change.accept(),
    "proceed": lambda change: change.proceed(),
    "send_back": lambda change: change.send_back("Say which servers."),
    "schedule": lambda change: change.schedule(),
    "start": lambda change: change.start(),
    "start_now": lambda change: change.start_now("The clinic stands still."),
    "finish": lambda change: change.finish(),
    "close": lambda change: change.close("successful"),
    "cancel": lambda change: change.cancel("Not needed any more."),
}
PLANS = ("implementation_plan", "test_plan", "communication_plan", "backout_plan")
RISKS = ["low", "medium", "high"]
# Who most likely gets further with a change, and by what.
NEXT = {
    "draft": [("implementer", "submit"), ("implementer", "schedule")],
    "assess": [("coordinator", "accept")],
    "authorize": [("coordinator2", "proceed")],
    "scheduled": [("change_manager", "start"), ("implementer", "start")],
    "implement": [("change_manager", "finish"), ("implementer", "finish")],
    "review": [("coordinator", "close"), ("coordinator2", "close")],
}


class ChangeMachine(RuleBasedStateMachine):
    """Random calls by random people on one change, in a transaction of its own.

    Facts are read here by plain means, not by the code that the gates use. The gates
    asked for are read from their rows, one by one.
    """

    case = None
    first_kind = None
    reached = set()

    @initialize()
    def begin(self):
        """Make a draft."""
        self.savepoint = self.case.cr.savepoint()
        self.kind = self.first_kind
        self.change = self.case._change(type=self.kind)

    def teardown(self):
        """Leave nothing to the next run."""
        if hasattr(self, "savepoint"):
            self.savepoint.close(rollback=True)
            self.case.env.invalidate_all()

    def _attempt(self, user, action):
        """Do something as somebody; tell whether it was refused."""
        savepoint = self.case.cr.savepoint()
        try:
            action(self.change.with_user(user))
            self.case.env.flush_all()
        except UserError:
            savepoint.close(rollback=True)
            self.case.env.invalidate_all()
            return False
        savepoint.close(rollback=False)
        self.change.invalidate_recordset()
        return True

    # ------------------------------------------------------------------
    # What people do
    # ------------------------------------------------------------------

    @rule(role=st.sampled_from(ROLES), verb=st.sampled_from(sorted(CALLS)))
    def use(self, role, verb):
        """Use any verb as anybody."""
        self._use(role, verb)

    def _use(self, role, verb):
        """Use a verb; where it goes through, its gates hold."""
        user = getattr(self.case, role)
        facts, state = self._facts(user), self.change.state
        if self._attempt(user, CALLS[verb]):
            self._check_passed(verb, state, facts)

    @rule()
    def try_on(self):
        """Try what most likely leads on, some steps far."""
        for _step in range(3):
            for helper, verb in NEXT.get(self.change.state, ()):
                self._use(helper, verb)

    @rule(
        role=st.sampled_from(ROLES),
        plan=st.sampled_from(PLANS),
        text=st.sampled_from(["<p>As written down.</p>", "<p><br></p>", False]),
    )
    def write_plan(self, role, plan, text):
        """Write a plan, or empty it."""
        self._attempt(
            getattr(self.case, role), lambda change: change.write({plan: text})
        )

    @rule()
    def prepare(self):
        """Write all plans, and show all evidence."""
        self._attempt(
            self.case.coordinator,
            lambda change: change.write(dict.fromkeys(PLANS, "<p>Written.</p>")),
        )
        for kind in ("backup", "restore", "test"):
            self._show("implementer", kind)

    @rule(
        role=st.sampled_from(ROLES), kind=st.sampled_from(["backup", "restore", "test"])
    )
    def add_evidence(self, role, kind):
        """Add evidence."""
        self._show(role, kind)

    def _show(self, role, kind):
        self._attempt(
            getattr(self.case, role), lambda change: self._add_evidence(change, kind)
        )

    def _add_evidence(self, change, kind):
        file = change.env["ir.attachment"].create({"name": "log", "raw": b"0"})
        change.evidence_ids = [
            fields.Command.create({"kind": kind, "attachment_ids": [(6, 0, file.ids)]})
        ]

    @rule(role=st.sampled_from(ROLES), other=st.sampled_from(ROLES))
    def hand_over(self, role, other):
        """Give the work to somebody else."""
        person = getattr(self.case, other)
        self._attempt(
            getattr(self.case, role),
            lambda change: change.write({"implementer_id": person.id}),
        )

    @rule(role=st.sampled_from(ROLES), hours=st.sampled_from([-30, 1, 5, 500]))
    def move_dates(self, role, hours):
        """Choose other dates."""
        start = fields.Datetime.now().replace(microsecond=0) + timedelta(hours=hours)
        vals = {"planned_start": start, "planned_end": start + timedelta(hours=2)}
        self._attempt(getattr(self.case, role), lambda change: change.write(vals))

    @rule(role=st.sampled_from(ROLES))
    def take_type(self, role):
        """Try to become an emergency on the way."""
        self._attempt(
            getattr(self.case, role), lambda change: change.write({"type": "emergency"})
        )
        self.kind = self.change.type

    @rule(
        role=st.sampled_from(ROLES),
        state=st.sampled_from(["scheduled", "implement", "closed"]),
    )
    def write_state(self, role, state):
        """Nobody writes a state."""
        user = getattr(self.case, role)
        assert not self._attempt(user, lambda change: change.write({"state": state}))

    @rule(risk=st.sampled_from(RISKS))
    def assess(self, risk):
        """Let an analysis find another risk."""
        self.change._write_system({"risk": risk})

    # ------------------------------------------------------------------
    # What must be so
    # ------------------------------------------------------------------

    def _facts(self, user):
        """Return what holds, read by plain means."""
        change = self.change.sudo()
        shown = {
            row.kind
            for row in change.evidence_ids
            if row.attachment_ids and row.result == "passed"
        }
        people = change.implementer_id | change.started_by_id | change.finished_by_id
        written = {
            plan: "".join((change[plan] or "").replace("<br>", "").split("<p>"))
            .replace("</p>", "")
            .strip()
            for plan in PLANS
        }
        asked = change.requester_id.user_ids | change.submitted_by_id
        return {
            "implementer": bool(change.implementer_id),
            "plan_implementation": bool(written["implementation_plan"]),
            "plan_test": bool(written["test_plan"]),
            "plan_communication": bool(written["communication_plan"]),
            "plan_backout": bool(written["backout_plan"]),
            "evidence_backup": "backup" in shown,
            "evidence_restore": "restore" in shown,
            "tests": "test" in shown,
            "duties_accept": user not in asked,
            "duties_review": user not in people,
        }

    def _check_passed(self, verb, state, facts):
        verb = "authorize" if verb == "proceed" else verb
        sources, target = WAYS[verb]
        assert state in sources.split(), (verb, state)
        went_on = verb == "accept" and self.change.state == "scheduled"
        assert self.change.state == target or went_on, (verb, self.change.state)
        self.reached.add((self.kind, self.change.state))
        for gate in self.case.env["itsm.change.gate"].search([("verb", "=", verb)]):
            risk = self.change.risk or "high"
            asked = (
                gate[f"for_{self.kind}"]
                and RISKS.index(risk) >= RISKS.index(gate.min_risk)
                and (self.change.has_outage or not gate.outage_only)
            )
            assert not asked or facts[gate.key], (verb, gate.key)

    @invariant()
    def the_log_is_a_way_through_the_machine(self):
        """From the first state on, each step begins where the one before ended."""
        if not hasattr(self, "change"):
            return
        state = "draft"
        for row in self.change.transition_ids.sorted("id"):
            sources, target = WAYS[row.verb]
            assert row.source == state and state in sources.split(), row.verb
            state = target
        assert self.change.state == state

    @invariant()
    def nobody_is_judge_of_their_own(self):
        """Not of what they asked for, nor of what they did."""
        if not hasattr(self, "change") or self.kind == "standard":
            return
        change = self.change.sudo()
        if change.accepted_by_id and change.state == "authorize":
            assert change.accepted_by_id.partner_id != change.requester_id
            assert change.accepted_by_id != change.submitted_by_id
        if change.closed_by_id:
            assert change.closed_by_id not in (
                change.implementer_id | change.started_by_id | change.finished_by_id
            )


@tagged("post_install", "-at_install")
class TestChangeMachine(ChangeCase):
    """No order of calls by any role reaches a state that the gates forbid."""

    def _live(self, kind):
        self._only_gates(*self._known_keys())
        reached = set()
        run_state_machine_as_test(
            type(
                "BoundMachine",
                (ChangeMachine,),
                {"case": self, "first_kind": kind, "reached": reached},
            ),
            settings=settings(
                max_examples=15,
                stateful_step_count=25,
                deadline=None,
                derandomize=True,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
        self.assertIn((kind, "closed"), reached, "or it proves nothing")

    def test_standard(self):
        self._live("standard")

    def test_normal(self):
        self._live("normal")

    def test_emergency(self):
        self._live("emergency")

    def _known_keys(self):
        """Return the keys whose facts the machine reads by itself."""
        return (
            "implementer",
            "plan_implementation",
            "plan_test",
            "plan_communication",
            "plan_backout",
            "evidence_backup",
            "evidence_restore",
            "tests",
            "duties_accept",
            "duties_review",
        )
