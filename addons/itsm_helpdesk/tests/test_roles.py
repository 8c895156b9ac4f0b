from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

from .role_common import RoleCase


class TestRoles(RoleCase):
    """What roles give and take when people and jobs change."""

    def test_job_gives_and_takes(self):
        self._assign(self.role_agent, self.technician)
        self.assertFalse(self._has(self.requester, self.group_agent))
        self._hire(self.employee_requester, self.technician)
        self.assertTrue(self._has(self.requester, self.group_agent))
        self.assertIn(self.requester, self.team1.member_ids)
        self.assertIn(self.requester, self.desk.agent_ids)
        self.assertEqual(self._rows(self.requester).begun_by_id, self.hr)
        self._hire(self.employee_requester, self.nurse)
        self.assertFalse(self._has(self.requester, self.group_agent))
        self.assertNotIn(self.requester, self.team1.member_ids)
        self.assertFalse(self._rows(self.requester))

    def test_assignment_to_a_job_reaches_who_has_it(self):
        self.employee_requester.job_id = self.technician
        assignment = self._assign(self.role_agent, self.technician)
        self.assertTrue(self._has(self.requester, self.group_agent))
        self.assertEqual(assignment.holder_ids, self.requester)
        assignment.action_end()
        self._settle()
        self.assertFalse(self._has(self.requester, self.group_agent))

    def test_ended_assignment_takes_the_day_after(self):
        assignment = self._assign(
            self.role_agent,
            self.requester,
            date_from=fields.Date.today() - timedelta(days=9),
        )
        self.assertTrue(self._has(self.requester, self.group_agent))
        assignment.date_to = fields.Date.today() - timedelta(days=1)
        self._settle()
        self.assertFalse(self._has(self.requester, self.group_agent))

    def test_what_was_given_by_hand_stays(self):
        self.requester.group_ids += self.group_agent
        self.team1.member_ids += self.requester
        self._assign(self.role_agent, self.technician)
        self._hire(self.employee_requester, self.technician)
        self.assertEqual(set(self._rows(self.requester).mapped("state")), {"had"})
        self._hire(self.employee_requester, self.nurse)
        self.assertTrue(self._has(self.requester, self.group_agent))
        self.assertIn(self.requester, self.team1.member_ids)

    def test_what_was_taken_by_hand_is_not_given_again(self):
        self._assign(self.role_agent, self.requester)
        self.requester.group_ids -= self.group_agent
        self.team1.member_ids -= self.requester
        self.assertEqual(set(self._rows(self.requester).mapped("state")), {"withdrawn"})
        self._night()
        self.assertFalse(self._has(self.requester, self.group_agent))

    def test_taken_and_given_again_by_hand_in_one_step(self):
        """Between two settlements of the ledger a right became one by hand."""
        assignment = self._assign(
            self.role_agent,
            self.requester,
            date_from=fields.Date.today() - timedelta(days=9),
        )
        self.group_agent.user_ids -= self.requester
        self.group_agent.user_ids += self.requester
        assignment.date_to = fields.Date.today() - timedelta(days=1)
        self._settle()
        self.assertTrue(self._has(self.requester, self.group_agent))

    def test_kept_by_decision(self):
        self._assign(self.role_agent, self.technician)
        self._hire(self.employee_requester, self.technician)
        self._rows(self.requester).with_user(self.admin).action_keep()
        self._hire(self.employee_requester, self.nurse)
        self.assertTrue(self._has(self.requester, self.group_agent))

    def test_two_roles_that_give_the_same(self):
        second = self._make_role("second", self.group_agent)
        self._assign(self.role_agent, self.technician)
        self._assign(second, self.requester)
        self._hire(self.employee_requester, self.technician)
        self._hire(self.employee_requester, self.nurse)
        self.assertTrue(self._has(self.requester, self.group_agent))
        self.assertNotIn(self.requester, self.team1.member_ids)

    def test_leader_and_manager(self):
        self.team2.leader_id = False
        self._assign(self.role_leader, self.technician, team_id=self.team2.id)
        self._assign(self.role_manager, self.technician)
        self._hire(self.employee_requester, self.technician)
        self.assertEqual(self.team2.leader_id, self.requester)
        self.assertIn(self.requester, self.desk.manager_ids)
        self._hire(self.employee_requester, self.nurse)
        self.assertFalse(self.team2.leader_id)
        self.assertEqual(self.desk.manager_ids, self.manager)

    def test_a_leader_named_by_hand_is_not_pushed_out(self):
        self._assign(self.role_leader, self.requester)
        self.assertEqual(self.team1.leader_id, self.leader)
        row = self._rows(self.requester, "blocked")
        self.assertEqual((row.kind, row.obstacle), ("leader", "leader"))
        self.team1.leader_id = False
        self._night()
        self.assertEqual(self.team1.leader_id, self.requester)

    def test_portal_login_gets_nothing_and_stops_nobody(self):
        self._assign(self.role_agent, self.technician)
        self.employee_portal.user_id = self.portal
        self._hire(self.employee_portal | self.employee_requester, self.technician)
        self.assertTrue(self.portal.share)
        self.assertEqual(set(self._rows(self.portal).mapped("obstacle")), {"portal"})
        self.assertTrue(self._has(self.requester, self.group_agent))

    def test_desk_of_another_company(self):
        self._assign(self.role_agent, self.requester, team_id=self.team_branch.id)
        self.assertNotIn(self.requester, self.team_branch.member_ids)
        self.assertIn("company", self._rows(self.requester).mapped("obstacle"))

    def test_who_leaves_loses(self):
        self._assign(self.role_agent, self.technician)
        self._hire(self.employee_requester, self.technician)
        self.employee_requester.with_user(self.hr).active = False
        self._settle()
        self.assertFalse(self._has(self.requester, self.group_agent))

    def test_deactivated_login_loses(self):
        self._assign(self.role_agent, self.requester)
        self.requester.active = False
        self._settle()
        self.assertFalse(self._has(self.requester, self.group_agent))
        self.requester.active = True
        self._settle()
        self.assertTrue(self._has(self.requester, self.group_agent))

    def test_a_later_version_of_the_job(self):
        self._assign(self.role_agent, self.technician)
        tomorrow = fields.Date.today() + timedelta(days=1)
        self.employee_requester.version_id.date_version = "2020-01-01"
        self.employee_requester.with_user(self.hr).create_version(
            {"date_version": tomorrow, "job_id": self.technician.id}
        )
        self._settle()
        self.assertFalse(self._has(self.requester, self.group_agent))
        version = self.employee_requester.version_ids.filtered(
            lambda version: version.date_version == tomorrow
        )
        self.assertEqual(version.job_id, self.technician)
        version.date_version = fields.Date.today()
        self._settle()
        self.assertTrue(self._has(self.requester, self.group_agent))

    def test_assignment_for_a_later_day(self):
        assignment = self._assign(
            self.role_agent,
            self.requester,
            date_from=fields.Date.today() + timedelta(days=1),
        )
        self.assertFalse(self._has(self.requester, self.group_agent))
        assignment._write_system({"date_from": fields.Date.today()})
        self._night()
        self.assertTrue(self._has(self.requester, self.group_agent))

    def test_role_that_gives_something_else(self):
        self._assign(self.role_agent, self.requester)
        self.role_agent.group_ids = self.group_leader
        self._settle()
        self.assertFalse(self._has(self.requester, self.group_agent))
        self.assertTrue(self._has(self.requester, self.group_leader))
        self.role_agent.active = False
        self._settle()
        self.assertFalse(self._has(self.requester, self.group_leader))

    def test_archived_team(self):
        self._assign(self.role_agent, self.requester, team_id=self.team3.id)
        self.team3.active = False
        self._settle()
        self.assertFalse(self._has(self.requester, self.group_agent))

    def test_group_that_became_too_strong(self):
        group = self.env["res.groups"].create({"name": "Harmless"})
        role = self._make_role("harmless", group)
        group.implied_ids += self.env.ref("base.group_erp_manager")
        self._assign(role, self.requester)
        self.assertFalse(self._has(self.requester, group))
        self.assertEqual(self._rows(self.requester).obstacle, "group")

    def test_tickets_left_behind_are_counted(self):
        self._assign(self.role_agent, self.technician)
        self._hire(self.employee_requester, self.technician)
        ticket = self._create_ticket(partner_id=self.colleague.partner_id.id)
        ticket.write({"team_id": self.team1.id, "user_id": self.requester.id})
        self._hire(self.employee_requester, self.nurse)
        row = self.env["itsm.role.grant"].search(
            [("user_id", "=", self.requester.id), ("kind", "=", "member")]
        )
        self.assertEqual(row.left_ticket_count, 1)

    def test_settling_twice_changes_nothing(self):
        self._assign(self.role_agent, self.requester)
        before = self._rows(self.requester)
        self._night()
        self.assertEqual(self._rows(self.requester), before)
        self.assertEqual(set(before.mapped("state")), {"given"})


