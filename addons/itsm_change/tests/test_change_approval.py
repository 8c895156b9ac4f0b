from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .cab_common import CabCase


@tagged("post_install", "-at_install")
class TestChangeApproval(CabCase):
    """Who is asked about a change, and what follows from the decision."""

    def _server(self, **vals):
        return self._ci("Database server", **vals)

    def _with_service(self, risk, owner, **vals):
        item = self._server()
        self.env["itsm.service"].create(
            {
                "name": "Laboratory",
                "desk_id": self.desk.id,
                "owner_id": owner.id,
                "ci_ids": [Command.set(item.ids)],
            }
        )
        links = [Command.create({"ci_id": item.id})]
        return self._asked(risk, ci_link_ids=links, **vals)

    # ------------------------------------------------------------------
    # Whom the shipped policies ask
    # ------------------------------------------------------------------

    def test_high_risk_asks_managers_owners_and_board(self):
        change = self._with_service("high", self.agent)
        self.assertEqual(change.approval_state, "waiting")
        steps = change.approval_id.step_ids.sorted().mapped("name")
        self.assertEqual(
            steps, ["Change Management", "Service Owners", "Advisory Board"]
        )
        managers = self._asked_people(change, "Change Management")
        self.assertIn(self.change_manager, managers)
        self.assertNotIn(self.change_other, managers)
        self.assertEqual(self._asked_people(change, "Service Owners"), self.agent)
        board = self._asked_people(change, "Advisory Board")
        self.assertEqual(board, self.board1 | self.board3)

    def test_unassessed_counts_as_high(self):
        change = self._asked(False)
        policy = self.env.ref("itsm_change.approval_policy_high")
        self.assertEqual(change.approval_id.policy_id, policy)

    def test_without_owned_service_owners_are_not_asked(self):
        change = self._asked("high")
        step = change.approval_id.step_ids.filtered(
            lambda s: s.name == "Service Owners"
        )
        self.assertEqual(step.state, "skipped")

    def test_low_risk_goes_on_by_itself(self):
        change = self._asked("low")
        self.assertTrue(change.approval_not_needed)
        self.assertFalse(change.approval_id)
        self.assertEqual(change.state, "scheduled")

    def test_board_decides_on_the_network_at_medium_risk(self):
        item_class = self.env.ref("itsm_cmdb.class_network_device")
        switch = self._ci("Core switch", self._class("test_switch", item_class))
        links = [Command.create({"ci_id": switch.id})]
        change = self._asked("medium", ci_link_ids=links, category_id=self.network.id)
        board = self._asked_people(change, "Advisory Board")
        self.assertEqual(board, self.board1 | self.board2 | self.board3)
        other = self._asked("medium")
        step = other.approval_id.step_ids.sorted()[-1:]
        self.assertEqual(step.state, "skipped")

    def test_emergency_asks_the_emergency_board(self):
        change = self._asked("low", type="emergency")
        self.assertEqual(self._asked_people(change), self.urgent)

    def test_members_by_area(self):
        network = self._asked(category_id=self.network.id)
        hardware = self._asked(category_id=self.hardware.id)
        self.assertIn(self.board2, self._asked_people(network, "Advisory Board"))
        self.assertNotIn(self.board2, self._asked_people(hardware, "Advisory Board"))

    def test_roles_find_their_people(self):
        owner = self._make_employee(self.board1)
        head = self._make_employee(self.board2)
        department = self.env["hr.department"].create(
            {"name": "Ward 3", "manager_id": head.id}
        )
        item = self._server(owner_id=owner.id, department_id=department.id)
        change = self._change(
            coordinator_id=self.coordinator.id,
            ci_link_ids=[Command.create({"ci_id": item.id})],
        )
        for role, user in (
            ("coordinator", self.coordinator),
            ("item_owner", self.board1),
            ("department_manager", self.board2),
        ):
            with self.subTest(role=role):
                self.assertEqual(change._approval_people(role), user.partner_id)
        managers = change._approval_people("change_manager")
        self.assertIn(self.change_manager.partner_id, managers)
        self.assertEqual(
            set(dict(change._approval_roles())),
            {
                "coordinator",
                "change_manager",
                "service_owner",
                "item_owner",
                "department_manager",
                "cab",
                "ecab",
            },
        )

    def test_search_for_owned_services(self):
        change = self._with_service("low", self.agent)
        other = self._asked("low")
        both = change | other
        found = self.Change.search(
            [("id", "in", both.ids), ("has_service_owner", "=", True)]
        )
        self.assertEqual(found, change)
        self.assertTrue(change.has_service_owner)
        rest = self.Change.search(
            [("id", "in", both.ids), ("has_service_owner", "=", False)]
        )
        self.assertEqual(rest, other)

    # ------------------------------------------------------------------
    # Through the verbs
    # ------------------------------------------------------------------

    def test_accepting_asks_and_the_last_vote_lets_it_go_on(self):
        self._board_policy()
        change = self._make_ready(self._change())
        self._bring_to(change, "authorize")
        self.assertEqual(change.state, "authorize")
        with self.assertRaises(UserError):
            change.with_user(self.coordinator).proceed()
        self._vote(change, self.board1)
        self.assertEqual(change.state, "authorize")
        self._vote(change, self.board3)
        self.assertEqual(change.approval_state, "granted")
        self.assertEqual(change.state, "scheduled")

    def test_rejection_sends_back_with_the_reason(self):
        self._board_policy()
        change = self._asked()
        self._vote(change, self.board1, "reject", "No test at all.")
        self.assertEqual(change.state, "draft")
        self.assertIn("No test at all.", change.transition_ids[-1:].reason)

    def test_each_round_is_asked_anew(self):
        self._board_policy()
        change = self._asked()
        first = change.approval_id
        self._vote(change, self.board1)
        self._vote(change, self.board3)
        change.with_user(self.coordinator).send_back("Another way.")
        change._write_system({"state": "authorize"})
        change.with_user(self.coordinator)._ask_approval()
        self.assertNotEqual(change.approval_id, first)
        self.assertEqual(change.approval_state, "waiting")

    def test_sending_back_and_cancelling_withdraw(self):
        change, other = self._asked(), self._asked()
        change.with_user(self.coordinator).send_back("Say which servers.")
        other.with_user(self.coordinator).cancel("Not needed.")
        self.assertEqual(change.approval_state, "withdrawn")
        self.assertEqual(change.state, "draft")
        self.assertEqual(other.approval_state, "withdrawn")
        self.assertEqual(other.state, "cancelled")

    def test_requester_who_withdraws_gets_it_back(self):
        change = self._asked()
        change.approval_id.with_user(self.requester).withdraw("A mistake.")
        self.assertEqual(change.state, "draft")

    def test_nobody_writes_what_the_decision_is(self):
        change = self._asked()
        for vals in (
            {"approval_state": "granted"},
            {"approval_not_needed": True},
            {"is_late_approval": False},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                change.with_user(self.change_manager).write(vals)

    def test_gate_names_whom_it_waits_for(self):
        self._board_policy()
        change = self._asked()
        [text] = change._missing("authorize")
        self.assertIn(self.board1.name, text)

    # ------------------------------------------------------------------
    # Separation of duties
    # ------------------------------------------------------------------

    def test_who_asked_or_does_it_is_not_asked(self):
        self._board_policy()
        change = self._asked(requester_id=self.board1.partner_id.id)
        self.assertEqual(self._asked_people(change), self.board3)
        change = self._asked(implementer_id=self.board1.id)
        self.assertEqual(self._asked_people(change), self.board3)

    def test_whoever_gets_the_work_loses_the_vote(self):
        self._board_policy()
        change = self._asked()
        change.with_user(self.coordinator).implementer_id = self.board1
        with self.assertRaises(UserError):
            self._vote(change, self.board1)

    # ------------------------------------------------------------------
    # Altered after the question
    # ------------------------------------------------------------------

    def _scheduled(self, **vals):
        change = self._asked(**vals)
        self._vote(change, self.board1)
        self._vote(change, self.board3)
        self.assertEqual(change.state, "scheduled")
        return change.with_user(self.coordinator)

    def test_altered_subject_is_asked_again(self):
        self._board_policy()
        item = self._server()
        later = timedelta(days=1)
        alterations = {
            "scope": lambda change: change.write({"description": "<p>More.</p>"}),
            "dates": lambda change: change.write(
                {
                    "planned_start": change.planned_start + later,
                    "planned_end": change.planned_end + later,
                }
            ),
            "outage": lambda change: change.write({"has_outage": True}),
            "plan": lambda change: change.write({"backout_plan": "<p>None.</p>"}),
            "category": lambda change: change.write({"category_id": self.network.id}),
            "new item": lambda change: change.ci_link_ids.create(
                {"change_id": change.id, "ci_id": item.id}
            ),
            "item state": lambda change: change.ci_link_ids[:1].write(
                {"state": "degraded"}
            ),
            "item excluded": lambda change: change.ci_link_ids[:1].write(
                {"excluded": True}
            ),
            "item removed": lambda change: change.ci_link_ids[:1].unlink(),
            "risk": lambda change: change._write_system({"risk": "low"}),
        }
        for name, alter in alterations.items():
            with self.subTest(altered=name):
                change = self._scheduled()
                before = change.sudo().approval_id
                alter(change)
                change.invalidate_recordset()
                self.assertEqual(before.state, "void")
                self.assertNotEqual(change.sudo().approval_id, before)
                self.assertEqual(change.approval_state, "waiting")
                self.assertEqual(change.state, "authorize")

    def test_what_was_not_asked_about_may_be_altered(self):
        self._board_policy()
        change = self._scheduled()
        before = change.sudo().approval_id
        change.write({"team_id": False, "urgency": "1"})
        self.assertEqual(change.sudo().approval_id, before)
        self.assertEqual(change.state, "scheduled")

    def test_altered_so_that_nobody_needs_asking(self):
        """What becomes harmless goes on; what becomes harmful waits."""
        change = self._asked("high")
        change._write_system({"risk": "low"})
        self.assertTrue(change.approval_not_needed)
        self.assertEqual(change.state, "scheduled")
        change._write_system({"risk": "high"})
        self.assertFalse(change.approval_not_needed)
        self.assertEqual(change.approval_state, "waiting")
        self.assertEqual(change.state, "authorize")

    def test_drafts_are_not_asked_about(self):
        self._board_policy()
        change = self._scheduled()
        change.send_back("Other servers.")
        approval = change.sudo().approval_id
        change.write({"description": "<p>Others.</p>"})
        self.assertEqual(change.sudo().approval_id, approval)
        self.assertEqual(change.state, "draft")

    # ------------------------------------------------------------------
    # How it reads
    # ------------------------------------------------------------------

    def test_subject_reads_well(self):
        change = self._asked(description="<p>From <b>12</b> to 16.</p>")
        rows = {row["key"]: row["text"] for row in change.approval_id.subject}
        for key in ("planned_start", "planned_end"):
            zone = change.company_id.resource_calendar_id.tz
            self.assertIn(zone, rows[key])
        self.assertNotIn("<", rows["description"] + rows["backout_plan"])
        self.assertIn(change.ci_link_ids.ci_id.name, rows["items"])
        self.assertNotIn("outage_start", rows)

    def test_subject_does_not_depend_on_the_reader(self):
        change = self._change()
        signs = {
            change.with_user(user)._approval_fingerprint()
            for user in (self.coordinator, self.implementer, self.agent)
        }
        self.assertEqual(len(signs), 1)
