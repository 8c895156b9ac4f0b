from .role_common import RoleCase


class TestRoleQueries(RoleCase):
    """A change of the jobs of a hundred people is one step."""

    def _staff(self, count):
        users = (
            self.env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                [
                    {"login": f"itsm_staff{n}_{count}", "name": f"Staff {n}"}
                    for n in range(count)
                ]
            )
        )
        employees = self.env["hr.employee"].create(
            [
                {"name": user.name, "user_id": user.id, "company_id": self.company.id}
                for user in users
            ]
        )
        self._settle()
        return employees

    def _settling(self, employees, job):
        employees.job_id = job
        self.env.flush_all()
        # What the chatter notes of it is not counted.
        self.cr.precommit.clear()
        self.env["itsm.role"]._recheck(employees.user_id)
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        self.env["itsm.role"].sudo()._settle_pending()
        self.env.flush_all()
        count = self.cr.sql_log_count - before
        self._settle()
        return count

    def test_hundred_employees(self):
        self._assign(self.role_agent, self.technician)
        few, many = self._staff(5), self._staff(100)
        for job in (self.technician, self.nurse):
            for_few = self._settling(few, job)
            for_many = self._settling(many, job)
            with self.subTest(job.name):
                # With the one message that tells them all.
                self.assertLess(for_many, 115)
                self.assertLess(for_many - for_few, 15)
        self.assertFalse(many.user_id.group_ids & self.group_agent)

    def test_without_roles_a_job_costs_nearly_nothing(self):
        staff = self._staff(5)
        self.cr.execute("UPDATE itsm_role_assignment SET state = 'ended'")
        self.cr.execute("UPDATE itsm_role_grant SET ended_at = now()")
        self.env.invalidate_all()
        self.assertLess(self._settling(staff, self.technician), 6)
