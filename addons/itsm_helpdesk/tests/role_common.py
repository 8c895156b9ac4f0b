from unittest.mock import patch

from odoo.fields import Command

from odoo.addons.base.models.ir_cron import IrCron

from .common import GROUP, ItsmCase


class RoleCase(ItsmCase):
    """Roles made for the test, so that the data of the addon may change."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.group_agent = cls.env.ref(GROUP % "agent")
        cls.group_leader = cls.env.ref(GROUP % "leader")
        cls.group_manager = cls.env.ref(GROUP % "manager")
        cls.group_sla = cls.env.ref("itsm_sla.group_sla_manager")
        cls.process = cls.env["itsm.process"].create({"name": "Test", "code": "test"})
        cls.role_agent = cls._make_role(
            "agent", cls.group_agent, scope="team", seat="member", delegated=True
        )
        cls.role_leader = cls._make_role(
            "leader", cls.group_leader, scope="team", seat="leader", delegated=True
        )
        cls.role_manager = cls._make_role(
            "manager", cls.group_manager, scope="desk", seat="manager"
        )
        cls.role_levels = cls._make_role("levels", cls.group_sla, sensitive=True)
        jobs = cls.env["hr.job"].create(
            [
                {"name": name, "company_id": cls.company.id}
                for name in ("Nurse", "Technician", "Head of IT")
            ]
        )
        cls.nurse, cls.technician, cls.head_of_it = jobs
        cls.hr = cls._make_user("hr", "Hanna HR", "hr.group_hr_user")
        cls.employee_requester.job_id = cls.nurse
        cls.env.flush_all()

    @classmethod
    def _make_role(cls, code, groups, **vals):
        return cls.env["itsm.role"].create(
            {
                "name": f"Test {code}",
                "code": f"test_{code}",
                "process_id": cls.process.id,
                "group_ids": [Command.set(groups.ids)],
                **vals,
            }
        )

    def _assign(self, role, holder, env=None, **vals):
        """Return an assignment in force of a role to a user or a job."""
        name = "job_id" if holder._name == "hr.job" else "user_id"
        if role.scope == "team":
            vals.setdefault("team_id", self.team1.id)
        if role.scope == "desk":
            vals.setdefault("desk_id", self.desk.id)
        assignment = (env or self.env)["itsm.role.assignment"].create(
            {"role_id": role.id, name: holder.id, **vals}
        )
        assignment.action_activate()
        self._settle()
        return assignment.with_env(self.env)

    def _settle(self):
        """Do what is done before a transaction ends."""
        self.env.flush_all()
        self.cr.precommit.run()
        self.env.invalidate_all()

    def _night(self):
        """Run the job that follows what changes with the day."""
        with patch.object(IrCron, "_commit_progress", lambda *_args, **_kwargs: True):
            self.env["itsm.role"]._cron_settle()
        self.env.flush_all()

    def _hire(self, employee, job, user=None):
        """HR gives an employee a job."""
        employee.with_user(user or self.hr).write({"job_id": job.id})
        self._settle()

    def _rows(self, user, *states):
        found = self.env["itsm.role.grant"].search(
            [("user_id", "=", user.id), ("ended_at", "=", False)]
        )
        return found.filtered(lambda row: row.state in states) if states else found

    def _has(self, user, group):
        return group in user.group_ids
