from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

# What a role gives beside access groups: which seat, and in which scope.
SEATS = {"member": "team", "leader": "team", "manager": "desk"}
# Changes of these change what people have.
_GIVING = frozenset({"active", "group_ids", "seat", "scope", "sensitive"})


class ItsmRole(models.Model):
    """A role of a process: what its holders answer for, and the access they get.

    Which groups a role gives is decided by who decides on access rights in Odoo. Who
    holds it is decided by administrators of the desk, and, for the roles that they
    delegate, by the managers of a desk for their desk.
    """

    _name = "itsm.role"
    _description = "Process Role"
    _inherit = ["itsm.coded", "mail.thread", "mail.activity.mixin"]
    _order = "process_id, sequence, name, id"

    process_id = fields.Many2one(
        "itsm.process", required=True, index=True, ondelete="restrict", tracking=True
    )
    responsibilities = fields.Html(translate=True, help="What the holders answer for.")
    group_ids = fields.Many2many(
        "res.groups",
        "itsm_role_group_rel",
        "role_id",
        "group_id",
        string="Access Groups",
        tracking=True,
        domain="[('share', '=', False)]",
        help="Given to everybody who holds the role. Only who may change access rights "
        "in Odoo changes this list.",
    )
    scope = fields.Selection(
        [
            ("all", "Whole organisation"),
            ("desk", "One desk"),
            ("team", "One team"),
        ],
        required=True,
        default="all",
        tracking=True,
    )
    seat = fields.Selection(
        [
            ("none", "None"),
            ("member", "Member of the team"),
            ("leader", "Leader of the team"),
            ("manager", "Manager of the desk"),
        ],
        required=True,
        default="none",
        tracking=True,
        help="The place that holders get beside the access groups.",
    )
    is_required = fields.Boolean(
        "Must Be Held",
        help="Somebody has to hold it; for roles of a desk or team: on each desk.",
    )
    sensitive = fields.Boolean(
        "Ask First",
        tracking=True,
        help="An administrator confirms before anybody gets the access.",
    )
    delegated = fields.Boolean(
        "Delegated to Desk Managers",
        tracking=True,
        help="The managers of a desk say who holds it on their desk.",
    )
    confirmer_id = fields.Many2one(
        "res.users",
        domain="[('share', '=', False)]",
        help="Who is told that there is something to confirm. Empty: an administrator "
        "of the service desk.",
    )
    excluded_role_ids = fields.Many2many(
        "itsm.role",
        "itsm_role_exclusion_rel",
        "role_id",
        "excluded_id",
        string="Not Together With",
        domain="[('id', '!=', id)]",
        help="Nobody should hold this role and one of these at once.",
    )
    excluding_role_ids = fields.Many2many(
        "itsm.role",
        "itsm_role_exclusion_rel",
        "excluded_id",
        "role_id",
        string="Excluded By",
    )
    assignment_ids = fields.One2many("itsm.role.assignment", "role_id")
    grant_ids = fields.One2many("itsm.role.grant", "role_id", readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get("group_ids") for vals in vals_list):
            self._refuse_access_changes()
        return super().create(vals_list)

    def write(self, vals):
        if "group_ids" in vals:
            self._refuse_access_changes()
        holders = self.env["res.users"]
        if _GIVING.intersection(vals):
            holders = self._touched_users()
        result = super().write(vals)
        self._recheck(holders)
        return result

    @api.model
    def _refuse_access_changes(self):
        """Which groups a role gives is for who may give them without a role, too."""
        if not self.env.su and not self.env.user.has_group("base.group_erp_manager"):
            raise AccessError(
                self.env._(
                    "Only people who may change access rights in Odoo say which access "
                    "groups a role gives."
                )
            )

    @api.constrains("group_ids")
    def _check_groups(self):
        for role in self:
            # sudo: the groups of groups are for administrators of Odoo.
            refused = role.sudo().group_ids._itsm_not_for_roles()
            if refused:
                raise ValidationError(
                    self.env._(
                        "A role cannot give “%(group)s”: who has it could give rights "
                        "to anybody, or it is not for people with a login of the back "
                        "office. Give it by hand.",
                        group=refused[0].full_name,
                    )
                )

    @api.constrains("scope", "seat")
    def _check_seat(self):
        for role in self:
            if role.scope != SEATS.get(role.seat, role.scope):
                raise ValidationError(
                    self.env._(
                        "Role “%(role)s” gives a place in a team or the management of "
                        "a desk, so it is held for one of them. Change its scope.",
                        role=role.name,
                    )
                )

    @api.constrains("excluded_role_ids")
    def _check_exclusion(self):
        for role in self:
            if role in role.excluded_role_ids:
                raise ValidationError(
                    self.env._("Role “%(role)s” excludes itself.", role=role.name)
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_unused(self):
        # sudo: the ledger of all, whoever deletes.
        used = self.sudo().filtered(lambda role: role.grant_ids or role.assignment_ids)
        if used:
            raise ValidationError(
                self.env._(
                    "Role “%(role)s” was given to people. Archive it instead.",
                    role=used[0].name,
                )
            )

    def _excludes(self):
        """Return the roles that nobody holds together with these."""
        return self.excluded_role_ids | self.excluding_role_ids