class TestRoleTable(RoleCase):
    """Who holds what, gaps and conflicts."""

    def test_holders_and_gaps(self):
        self.role_manager.is_required = True
        self.role_levels.is_required = True
        self.assertEqual(self.role_levels.status, "gap")
        self.assertIn("Facilities", self.role_manager.gap)
        self.assertIn("IT", self.role_manager.gap.split(", "))
        self._assign(self.role_manager, self.requester)
        self._assign(self.role_levels, self.requester)
        self.assertEqual(self.role_levels.status, "held")
        self.assertEqual(self.role_levels.holder_ids, self.requester)
        self.assertNotIn("IT", self.role_manager.gap.split(", "))
        gaps = self.env["itsm.role"].search([("status", "=", "gap")])
        self.assertIn(self.role_manager, gaps)
        self.assertNotIn(self.role_levels, gaps)

    def test_conflict(self):
        self.role_levels.excluded_role_ids = self.role_agent
        self._assign(self.role_agent, self.requester)
        self.assertEqual(self.role_agent.status, "held")
        self._assign(self.role_levels, self.requester)
        for role in (self.role_agent, self.role_levels):
            self.assertEqual(role.status, "conflict")
            self.assertEqual(role.conflict_ids, self.requester)
        found = self.env["itsm.role"].search([("status", "=", "conflict")])
        self.assertEqual(found, self.role_agent | self.role_levels)

    def test_on_different_desks_is_no_conflict(self):
        self.role_leader.excluded_role_ids = self.role_agent
        self._assign(self.role_agent, self.requester)
        self._assign(self.role_leader, self.requester, team_id=self.team_other.id)
        self.assertEqual(self.role_agent.status, "held")

    def test_access_without_the_role_is_adopted(self):
        role = self._make_role("adopted", self.group_sla)
        self.requester.group_ids += self.group_sla
        self.assertIn(self.requester, role.without_role_ids)
        role.action_adopt()
        self._settle()
        self.assertIn(self.requester, role.holder_ids)
        self.assertNotIn(self.requester, role.without_role_ids)
        self.assertEqual(self._rows(self.requester).state, "had")

    def test_agents_read_the_table(self):
        self._assign(self.role_agent, self.technician)
        self._hire(self.employee_requester, self.technician)
        role = self._as(self.agent)["itsm.role"].browse(self.role_agent.id)
        self.assertEqual(role.holder_ids.ids, self.requester.ids)
        self.assertEqual(role.holder_count, 1)

    def test_wrong_scope(self):
        Assignment = self.env["itsm.role.assignment"]
        base = {"user_id": self.requester.id}
        for role, vals in (
            (self.role_agent, {}),
            (self.role_agent, {"desk_id": self.desk.id}),
            (self.role_levels, {"desk_id": self.desk.id}),
            (self.role_manager, {"team_id": self.team1.id}),
        ):
            with self.subTest(role=role.name), self.assertRaises(ValidationError):
                Assignment.create({"role_id": role.id, **base, **vals})

    def test_seat_needs_its_scope(self):
        for vals in ({"scope": "all"}, {"seat": "manager"}):
            with self.subTest(vals=vals), self.assertRaises(ValidationError):
                self.role_agent.write(vals)

    def test_what_counts_stays_as_it_was(self):
        assignment = self._assign(self.role_agent, self.requester)
        for vals in (
            {"user_id": self.colleague.id},
            {"team_id": self.team2.id},
            {"role_id": self.role_leader.id},
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                assignment.write(vals)
        with self.assertRaises(UserError):
            assignment.unlink()
        with self.assertRaises(UserError):
            assignment.action_activate()
        with self.assertRaises(ValidationError):
            self.role_agent.unlink()


class TestRolePreview(RoleCase):
    """What would change is shown, and nothing changes."""

    def _lines(self, preview):
        return {(line.user_id, line.kind): line.change for line in preview.line_ids}

    def test_job(self):
        self._assign(self.role_agent, self.technician)
        self._assign(self.role_levels, self.technician)
        preview = self._as(self.hr)["itsm.role.preview"].create(
            {
                "user_ids": [Command.set(self.requester.ids)],
                "job_id": self.technician.id,
            }
        )
        preview.action_preview()
        changes = sorted((line.kind, line.change) for line in preview.line_ids)
        self.assertEqual(
            changes, [("group", "ask"), ("group", "give"), ("member", "give")]
        )
        self.assertTrue(all(line.what for line in preview.line_ids))
        self._settle()
        self.assertFalse(self._has(self.requester, self.group_agent))

    def test_old_job_is_lost(self):
        self._assign(self.role_agent, self.technician)
        self._hire(self.employee_requester, self.technician)
        preview = self._as(self.admin)["itsm.role.preview"].create(
            {"user_ids": [Command.set(self.requester.ids)], "job_id": self.nurse.id}
        )
        preview.action_preview()
        self.assertEqual(set(preview.line_ids.mapped("change")), {"take"})

    def test_draft_assignment(self):
        draft = self._as(self.manager)["itsm.role.assignment"].create(
            {
                "role_id": self.role_agent.id,
                "user_id": self.requester.id,
                "team_id": self.team1.id,
            }
        )
        action = draft.action_preview()
        preview = draft.env["itsm.role.preview"].browse(action["res_id"])
        self.assertEqual(
            {line.kind: line.change for line in preview.line_ids},
            {"group": "give", "member": "give"},
        )
        self.assertFalse(self._rows(self.requester))
