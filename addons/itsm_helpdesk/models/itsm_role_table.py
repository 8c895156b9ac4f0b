from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class ItsmRole(models.Model):
    """The table of roles: who holds each, where nobody does, who holds too many."""

    _inherit = "itsm.role"

    holder_ids = fields.Many2many(
        "res.users", string="Held By", compute="_compute_table"
    )
    holder_count = fields.Integer("People", compute="_compute_table")
    gap = fields.Char("Nobody For", compute="_compute_table")
    conflict_ids = fields.Many2many(
        "res.users",
        string="Holds Too Much",
        compute="_compute_table",
        help="People who hold this role and one that excludes it.",
    )
    status = fields.Selection(
        [
            ("held", "Held"),
            ("gap", "Gap"),
            ("conflict", "Conflict"),
            ("free", "Not Held"),
        ],
        compute="_compute_table",
        search="_search_status",
    )
    without_role_ids = fields.Many2many(
        "res.users",
        string="Access Without the Role",
        compute="_compute_without_role_ids",
        compute_sudo=True,
        groups="itsm_helpdesk.group_itsm_admin,itsm_helpdesk.group_itsm_auditor",
        help="People to whom somebody gave all these groups by hand.",
    )
    waiting_count = fields.Integer("To Confirm", compute="_compute_waiting_count")

    def _compute_table(self):
        every = self | self._excludes()
        # sudo: which desks there are and who holds a role there, for all who may read
        # the table; the companies of the reader still apply.
        assignments = self._visible_assignments(every)
        holders = assignments.sudo()._users_by_assignment()
        seats = defaultdict(set)
        for assignment in assignments:
            for user in holders[assignment.id]:
                seats[assignment.role_id.id].add((user.id, assignment.desk_id.id))
        desks = self.env["itsm.desk"].search([("active", "=", True)])
        for role in self:
            users = {user_id for user_id, _desk in seats[role.id]}
            clashing = role._clashing(seats)
            role.holder_ids = [(6, 0, sorted(users))]
            role.holder_count = len(users)
            role.conflict_ids = [(6, 0, sorted(clashing))]
            role.gap = role._gap(desks, seats[role.id])
            role.status = role._status(users, clashing)

    @api.model
    def _visible_assignments(self, roles):
        Assignment = self.env["itsm.role.assignment"]
        return Assignment.search(
            Assignment._current_domain() & Domain("role_id", "in", roles.ids)
        )

    def _clashing(self, seats):
        """Return the ids of users who hold this role and one that excludes it.

        On different desks they do not get in each other's way.
        """
        return {
            user_id
            for other in self._excludes()
            for user_id, desk_id in seats[self.id]
            for other_id, other_desk in seats[other.id]
            if user_id == other_id
            and (not desk_id or not other_desk or desk_id == other_desk)
        }

    def _gap(self, desks, seats):
        """Return where nobody holds a role that somebody must hold."""
        if not self.is_required:
            return False
        if self.scope == "all":
            return False if seats else self.env._("Nobody holds it")
        held = {desk_id for _user, desk_id in seats}
        open_desks = desks.filtered(lambda desk: desk.id not in held)
        return ", ".join(open_desks.mapped("name")) or False

    def _status(self, users, clashing):
        if clashing:
            return "conflict"
        if self.gap:
            return "gap"
        return "held" if users else "free"

    def _search_status(self, operator, value):
        if operator != "in":
            return NotImplemented
        roles = self.search([("id", "!=", False)])
        return [("id", "in", roles.filtered(lambda role: role.status in value).ids)]

    def _compute_without_role_ids(self):
        for role in self:
            people = role.group_ids[:1].user_ids
            for group in role.group_ids[1:]:
                people &= group.user_ids
            people = people.filtered(lambda user: user.active and not user.share)
            role.without_role_ids = (
                people - role.holder_ids - self.env.ref("base.user_root")
            )

    def _compute_waiting_count(self):
        counts = dict(
            self.env["itsm.role.grant"]._read_group(
                [("role_id", "in", self.ids), ("state", "=", "asked")],
                ["role_id"],
                ["__count"],
            )
        )
        for role in self:
            role.waiting_count = counts.get(role, 0)

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_adopt(self):
        """Write down as holders the people who have the access by hand.

        They keep what they have when the role ends: no role gave it.
        """
        self.check_access("write")
        for role in self:
            if role.scope != "all":
                raise UserError(
                    self.env._(
                        "Role “%(role)s” is held for a desk or team. Say for each "
                        "person for which.",
                        role=role.name,
                    )
                )
        assignments = self.env["itsm.role.assignment"].create(
            [
                {"role_id": role.id, "user_id": user.id}
                for role in self
                for user in role.without_role_ids
            ]
        )
        return assignments.action_activate()

    def action_view_grants(self):
        """Open what the role gave."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_helpdesk.itsm_role_grant_action"
        )
        action["domain"] = [("role_id", "in", self.ids)]
        action["context"] = {}
        return action
