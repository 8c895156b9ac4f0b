from collections import defaultdict

from odoo import api, models
from odoo.exceptions import UserError

from ..tools.role_ledger import Right

KINDS = [
    ("group", "Access group"),
    ("member", "Member of team"),
    ("leader", "Leader of team"),
    ("manager", "Manager of desk"),
]
# Passed in the context while roles write: what they change was not changed by hand.
_BY_ROLE = object()
_BY_ROLE_KEY = "itsm_by_role"


class ItsmRole(models.Model):
    """The rights themselves: which somebody has, how one is given and taken.

    All of this runs as superuser, called by the ledger alone.
    """

    _inherit = "itsm.role"

    @api.model
    def _writes_by_role(self):
        return self.env.context.get(_BY_ROLE_KEY) is _BY_ROLE

    def _by_role(self):
        # No mail about being added: the ledger tells it.
        return self.with_context(
            **{_BY_ROLE_KEY: _BY_ROLE, "mail_auto_subscribe_no_notify": True}
        )

    # ------------------------------------------------------------------
    # What people have
    # ------------------------------------------------------------------

    @api.model
    def _rights_had(self, rights):
        """Return which of these rights their users have now."""
        by_kind = defaultdict(set)
        for right in rights:
            by_kind[right.kind].add(right.target)
        users = self.env["res.users"].browse({right.user for right in rights})
        had = {
            Right(user.id, "group", group_id)
            for user in (users if by_kind["group"] else ())
            for group_id in user.group_ids.ids
        }
        teams = self.env["itsm.team"].browse(by_kind["member"] | by_kind["leader"])
        for team in teams.exists():
            had.update(
                Right(user_id, "member", team.id) for user_id in team.member_ids.ids
            )
            had.add(Right(team.leader_id.id, "leader", team.id))
        for desk in self.env["itsm.desk"].browse(by_kind["manager"]).exists():
            had.update(
                Right(user_id, "manager", desk.id) for user_id in desk.manager_ids.ids
            )
        return had.intersection(rights)

    @api.model
    def _obstacles(self, rights):
        """Return ``{right: why it cannot be given}``."""
        groups = self.env["res.groups"].browse(
            {right.target for right in rights if right.kind == "group"}
        )
        not_for_roles = set(groups._itsm_not_for_roles().ids)
        users = self.env["res.users"].browse({right.user for right in rights})
        by_id = {user.id: user for user in users}
        obstacles = {}
        for right in rights:
            user = by_id[right.user]
            if user.share:
                obstacles[right] = "portal"
            elif right.kind == "group":
                if right.target in not_for_roles:
                    obstacles[right] = "group"
            elif self._desk_of(right).company_id - user.company_ids:
                obstacles[right] = "company"
        return obstacles

    @api.model
    def _desk_of(self, right):
        if right.kind == "manager":
            return self.env["itsm.desk"].browse(right.target)
        return self.env["itsm.team"].browse(right.target).desk_id

    # ------------------------------------------------------------------
    # Giving and taking
    # ------------------------------------------------------------------

    @api.model
    def _change_rights(self, give, take):
        """Take and give rights; return ``{right: why it was not given}``."""
        role = self._by_role()
        role._change_groups(take, give=False)
        role._change_seats(take, give=False)
        failed = role._change_seats(give, give=True)
        failed.update(role._change_groups(give, give=True))
        return failed

    def _change_groups(self, rights, *, give):
        """Write the groups of all users with the same change at once."""
        groups_of = defaultdict(list)
        for right in rights:
            if right.kind == "group":
                groups_of[right.user].append(right.target)
        users_with = defaultdict(list)
        for user_id, group_ids in groups_of.items():
            users_with[tuple(sorted(group_ids))].append(user_id)
        failed = {}
        for group_ids, user_ids in users_with.items():
            commands = [(4 if give else 3, group_id) for group_id in group_ids]
            for user_id in self._write_groups(user_ids, commands):
                failed.update(
                    (Right(user_id, "group", group_id), "error")
                    for group_id in group_ids
                )
        return failed

    def _write_groups(self, user_ids, commands):
        """Change groups; return the users for whom Odoo or an addon refuses it.

        Whoever changes a job must not be stopped by what one person may not get.
        """
        users = self.env["res.users"].browse(user_ids)
        try:
            with self.env.cr.savepoint():
                users.write({"group_ids": commands})
        except UserError:
            if len(user_ids) == 1:
                return user_ids
            return [
                refused
                for user_id in user_ids
                for refused in self._write_groups([user_id], commands)
            ]
        return []

    def _change_seats(self, rights, *, give):
        """Write the members, leaders and managers, one write for each team or desk."""
        seats = defaultdict(list)
        for right in rights:
            if right.kind != "group":
                seats[right.kind, right.target].append(right)
        failed = {}
        for (kind, target), wanted in seats.items():
            if kind == "leader":
                failed.update(self._change_leader(target, wanted, give))
                continue
            model, name = (
                ("itsm.desk", "manager_ids")
                if kind == "manager"
                else ("itsm.team", "member_ids")
            )
            commands = [(4 if give else 3, right.user) for right in wanted]
            self.env[model].browse(target).write({name: commands})
        return failed

    def _change_leader(self, team_id, rights, give):
        """Set or clear the leader; a team has one, whoever came first."""
        team = self.env["itsm.team"].browse(team_id)
        failed = {}
        for right in rights:
            if not give:
                team.leader_id = False
            elif team.leader_id:
                failed[right] = "leader"
            else:
                team.leader_id = right.user
        return failed
