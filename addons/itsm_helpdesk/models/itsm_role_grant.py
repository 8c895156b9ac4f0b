from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import role_ledger
from ..tools.role_ledger import Right
from .itsm_role_rights import KINDS

STATES = [
    (role_ledger.ASKED, "To Confirm"),
    (role_ledger.GIVEN, "Given"),
    (role_ledger.HAD, "Had Before"),
    (role_ledger.WITHDRAWN, "Taken by Hand"),
    (role_ledger.BLOCKED, "Not Possible"),
    (role_ledger.REFUSED, "Refused"),
    (role_ledger.TAKEN, "Taken"),
    (role_ledger.ENDED, "Ended"),
]
OBSTACLES = [
    ("portal", "The person has a login of the portal only."),
    ("group", "The group is not for roles any more."),
    ("company", "The person does not work in the company of the desk."),
    ("leader", "The team has another leader, whom no role named."),
    ("error", "Odoo refused it for this person."),
]


class ItsmRoleGrant(models.Model):
    """A line of the ledger: one right, wanted for somebody by one role.

    Written by the roles alone; people confirm, refuse, or keep what was given.
    """

    _name = "itsm.role.grant"
    _description = "Access Given by a Role"
    _inherit = ["itsm.guarded.mixin"]
    _order = "begun_at desc, id desc"

    user_id = fields.Many2one(
        "res.users", string="Person", required=True, index=True, ondelete="cascade"
    )
    role_id = fields.Many2one(
        "itsm.role", required=True, index=True, ondelete="restrict"
    )
    assignment_id = fields.Many2one(
        "itsm.role.assignment", index="btree_not_null", ondelete="set null"
    )
    kind = fields.Selection(KINDS, required=True)
    target = fields.Integer(required=True)
    group_id = fields.Many2one("res.groups", ondelete="cascade")
    team_id = fields.Many2one("itsm.team", ondelete="cascade", index="btree_not_null")
    desk_id = fields.Many2one("itsm.desk", ondelete="cascade", index="btree_not_null")
    what = fields.Char(compute="_compute_what")
    state = fields.Selection(STATES, required=True)
    obstacle = fields.Selection(OBSTACLES, string="Why Not")
    begun_at = fields.Datetime("Since", required=True, default=fields.Datetime.now)
    begun_by_id = fields.Many2one("res.users", string="Caused By")
    confirmed_by_id = fields.Many2one("res.users")
    ended_at = fields.Datetime("Ended")
    ended_by_id = fields.Many2one("res.users")
    left_ticket_count = fields.Integer(
        "Tickets Left Behind",
        help="Open tickets of the team that the person still held on leaving it.",
    )

    _one_row = models.UniqueIndex(
        "(user_id, role_id, kind, target) WHERE ended_at IS NULL",
        "The ledger has a line for this already.",
    )

    @api.model
    def _system_fields(self):
        return frozenset(self._fields) - {*models.MAGIC_COLUMNS, "display_name"}

    @api.depends("kind", "group_id", "team_id", "desk_id")
    def _compute_what(self):
        words = dict(self._fields["kind"]._description_selection(self.env))
        for grant in self:
            # sudo: the name of what was given, for whoever reads the ledger.
            thing = grant.sudo()
            name = thing.group_id.full_name or thing.team_id.name or thing.desk_id.name
            grant.what = f"{words.get(grant.kind, '')}: {name or ''}"

    @api.depends("what", "user_id")
    def _compute_display_name(self):
        for grant in self:
            grant.display_name = f"{grant.user_id.name} · {grant.what}"

    def _row(self):
        self.ensure_one()
        return Right(self.user_id.id, self.kind, self.target), self.role_id.id

    # ------------------------------------------------------------------
    # Verbs of administrators
    # ------------------------------------------------------------------

    def action_confirm(self):
        """Give what waits to be confirmed."""
        self._refuse_others()
        # sudo: administrators of the desk may give what roles give, as confirmed. What
        # nobody wants any more has ended first.
        roles = self.env["itsm.role"].sudo()
        roles._settle(self.sudo().user_id)
        waiting = self._of_state(role_ledger.ASKED)
        waiting._write_system({"confirmed_by_id": self.env.uid})
        roles._give_confirmed(waiting.sudo())
        return True

    def action_refuse(self):
        """Say no: the person holds the role without this right."""
        self._refuse_others()
        waiting = self._of_state(role_ledger.ASKED)
        waiting._write_system(
            {"state": role_ledger.REFUSED, "confirmed_by_id": self.env.uid}
        )
        return True

    def action_keep(self):
        """Let the person keep the right when the role ends, as if given by hand."""
        self._refuse_others()
        given = self._of_state(role_ledger.GIVEN)
        # sudo: all roles that give the same right; it is no role's any more.
        rows = self.sudo().search(
            [
                ("user_id", "in", given.user_id.ids),
                ("ended_at", "=", False),
                ("state", "=", role_ledger.GIVEN),
            ]
        )
        rights = {grant._row()[0] for grant in given}
        rows.filtered(lambda grant: grant._row()[0] in rights)._write_system(
            {"state": role_ledger.HAD}
        )
        return True

    def _of_state(self, state):
        wrong = self.filtered(lambda grant: grant.ended_at or grant.state != state)
        if wrong:
            raise UserError(
                self.env._(
                    "“%(grant)s” has been dealt with already.",
                    grant=wrong[0].display_name,
                )
            )
        return self

    def _refuse_others(self):
        """Only administrators decide, and not about what they get themselves."""
        self.check_access("read")
        user = self.env.user
        if not user.has_group("itsm_helpdesk.group_itsm_admin"):
            raise AccessError(
                self.env._("Only administrators of the service desk decide this.")
            )
        if user in self.user_id and not user.has_group("base.group_erp_manager"):
            raise AccessError(
                self.env._(
                    "Nobody decides about their own access. Ask another administrator."
                )
            )
