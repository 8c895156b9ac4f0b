import itertools
from collections import defaultdict
from functools import partial

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools import role_ledger
from ..tools.role_ledger import Right
from .row_lock import wait_for_rows

_PENDING = "itsm_role_recheck"
# Users whose rights are settled in one transaction of the job.
_BATCH = 200


class ItsmRole(models.Model):
    """Keeps what people have in line with the roles that they hold.

    Whatever may change who holds a role only names the users, with ``_recheck``. They
    are settled together before the transaction ends: a job change of a hundred people
    is one step, and one that is taken back at once is none.
    """

    _inherit = "itsm.role"

    @api.model
    def _recheck(self, users):
        """Settle the rights of these users before this transaction ends."""
        if not users:
            return
        data = self.env.cr.precommit.data
        if _PENDING not in data:
            data[_PENDING] = defaultdict(set)
            # sudo: who changes a job or a team has no rights on groups. Nor does what
            # they did pass on the defaults and filters of its context.
            env = self.env(su=True, context={"lang": self.env.lang})
            self.env.cr.precommit.add(partial(self.with_env(env)._settle_pending))
        for user_id in users.ids:
            data[_PENDING][user_id].add(self.env.uid)

    @api.model
    def _settle_pending(self):
        pending = self.env.cr.precommit.data.pop(_PENDING, {})
        users = self.env["res.users"].browse(pending).exists()
        if self._concerned(users):
            self._settle(users, causes=pending)

    @api.model
    def _concerned(self, users):
        """Tell whether there are roles at all: most changes of staff are not ours."""
        return bool(
            self.env["itsm.role.assignment"].search_count(
                [("state", "=", "active")], limit=1
            )
            or self.env["itsm.role.grant"].search_count(
                [("user_id", "in", users.ids), ("ended_at", "=", False)], limit=1
            )
        )

    # ------------------------------------------------------------------
    # What roles want
    # ------------------------------------------------------------------

    @api.model
    def _assignments_by_user(self, users, jobs=None, extra=None):
        """Return ``{user: assignments}`` that count for them today.

        :param jobs: ``{user: jobs}`` instead of the jobs that they have
        :param extra: assignments that count too, as if they were in force
        """
        # A deactivated login holds nothing.
        users = users.filtered("active")
        jobs = self._jobs_by_user(users) | (jobs or {})
        every_job = self.env["hr.job"].union(*jobs.values())
        holders = Domain("user_id", "in", users.ids) | Domain(
            "job_id", "in", every_job.ids
        )
        assignments = self.env["itsm.role.assignment"]
        assignments = assignments.search(assignments._current_domain() & holders)
        by_user, by_job = defaultdict(list), defaultdict(list)
        for assignment in assignments | (extra or assignments.browse()):
            by_user[assignment.user_id].append(assignment.id)
            by_job[assignment.job_id].append(assignment.id)
        return {
            user: assignments.browse(
                itertools.chain(
                    by_user[user], *(by_job[job] for job in jobs.get(user, ()))
                )
            )
            for user in users
        }

    @api.model
    def _jobs_by_user(self, users):
        groups = self.env["hr.employee"]._read_group(
            [("user_id", "in", users.ids), ("job_id", "!=", False)],
            ["user_id"],
            ["job_id:recordset"],
        )
        return dict(groups)

    def _rights_of(self, user, assignment):
        """Return the rights that an assignment gives a user."""
        role = assignment.role_id
        rights = [Right(user.id, "group", group_id) for group_id in role.group_ids.ids]
        if role.seat in ("member", "leader"):
            rights.append(Right(user.id, "member", assignment.team_id.id))
        if role.seat == "leader":
            rights.append(Right(user.id, "leader", assignment.team_id.id))
        if role.seat == "manager":
            rights.append(Right(user.id, "manager", assignment.desk_id.id))
        return rights

    def _wanted(self, held):
        """Return ``{row: assignment}`` for what the assignments of users give."""
        return {
            (right, assignment.role_id.id): assignment
            for user, assignments in held.items()
            for assignment in assignments
            for right in self._rights_of(user, assignment)
        }

    def _to_ask(self, wanted, held, causes):
        """Return the rows that somebody confirms first.

        Roles of which the administrator says so; what people would give themselves;
        and what would bring roles together that exclude each other.
        """
        by_themselves = self._own_doing(wanted, held, causes)
        clashing = {
            (user.id, role.id)
            for user, assignments in held.items()
            for role in assignments.role_id
            if role._excludes() & assignments.role_id
        }
        return {
            (right, role_id)
            for right, role_id in wanted
            if self.browse(role_id).sensitive
            or (right, role_id) in by_themselves
            or (right.user, role_id) in clashing
        }

    def _own_doing(self, wanted, held, causes):
        """Return the rows that people would give themselves.

        Also those prepared for a later day, when nobody is there who causes them.
        Who may change access rights in Odoo anyhow is not asked about.
        """
        powerful = self.env.ref("base.group_erp_manager").all_user_ids
        wrote = self._wrote_own_job(list(held))
        rows = set()
        for row, assignment in wanted.items():
            user = self.env["res.users"].browse(row[0].user)
            own = (
                user.id in causes.get(user.id, ())
                or user in assignment.create_uid | assignment.activated_by_id
                or (assignment.job_id and user in wrote)
            )
            if own and user not in powerful:
                rows.add(row)
        return rows

    @api.model
    def _wrote_own_job(self, users):
        """Return the users who wrote the record that gives them their job."""
        employees = self.env["hr.employee"].search(
            [("user_id", "in", [user.id for user in users])]
        )
        return {
            employee.user_id
            for employee in employees
            for version in employee.current_version_id
            if employee.user_id
            in version.create_uid | version.write_uid | version.last_modified_uid
        }

    # ------------------------------------------------------------------
    # Settling
    # ------------------------------------------------------------------

    @api.model
    def _plan(self, users, causes=None, **hypothesis):
        """Return ``(plan, wanted, live, obstacles)`` for users, changing nothing."""
        held = self._assignments_by_user(users, **hypothesis)
        wanted = self._wanted(held)
        grants = self.env["itsm.role.grant"].search(
            [("user_id", "in", users.ids), ("ended_at", "=", False)]
        )
        live = {grant._row(): grant for grant in grants}
        rights = {right for right, _role in itertools.chain(wanted, live)}
        obstacles = self._obstacles(rights)
        plan = role_ledger.settle(
            wanted,
            {row: grant.state for row, grant in live.items()},
            self._rights_had(rights),
            self._to_ask(wanted, held, causes or {}),
            set(obstacles),
        )
        return plan, wanted, live, obstacles

    @api.model
    def _settle(self, users, causes=None):
        """Give and take what follows from the roles that users hold now.

        :param causes: ``{user id: ids of who caused it}``
        """
        wait_for_rows(users)
        causes = causes or {}
        plan, wanted, live, obstacles = self._plan(users, causes)
        left = self._tickets_left_behind(plan.take)
        failed = self._change_rights(plan.give, plan.take)
        obstacles = obstacles | failed
        self._write_ledger(plan, wanted, live, obstacles, failed, causes, left)

    def _write_ledger(self, plan, wanted, live, obstacles, failed, causes, left):
        now = fields.Datetime.now()
        new, changed, ids = [], defaultdict(list), []
        for row, state in plan.states.items():
            right, _role = row
            if right in failed and state == role_ledger.GIVEN:
                state = role_ledger.BLOCKED
            why = obstacles.get(right) if state == role_ledger.BLOCKED else False
            cause = min(causes.get(right.user, ()), default=self.env.uid)
            if row not in live:
                new.append(self._new_row(row, state, why, wanted[row], cause))
                continue
            vals = {"state": state, "obstacle": why}
            if state in (role_ledger.TAKEN, role_ledger.ENDED):
                vals.update(ended_at=now, ended_by_id=cause)
                vals.update(left_ticket_count=left.get(right, 0))
            changed[tuple(vals.items())].append(live[row].id)
        Grant = self.env["itsm.role.grant"]
        for vals, grant_ids in changed.items():
            Grant.browse(grant_ids)._write_system(dict(vals))
            ids += grant_ids
        made = Grant.sudo()._as_system().create(new)
        self._ask_for(made)
        Grant.browse(ids + made.ids)._tell_people()

    def _new_row(self, row, state, why, assignment, cause):
        right, role_id = row
        target = {
            "group": "group_id",
            "member": "team_id",
            "leader": "team_id",
            "manager": "desk_id",
        }[right.kind]
        return {
            "user_id": right.user,
            "role_id": role_id,
            "assignment_id": assignment.id,
            "kind": right.kind,
            "target": right.target,
            target: right.target,
            "state": state,
            "obstacle": why,
            "begun_by_id": cause,
        }

    @api.model
    def _tickets_left_behind(self, rights):
        """Return ``{right: open tickets}`` of teams that people are taken out of."""
        seats = [right for right in rights if right.kind == "member"]
        if not seats:
            return {}
        Ticket = self.env["itsm.ticket"]
        counts = Ticket._read_group(
            [
                ("user_id", "in", [right.user for right in seats]),
                ("team_id", "in", [right.target for right in seats]),
                ("state", "in", Ticket._open_states()),
            ],
            ["user_id", "team_id"],
            ["__count"],
        )
        return {
            Right(user.id, "member", team.id): count for user, team, count in counts
        }

    # ------------------------------------------------------------------
    # Asking and confirming
    # ------------------------------------------------------------------

    def _ask_for(self, grants):
        """Tell who confirms that there is something to confirm, once for each role."""
        asked = grants.filtered(lambda grant: grant.state == role_ledger.ASKED)
        for role, rows in asked.grouped("role_id").items():
            confirmer = role.confirmer_id or self._default_confirmer(rows.user_id)
            if not confirmer:
                continue
            role.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=confirmer.id,
                summary=self.env._("Access to be confirmed"),
                note=self.env._(
                    "For %(people)s. Open “Access Given by Roles”.",
                    people=", ".join(rows.user_id.mapped("name")[:10]),
                ),
            )

    @api.model
    def _default_confirmer(self, beneficiaries):
        admins = self.env.ref("itsm_helpdesk.group_itsm_admin").all_user_ids
        people = admins - self.env.ref("base.user_root") - beneficiaries
        return people.filtered("active")[:1]

    @api.model
    def _give_confirmed(self, grants):
        """Give what an administrator has just confirmed."""
        wait_for_rows(grants.user_id)
        rows = {grant._row(): grant for grant in grants}
        rights = {right for right, _role in rows}
        had = self._rights_had(rights)
        obstacles = self._obstacles(rights - had)
        give = rights - had - set(obstacles)
        obstacles.update(self._change_rights(sorted(give), []))
        ours = self.env["itsm.role.grant"].search(
            [
                ("user_id", "in", grants.user_id.ids),
                ("ended_at", "=", False),
                ("state", "=", role_ledger.GIVEN),
            ]
        )
        given = {grant._row()[0] for grant in ours}
        by_state = defaultdict(lambda: self.env["itsm.role.grant"])
        for (right, _role), grant in rows.items():
            if right in obstacles:
                state = role_ledger.BLOCKED, obstacles[right]
            elif right in had and right not in given:
                state = role_ledger.HAD, False
            else:
                state = role_ledger.GIVEN, False
            by_state[state] |= grant
        for (state, why), some in by_state.items():
            some._write_system({"state": state, "obstacle": why})
        grants._tell_people()

    # ------------------------------------------------------------------
    # By hand, and by the calendar
    # ------------------------------------------------------------------

    @api.model
    def _note_by_hand(self, domain):
        """Note in the ledger that people were taken what a role gave them."""
        if self._writes_by_role():
            return
        # sudo: the ledger is kept whoever changes groups and teams.
        grants = (
            self.env["itsm.role.grant"]
            .sudo()
            .search(
                Domain(domain)
                & Domain("ended_at", "=", False)
                & Domain("state", "in", list(role_ledger.HOLDING))
            )
        )
        if not grants:
            return
        rows = {grant: grant._row()[0] for grant in grants}
        had = self.sudo()._rights_had(set(rows.values()))
        lost = grants.filtered(lambda grant: rows[grant] not in had)
        lost._write_system({"state": role_ledger.WITHDRAWN})

    @api.model
    def _cron_settle(self):
        """Follow what changes with the day: beginnings, ends, versions of jobs."""
        assignments = self.env["itsm.role.assignment"].search(
            [("state", "=", "active")]
        )
        users = self.env["res.users"].union(
            *assignments._users_by_assignment().values()
        )
        users |= self.env["itsm.role.grant"].search([("ended_at", "=", False)]).user_id
        ids = sorted(users.ids)
        for start in range(0, len(ids), _BATCH):
            batch = ids[start : start + _BATCH]
            self._settle(users.browse(batch))
            self.env["ir.cron"]._commit_progress(
                len(batch), remaining=len(ids) - start - len(batch)
            )

    @api.model
    def _recheck_scope(self, domain):
        """Settle who holds a role for a desk or team that was archived, or is back."""
        # sudo: assignments of all, whoever archives a team.
        assignments = self.env["itsm.role.assignment"].sudo().search(domain)
        self._recheck(
            self.env["res.users"].union(*assignments._users_by_assignment().values())
        )

    def _touched_users(self):
        """Return the users whom a change of these roles may touch."""
        # sudo: holders by job, and the ledger of all.
        roles = self.sudo()
        holders = roles.assignment_ids._users_by_assignment().values()
        live = roles.grant_ids.filtered(lambda grant: not grant.ended_at)
        return self.env["res.users"].union(*holders, live.user_id)
