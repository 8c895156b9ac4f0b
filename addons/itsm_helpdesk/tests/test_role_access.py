from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command

from .role_common import RoleCase


class TestRoleAccess(RoleCase):
    """Nobody gets or gives more than who decides on access rights allowed."""

    def _draft(self, user, role, holder, **vals):
        return self._as(user)["itsm.role.assignment"].create(
            {
                "role_id": role.id,
                "user_id": holder.id,
                **({"team_id": self.team1.id} if role.scope == "team" else {}),
                **({"desk_id": self.desk.id} if role.scope == "desk" else {}),
                **vals,
            }
        )

    # ------------------------------------------------------------------
    # Which groups a role gives
    # ------------------------------------------------------------------

    def test_only_who_gives_rights_says_what_roles_give(self):
        self.assertFalse(self.admin.has_group("base.group_erp_manager"))
        role = self._as(self.admin)["itsm.role"].browse(self.role_agent.id)
        role.name = "Renamed"
        more = self.env.ref("hr.group_hr_manager")
        calls = {
            "write": lambda: role.write({"group_ids": [Command.link(more.id)]}),
            "through the other role": lambda: role.browse(self.role_leader.id).write(
                {
                    "excluded_role_ids": [
                        Command.update(role.id, {"group_ids": [Command.link(more.id)]})
                    ]
                }
            ),
            "create": lambda: role.create(
                {
                    "name": "Mine",
                    "code": "mine",
                    "process_id": self.process.id,
                    "group_ids": [Command.set(more.ids)],
                }
            ),
            "copy": lambda: role.copy({"code": "copied"}),
            "import": lambda: self._import(role, more),
        }
        for name, call in calls.items():
            with self.subTest(name), self.assertRaises(AccessError):
                call()
        self.assertEqual(self.role_agent.group_ids, self.group_agent)

    def _import(self, role, group):
        result = role.load([".id", "group_ids/.id"], [[str(role.id), str(group.id)]])
        if not result["ids"]:
            raise AccessError(result["messages"][0]["message"])

    def test_roles_never_give_the_keys_of_odoo(self):
        for xmlid in (
            "base.group_system",
            "base.group_erp_manager",
            "base.group_portal",
            "base.group_public",
        ):
            with self.subTest(xmlid), self.assertRaises(ValidationError):
                self.role_agent.group_ids += self.env.ref(xmlid)

    def test_who_changes_roles(self):
        for user in (self.agent, self.leader, self.manager, self.auditor, self.hr):
            role = self._as(user)["itsm.role"].browse(self.role_agent.id)
            with self.subTest(user.name), self.assertRaises(AccessError):
                role.write({"delegated": True, "sensitive": False})

    # ------------------------------------------------------------------
    # Who holds a role
    # ------------------------------------------------------------------

    def test_manager_names_people_for_delegated_roles_of_own_desks(self):
        draft = self._draft(self.manager, self.role_agent, self.requester)
        draft.action_activate()
        self._settle()
        self.assertTrue(self._has(self.requester, self.group_agent))
        self.assertFalse(self._has(self.requester, self.group_manager))

    def test_manager_gives_nothing_else(self):
        cases = {
            "not delegated": (self.role_manager, {}),
            "whole organisation": (self.role_levels, {}),
            "another desk": (self.role_agent, {"team_id": self.team_other.id}),
            "a job": (
                self.role_agent,
                {"user_id": False, "job_id": self.nurse.id},
            ),
        }
        self.role_levels.delegated = True
        for name, (role, vals) in cases.items():
            with self.subTest(name), self.assertRaises(AccessError):
                self._draft(self.manager, role, self.requester, **vals)

    def test_manager_does_not_turn_a_draft_into_more(self):
        draft = self._draft(self.manager, self.role_agent, self.requester)
        other = self.env["itsm.role.assignment"].create(
            {
                "role_id": self.role_manager.id,
                "user_id": self.manager.id,
                "desk_id": self.desk_other.id,
            }
        )
        for vals in (
            {"role_id": self.role_manager.id, "team_id": False},
            {"team_id": self.team_other.id},
            {"user_id": False, "job_id": self.nurse.id},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                draft.write(vals)
                self.env.flush_all()
        with self.assertRaises(AccessError):
            draft.browse(other.id).action_activate()

    def test_state_is_not_written(self):
        draft = self._draft(self.manager, self.role_agent, self.requester)
        for vals in ({"state": "active"}, {"activated_by_id": self.admin.id}):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                draft.write(vals)
        made = self._as(self.manager)["itsm.role.assignment"]
        with self.assertRaises(AccessError):
            self._draft(self.manager, self.role_agent, self.requester, state="active")
        draft = made.with_context(default_state="active").create(
            {
                "role_id": self.role_agent.id,
                "user_id": self.requester.id,
                "team_id": self.team1.id,
            }
        )
        self.assertEqual(draft.state, "draft")

    def test_role_that_is_not_delegated_any_more(self):
        draft = self._draft(self.manager, self.role_agent, self.requester)
        self.role_agent.delegated = False
        with self.assertRaises(AccessError):
            draft.action_activate()

    def test_who_names_nobody(self):
        for user in (self.agent, self.leader, self.auditor, self.hr, self.requester):
            with self.subTest(user.name), self.assertRaises(AccessError):
                self._draft(user, self.role_agent, self.requester)

    # ------------------------------------------------------------------
    # Nobody gives themselves anything
    # ------------------------------------------------------------------

    def test_hr_gives_themselves_a_job(self):
        self._assign(self.role_agent, self.technician)
        mine = self._make_employee(self.hr)
        self._hire(mine, self.technician, self.hr)
        self.assertFalse(self._has(self.hr, self.group_agent))
        self.assertNotIn(self.hr, self.team1.member_ids)
        self.assertEqual(set(self._rows(self.hr).mapped("state")), {"asked"})
        self._night()
        self.assertFalse(self._has(self.hr, self.group_agent))

    def test_hr_puts_their_login_on_somebody_with_the_job(self):
        self._assign(self.role_agent, self.technician)
        other = self._make_employee(
            self.colleague, user_id=False, name="Somebody", job_id=self.technician.id
        )
        other.with_user(self.hr).user_id = self.hr
        self._settle()
        self.assertFalse(self._has(self.hr, self.group_agent))

    def test_hr_makes_an_employee_of_themselves(self):
        self._assign(self.role_agent, self.technician)
        self._as(self.hr)["hr.employee"].create(
            {
                "name": "Me",
                "user_id": self.hr.id,
                "job_id": self.technician.id,
                "company_id": self.company.id,
            }
        )
        self._settle()
        self.assertFalse(self._has(self.hr, self.group_agent))

    def test_hr_prepares_their_own_job_for_tomorrow(self):
        self._assign(self.role_agent, self.technician)
        mine = self._make_employee(self.hr, job_id=self.nurse.id)
        mine.version_id.date_version = "2020-01-01"
        version = self._as(self.hr)["hr.version"].create(
            {
                "employee_id": mine.id,
                "date_version": fields.Date.today() + timedelta(days=1),
                "job_id": self.technician.id,
            }
        )
        self._settle()
        # The night passes: the version becomes the one that counts.
        self.cr.execute(
            "UPDATE hr_version SET date_version = %s WHERE id = %s",
            [fields.Date.today(), version.id],
        )
        self.cr.execute(
            "UPDATE hr_employee SET current_version_id = %s WHERE id = %s",
            [version.id, mine.id],
        )
        self.env.invalidate_all()
        self.assertEqual(mine.sudo().job_id, self.technician)
        self._night()
        self.assertFalse(self._has(self.hr, self.group_agent))
        self.assertEqual(set(self._rows(self.hr).mapped("state")), {"asked"})

    def test_administrator_names_themselves(self):
        sla = self._make_role("quiet", self.env.ref("hr.group_hr_user"))
        for vals in ({}, {"date_from": fields.Date.today() + timedelta(days=1)}):
            draft = self._draft(self.admin, sla, self.admin, **vals)
            draft.action_activate()
            self._settle()
            draft.sudo()._write_system({"date_from": fields.Date.today()})
            self._night()
            self.assertFalse(self._has(self.admin, self.env.ref("hr.group_hr_user")))
        rows = self._rows(self.admin)
        self.assertEqual(set(rows.mapped("state")), {"asked"})
        for verb in ("action_confirm", "action_refuse"):
            with self.subTest(verb), self.assertRaises(AccessError):
                getattr(rows.with_user(self.admin), verb)()

    def test_manager_names_themselves(self):
        draft = self._draft(self.manager, self.role_leader, self.manager)
        draft.action_activate()
        self._settle()
        self.assertEqual(set(self._rows(self.manager).mapped("state")), {"asked"})
        self.assertEqual(self.team1.leader_id, self.leader)

    # ------------------------------------------------------------------
    # Confirming
    # ------------------------------------------------------------------

    def test_sensitive_role_waits_for_an_administrator(self):
        self._assign(self.role_levels, self.technician)
        self._hire(self.employee_requester, self.technician)
        self.assertFalse(self._has(self.requester, self.group_sla))
        row = self._rows(self.requester, "asked")
        self.assertTrue(self.role_levels.activity_ids)
        for user in (self.agent, self.leader, self.manager, self.auditor, self.hr):
            with self.subTest(user.name), self.assertRaises(AccessError):
                row.with_user(user).action_confirm()
        row.with_user(self.admin).action_confirm()
        self.assertTrue(self._has(self.requester, self.group_sla))
        self.assertEqual((row.state, row.confirmed_by_id), ("given", self.admin))
        self._hire(self.employee_requester, self.nurse)
        self.assertFalse(self._has(self.requester, self.group_sla))

    def test_refused(self):
        self._assign(self.role_levels, self.technician)
        self._hire(self.employee_requester, self.technician)
        row = self._rows(self.requester, "asked")
        row.with_user(self.admin).action_refuse()
        self._night()
        self.assertFalse(self._has(self.requester, self.group_sla))
        self.assertEqual(row.state, "refused")
        with self.assertRaises(UserError):
            row.with_user(self.admin).action_confirm()

    def test_confirmed_too_late(self):
        """What nobody wants any more is not given by a confirmation."""
        assignment = self._assign(
            self.role_levels,
            self.requester,
            date_from=fields.Date.today() - timedelta(days=9),
        )
        row = self._rows(self.requester, "asked")
        assignment._write_system({"date_to": fields.Date.today() - timedelta(days=1)})
        with self.assertRaises(UserError):
            row.with_user(self.admin).action_confirm()
        self.assertFalse(self._has(self.requester, self.group_sla))

    def test_roles_that_exclude_each_other_are_asked_about(self):
        role = self._make_role("audit", self.group_sla)
        role.excluded_role_ids = self.role_agent
        self._assign(self.role_agent, self.requester)
        self._assign(role, self.requester)
        self.assertFalse(self._has(self.requester, self.group_sla))
        self.assertTrue(self._has(self.requester, self.group_agent))

    # ------------------------------------------------------------------
    # The ledger
    # ------------------------------------------------------------------

    def test_ledger_is_written_by_nobody(self):
        self._assign(self.role_agent, self.requester)
        row = self._rows(self.requester)[:1]
        for user in (self.agent, self.manager, self.admin, self.auditor, self.hr):
            grant = self._as(user)["itsm.role.grant"].browse(row.id)
            for name, call in {
                "write": lambda grant=grant: grant.write({"state": "had"}),
                "create": lambda grant=grant: grant.create(
                    {
                        "user_id": self.agent.id,
                        "role_id": self.role_levels.id,
                        "kind": "group",
                        "target": self.group_sla.id,
                        "state": "asked",
                    }
                ),
                "unlink": lambda grant=grant: grant.unlink(),
            }.items():
                with self.subTest(user=user.name, call=name):
                    self.assertRaises(AccessError, call)

    def test_who_reads_the_ledger(self):
        self._assign(self.role_agent, self.requester)
        self._assign(self.role_agent, self.colleague, team_id=self.team_other.id)
        rows = self._rows(self.requester) | self._rows(self.colleague)
        for user, seen in (
            (self.requester, None),
            (self.colleague, None),
            (self.agent, None),
            (self.manager, self._rows(self.requester)),
            (self.admin, rows),
            (self.auditor, rows),
        ):
            Grant = self._as(user)["itsm.role.grant"]
            with self.subTest(user.name):
                if not Grant.has_access("read"):
                    self.assertIsNone(seen)
                    continue
                found = Grant.search([("id", "in", rows.ids)])
                own = rows.filtered(lambda row, user=user: row.user_id == user)
                self.assertEqual(set(found.ids), set((seen or own).ids))

    def test_preview_is_not_for_everybody(self):
        vals = {
            "user_ids": [Command.set(self.agent.ids)],
            "job_id": self.nurse.id,
        }
        for user in (self.agent, self.auditor, self.requester, self.manager):
            Preview = self._as(user)["itsm.role.preview"]
            with self.subTest(user.name), self.assertRaises(AccessError):
                Preview.create(vals).action_preview()
        preview = self._as(self.hr)["itsm.role.preview"].create(vals)
        preview.action_preview()
        with self.assertRaises(AccessError):
            preview.with_user(self.admin).read(["user_ids"])

    def test_other_companies(self):
        """A role of a desk of another company is not seen, nor given there."""
        theirs = self._assign(
            self.role_agent, self.foreigner, team_id=self.team_branch.id
        )
        found = self._as(self.agent)["itsm.role.assignment"].search([])
        self.assertNotIn(theirs.id, found.ids)
        role = self._as(self.agent)["itsm.role"].browse(self.role_agent.id)
        self.assertNotIn(self.foreigner.id, role.holder_ids.ids)
