from odoo.fields import Command, Domain

from odoo.addons.base.tests.common import BaseCommon

GROUP = "itsm_helpdesk.group_itsm_%s"
# No mail, no log and no followers while the actors are set up: it is twice as fast.
QUIET = {
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "no_reset_password": True,
    "tracking_disable": True,
}
# Monday 2 March 2026, 10:00 UTC: inside the desk's working hours.
WORKDAY = "2026-03-02 10:00:00"
WEEKEND = "2026-03-07 10:00:00"
# The letters of the tables of rights.
OPERATIONS = {"r": "read", "w": "write", "c": "create", "d": "unlink"}


class ItsmCase(BaseCommon):
    """Desks, teams and one user for each role, made once for each test class.

    The IT desk works Monday to Friday 8-12 and 13-17 UTC and has three lines; the
    facilities desk is of the same company, the branch desk of another one.

    ============== =======================================================
    user           role
    ============== =======================================================
    portal         requester with a portal login, employee by work contact
    requester      requester with an internal login, employee
    colleague      employee of the requester's department, no agent
    head           manager of the requester's department, no agent
    agent, agent2  members of line 1 of the IT desk
    engineer       member of line 2 of the IT desk
    leader         team leader: leads line 1
    manager        desk manager of the IT desk
    stranger       agent of the facilities desk
    foreigner      agent of the branch desk, in the other company
    auditor        reads all, writes nothing
    admin          administrator of the service desk
    ============== =======================================================
    """

    @classmethod
    def default_env_context(cls):
        """Keep chatter and tracking on: they are part of what is tested."""
        return {"no_reset_password": True}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_companies()
        cls._make_users()
        cls._make_desks()
        cls._make_employees()
        cls.Ticket = cls.env["itsm.ticket"]
        cls.env.flush_all()

    # ------------------------------------------------------------------
    # Actors
    # ------------------------------------------------------------------

    @classmethod
    def _make_companies(cls):
        quiet = cls.env(context=dict(cls.env.context, **QUIET))
        cls.alias_domain = quiet["mail.alias.domain"].create(
            {"name": "desk.example.com", "sequence": 0}
        )
        cls.branch = quiet["res.company"].create({"name": "Branch"})
        (cls.company | cls.branch).alias_domain_id = cls.alias_domain
        cls.env.user.company_ids |= cls.branch
        cls.calendar = quiet["resource.calendar"].create(
            {
                "name": "Weekdays 8-17",
                "tz": "UTC",
                "company_id": cls.company.id,
                "attendance_ids": [Command.clear()]
                + [
                    Command.create(
                        {
                            "name": f"{day} {start}",
                            "dayofweek": str(day),
                            "hour_from": start,
                            "hour_to": end,
                        }
                    )
                    for day in range(5)
                    for start, end in ((8, 12), (13, 17))
                ],
            }
        )

    @classmethod
    def _user_vals(cls, login, name, groups="base.group_user", company=None):
        """Return the values of a user whose password is the login, of 8 or more."""
        company = company or cls.company
        groups = [cls.env.ref(group).id for group in groups.split(",")]
        return {
            "login": f"itsm_{login}",
            "password": f"itsm_{login}".ljust(8, "x"),
            "name": name,
            "email": f"{login}@staff.example.com",
            "tz": "UTC",
            "company_id": company.id,
            "company_ids": [Command.set(company.ids)],
            "group_ids": [Command.set(groups)],
        }

    @classmethod
    def _make_user(cls, *args):
        """Return a new user; see ``_user_vals``."""
        Users = cls.env["res.users"].with_context(**QUIET)
        return Users.create(cls._user_vals(*args))

    @classmethod
    def _actors(cls):
        """Return ``{attribute: arguments of _user_vals}`` of all who are made."""
        return {
            "portal": ("portal", "Petra Portal", "base.group_portal"),
            "requester": ("requester", "Ria Requester"),
            "colleague": ("colleague", "Carl Colleague"),
            "head": ("head", "Hedda Head"),
            "agent": ("agent", "Anna Agent", GROUP % "agent"),
            "agent2": ("agent2", "Bert Agent", GROUP % "agent"),
            "engineer": ("engineer", "Emil Engineer", GROUP % "agent"),
            "leader": ("leader", "Lea Leader", GROUP % "leader"),
            "manager": ("manager", "Mina Manager", GROUP % "manager"),
            "stranger": ("stranger", "Stan Stranger", GROUP % "agent"),
            "foreigner": ("foreigner", "Flora", GROUP % "agent", cls.branch),
            "auditor": ("auditor", "Otto Auditor", GROUP % "auditor"),
            "admin": ("admin", "Ada Admin", GROUP % "admin"),
        }

    @classmethod
    def _make_users(cls):
        """Make all at once: one by one takes most of a class's time."""
        actors = cls._actors()
        Users = cls.env["res.users"].with_context(**QUIET)
        users = Users.create([cls._user_vals(*args) for args in actors.values()])
        for attribute, user in zip(actors, users, strict=True):
            setattr(cls, attribute, user)

    @classmethod
    def _make_desks(cls):
        cls.desk = cls._make_desk("it-test", "IT", manager_ids=cls.manager.ids)
        cls.team1 = cls._make_team(
            cls.desk, "1", cls.agent | cls.agent2, leader_id=cls.leader.id
        )
        cls.team2 = cls._make_team(cls.desk, "2", cls.engineer)
        cls.team3 = cls._make_team(cls.desk, "3")
        cls.team1.escalation_team_id = cls.team2
        cls.team2.escalation_team_id = cls.team3
        cls.desk.default_team_id = cls.team1
        cls.desk_other = cls._make_desk("facility-test", "Facilities")
        cls.team_other = cls._make_team(cls.desk_other, "1", cls.stranger)
        cls.desk_other.default_team_id = cls.team_other
        cls.desk_branch = cls._make_desk(
            "branch-test",
            "Branch IT",
            company_id=cls.branch.id,
            resource_calendar_id=False,
        )
        cls.team_branch = cls._make_team(cls.desk_branch, "1", cls.foreigner)
        cls.desk_branch.default_team_id = cls.team_branch

    @classmethod
    def _make_desk(cls, alias, name, **vals):
        return (
            cls.env["itsm.desk"]
            .with_context(**QUIET)
            .create(
                {
                    "name": name,
                    "alias_name": alias,
                    "alias_domain_id": cls.alias_domain.id,
                    "company_id": cls.company.id,
                    "resource_calendar_id": cls.calendar.id,
                    **vals,
                }
            )
            .with_env(cls.env)
        )

    @classmethod
    def _make_team(cls, desk, line, members=None, **vals):
        return cls.env["itsm.team"].create(
            {
                "name": f"{desk.name} line {line}",
                "desk_id": desk.id,
                "line": line,
                "member_ids": members.ids if members else [],
                **vals,
            }
        )

    @classmethod
    def _make_employees(cls):
        cls.department = cls.env["hr.department"].create(
            {"name": "Radiology", "company_id": cls.company.id}
        )
        cls.employee_head = cls._make_employee(cls.head)
        cls.department.manager_id = cls.employee_head
        # A portal user is staff too, known by the work contact only.
        contact = {"user_id": False, "work_contact_id": cls.portal.partner_id.id}
        cls.employee_requester, cls.employee_colleague, cls.employee_portal = (
            cls._make_employees_of(
                [(cls.requester, {}), (cls.colleague, {}), (cls.portal, contact)]
            )
        )

    @classmethod
    def _make_employee(cls, user, department=None, **vals):
        """Return a new employee record of a user, in Radiology by default."""
        if department:
            vals["department_id"] = department.id
        return cls._make_employees_of([(user, vals)])

    @classmethod
    def _make_employees_of(cls, users):
        """Return a new employee for each ``(user, values)``, in the same order."""
        common = {
            "department_id": cls.department.id,
            "company_id": cls.company.id,
            "resource_calendar_id": cls.calendar.id,
            "tz": "UTC",
        }
        Employees = cls.env["hr.employee"].with_context(**QUIET)
        return Employees.create(
            [
                {"name": user.name, "user_id": user.id, **common, **vals}
                for user, vals in users
            ]
        ).with_env(cls.env)

    # ------------------------------------------------------------------
    # Builders
    # ------------------------------------------------------------------

    @classmethod
    def _create_ticket(cls, **vals):
        """Return a new ticket of the IT desk, asked for by the internal requester.

        It is made by the system; ``with_user`` gives it to somebody.
        """
        return cls.env["itsm.ticket"].create(cls._ticket_vals(**vals))

    @classmethod
    def _ticket_vals(cls, **vals):
        return {
            "name": "Printer does not print",
            "desk_id": cls.desk.id,
            "partner_id": cls.requester.partner_id.id,
            **vals,
        }

    @classmethod
    def _in_state(cls, state, **vals):
        """Return a new ticket that was brought to ``state`` by the verbs."""
        ticket = cls._create_ticket(**vals)
        if state == "approval":
            ticket.ask_approval(cls._approval_policy(cls.stranger))
        elif state == "in_progress":
            ticket.start()
        elif state == "pending":
            ticket.set_pending("requester")
        elif state in ("resolved", "closed"):
            ticket.resolve("solved", "Toner replaced.")
        elif state == "cancelled":
            ticket.cancel("Not needed any more.")
        if state == "closed":
            ticket.close()
        return ticket

    @classmethod
    def _approval_policy(cls, *users, **vals):
        """Return a new policy for tickets with one step for each of the users."""
        return cls.env["itsm.approval.policy"].create(
            {
                "name": "Approval",
                "res_model": "itsm.ticket",
                "step_ids": [
                    Command.create(
                        {
                            "name": f"Step of {user.name}",
                            "line_ids": [
                                Command.create(
                                    {
                                        "name": user.name,
                                        "approver_type": "user",
                                        "user_ids": [Command.set(user.ids)],
                                        "rule": "any",
                                    }
                                )
                            ],
                        }
                    )
                    for user in users
                ],
                **vals,
            }
        )

    def _as(self, user):
        """Return the environment of ``user``, with nothing in the cache."""
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env(user=user, su=False)

    def _flush_tracking(self):
        """Write the tracking messages, which otherwise wait for the commit."""
        self.env.flush_all()
        self.cr.flush()

    def _file(self, name="note.txt", content=b"text", **vals):
        """Return a new attachment."""
        return self.env["ir.attachment"].create({"name": name, "raw": content, **vals})

    def _leave(self, resource, start, end):
        """Return a new absence of a resource (``hr.employee.resource_id``)."""
        return self.env["resource.calendar.leaves"].create(
            {
                "name": "Absent",
                "resource_id": resource.id,
                "calendar_id": resource.calendar_id.id,
                "date_from": start,
                "date_to": end,
                "time_type": "leave",
            }
        )

    # ------------------------------------------------------------------
    # Rights
    # ------------------------------------------------------------------

    def _check_model_rights(self, models, roles):
        """Compare the rights of each role with a table.

        :param models: ``{model: letters of OPERATIONS for each of the roles}``
        :param roles: names of the users above
        """
        for model, rights in models.items():
            for role, expected in zip(roles, rights, strict=True):
                Model = self.env[model].with_user(getattr(self, role))
                got = "".join(
                    letter
                    for letter, operation in OPERATIONS.items()
                    if Model.has_access(operation)
                )
                with self.subTest(model=model, role=role):
                    self.assertEqual(got, expected)

    def _check_table_complete(self, models, addon, elsewhere=()):
        """A new model of an addon needs a row in its table of rights.

        :param models: the table
        :param elsewhere: beginnings of the names of models with a test of their own
        """
        named = Domain("model", "=", "ir.model")
        rows = self.env["ir.model.data"].search(named & Domain("module", "=", addon))
        others = self.env["ir.model.data"].search(
            named & Domain("module", "in", self._addons_below(addon))
        )
        ids = set(rows.mapped("res_id")) - set(others.mapped("res_id"))
        own = {
            name
            for name in self.env["ir.model"].browse(ids).mapped("model")
            if name.startswith("itsm.")
            and not name.startswith(tuple(elsewhere))
            and not self.env[name]._abstract
        }
        self.assertEqual(own, set(models))

    def _addons_below(self, addon):
        """Return the names of the addons that one stands on."""
        module = self.env["ir.module.module"].search([("name", "=", addon)])
        return module.upstream_dependencies(exclude_states=("",)).mapped("name")

    def _check_hidden_from_public(self, models):
        """Visitors without a login read none of the models."""
        public = self.env.ref("base.public_user")
        for model in models:
            with self.subTest(model=model):
                self.assertFalse(self.env[model].with_user(public).has_access("read"))
