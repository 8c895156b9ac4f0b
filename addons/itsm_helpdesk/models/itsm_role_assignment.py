from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

# What an assignment says; only its end may be moved once it counts.
_SAYS = frozenset({"role_id", "user_id", "job_id", "desk_id", "team_id", "date_from"})


class ItsmRoleAssignment(models.Model):
    """A role and who holds it: a person, or everybody in a job position."""

    _name = "itsm.role.assignment"
    _description = "Role Assignment"
    _inherit = ["itsm.guarded.mixin", "mail.thread"]
    _order = "role_id, state, date_from desc, id desc"
    _check_company_auto = True

    role_id = fields.Many2one(
        "itsm.role", required=True, index=True, ondelete="restrict", tracking=True
    )
    process_id = fields.Many2one(related="role_id.process_id", store=True)
    scope = fields.Selection(related="role_id.scope")
    sensitive = fields.Boolean(related="role_id.sensitive")
    user_id = fields.Many2one(
        "res.users", string="Person", index="btree_not_null", tracking=True
    )
    job_id = fields.Many2one(
        "hr.job",
        string="Job Position",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        check_company=True,
        help="Everybody who has this job holds the role, as long as they have it.",
    )
    desk_id = fields.Many2one(
        "itsm.desk",
        compute="_compute_desk_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="cascade",
        tracking=True,
    )
    team_id = fields.Many2one(
        "itsm.team",
        index="btree_not_null",
        ondelete="cascade",
        tracking=True,
        domain="[('desk_id', '=?', desk_id)]",
    )
    company_id = fields.Many2one(
        "res.company", compute="_compute_company_id", store=True, precompute=True
    )
    date_from = fields.Date("From", required=True, default=fields.Date.context_today)
    date_to = fields.Date("Until", tracking=True)
    note = fields.Char()
    state = fields.Selection(
        [("draft", "Draft"), ("active", "In Force"), ("ended", "Ended")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    activated_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    holder_ids = fields.Many2many(
        "res.users", string="Held By", compute="_compute_holder_ids"
    )

    _one_holder = models.Constraint(
        "CHECK ((user_id IS NULL) != (job_id IS NULL))",
        "A role is held by a person or by a job position: name one of them.",
    )
    _dates = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "A role cannot end before it begins.",
    )

    @api.model
    def _system_fields(self):
        return super()._system_fields() | {"state", "activated_by_id"}

    @api.depends("team_id")
    def _compute_desk_id(self):
        for assignment in self:
            assignment.desk_id = assignment.team_id.desk_id or assignment.desk_id

    @api.depends("desk_id", "job_id")
    def _compute_company_id(self):
        for assignment in self:
            # sudo: companies of desks and jobs, for the rule that keeps them apart.
            source = assignment.sudo()
            assignment.company_id = (
                source.desk_id.company_id or source.job_id.company_id
            )

    @api.depends("role_id", "user_id", "job_id", "desk_id", "team_id")
    def _compute_display_name(self):
        for assignment in self:
            holder = assignment.user_id.name or assignment.job_id.name
            where = assignment.team_id.name or assignment.desk_id.name
            parts = [assignment.role_id.name, where, holder]
            assignment.display_name = " · ".join(part for part in parts if part)

    @api.depends("user_id", "job_id", "state")
    def _compute_holder_ids(self):
        holders = self._users_by_assignment()
        for assignment in self:
            assignment.holder_ids = holders.get(assignment.id)

    # ------------------------------------------------------------------
    # Who holds it
    # ------------------------------------------------------------------

    @api.model
    def _current_domain(self):
        """Return the domain of the assignments that count today."""
        today = fields.Date.today()
        return (
            Domain("state", "=", "active")
            & Domain("role_id.active", "=", True)
            & Domain("date_from", "<=", today)
            & (Domain("date_to", "=", False) | Domain("date_to", ">=", today))
            & (Domain("team_id", "=", False) | Domain("team_id.active", "=", True))
            & (Domain("desk_id", "=", False) | Domain("desk_id.active", "=", True))
        )

    def _users_by_assignment(self):
        """Return ``{assignment id: users}``: the person, or who has the job now."""
        jobs = self.job_id
        # sudo: who has which job, for people without rights on employees.
        by_job = dict(
            self.env["hr.employee"]
            .sudo()
            ._read_group(
                [("job_id", "in", jobs.ids), ("user_id.active", "=", True)],
                ["job_id"],
                ["user_id:recordset"],
            )
            if jobs
            else ()
        )
        nobody = self.env["res.users"]
        return {
            assignment.id: (
                assignment.user_id.filtered("active")
                | by_job.get(assignment.job_id.sudo(), nobody)
            ).with_env(self.env)
            for assignment in self
        }

    @api.model
    def _roles_by_user(self, users):
        """Return ``{user id: roles}`` that people hold now, as the reader may see."""
        current = self.search(self._current_domain())
        roles = {}
        for assignment_id, holders in current._users_by_assignment().items():
            role = self.browse(assignment_id).role_id
            for user_id in (holders & users).ids:
                roles[user_id] = roles.get(user_id, role) | role
        return roles

    # ------------------------------------------------------------------
    # Verbs
    # ------------------------------------------------------------------

    def action_activate(self):
        """Let the assignments count: who holds the role gets what it gives."""
        self.check_access("write")
        wrong = self.filtered(lambda assignment: assignment.state != "draft")
        if wrong:
            raise UserError(
                self.env._(
                    "“%(assignment)s” is in force or has ended.",
                    assignment=wrong[0].display_name,
                )
            )
        self._write_system({"state": "active", "activated_by_id": self.env.uid})
        self._recheck_holders()
        return True

    def action_end(self):
        """End the assignments today: what they gave is taken again."""
        self.check_access("write")
        running = self.filtered(lambda assignment: assignment.state == "active")
        today = fields.Date.context_today(self)
        for assignment in running:
            assignment._write_system(
                {"state": "ended", "date_to": max(today, assignment.date_from)}
            )
        running._recheck_holders()
        return True

    def action_preview(self):
        """Show what these assignments give and take, before they count."""
        return self.env["itsm.role.preview"]._open(assignments=self)

    def _recheck_holders(self):
        users = self.env["res.users"].union(*self._users_by_assignment().values())
        self.env["itsm.role"]._recheck(users)

    # ------------------------------------------------------------------
    # Guards
    # ------------------------------------------------------------------

    def write(self, vals):
        if not self._is_system() and _SAYS.intersection(vals):
            said = self.filtered(lambda assignment: assignment.state != "draft")
            if said:
                raise UserError(
                    self.env._(
                        "“%(assignment)s” counts already or has ended, so only its end "
                        "can be moved. End it and make another one.",
                        assignment=said[0].display_name,
                    )
                )
        result = super().write(vals)
        # Rules are asked before, so a draft could be turned into what one may not say.
        self.check_access("write")
        if "date_to" in vals:
            self.filtered(lambda a: a.state == "active")._recheck_holders()
        return result

    @api.constrains("role_id", "desk_id", "team_id")
    def _check_scope(self):
        for assignment in self:
            scope = assignment.role_id.scope
            if (scope == "team" and not assignment.team_id) or (
                scope == "desk" and not assignment.desk_id
            ):
                raise ValidationError(
                    self.env._(
                        "Role “%(role)s” is held for one desk or team. Say for which.",
                        role=assignment.role_id.name,
                    )
                )
            if (scope != "team" and assignment.team_id) or (
                scope == "all" and assignment.desk_id
            ):
                raise ValidationError(
                    self.env._(
                        "Role “%(role)s” is not held for a single desk or team. Leave "
                        "them empty.",
                        role=assignment.role_id.name,
                    )
                )

    @api.constrains("desk_id", "team_id")
    def _check_team(self):
        for assignment in self:
            team = assignment.team_id
            if team and team.desk_id != assignment.desk_id:
                raise ValidationError(
                    self.env._(
                        "Team “%(team)s” belongs to another desk.", team=team.name
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_drafts(self):
        kept = self.filtered(lambda assignment: assignment.state != "draft")
        if kept:
            raise UserError(
                self.env._(
                    "“%(assignment)s” is part of the record of who held what. End it "
                    "instead.",
                    assignment=kept[0].display_name,
                )
            )
