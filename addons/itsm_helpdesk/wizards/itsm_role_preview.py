from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import role_ledger

_CHANGES = {
    role_ledger.GIVEN: "give",
    role_ledger.HAD: "has",
    role_ledger.ASKED: "ask",
    role_ledger.BLOCKED: "blocked",
    role_ledger.TAKEN: "take",
    role_ledger.ENDED: "keep",
}


class ItsmRolePreview(models.TransientModel):
    """What people would get and lose, before it happens.

    For role assignments that are still drafts, and for people who would change their
    job. Nothing is changed.
    """

    _name = "itsm.role.preview"
    _description = "Preview of Roles"

    user_ids = fields.Many2many("res.users", string="People")
    job_id = fields.Many2one(
        "hr.job", string="New Job", help="The job that these people would have."
    )
    assignment_ids = fields.Many2many("itsm.role.assignment", readonly=True)
    line_ids = fields.One2many("itsm.role.preview.line", "preview_id", readonly=True)
    is_made = fields.Boolean(readonly=True)

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if self.env.context.get("active_model") == "hr.employee":
            employees = self.env["hr.employee"].browse(
                self.env.context.get("active_ids", [])
            )
            values["user_ids"] = [(6, 0, employees.user_id.ids)]
        return values

    @api.model
    def _open(self, assignments):
        """Return the action that shows what these assignments would do."""
        assignments.check_access("read")
        preview = self.create({"assignment_ids": [(6, 0, assignments.ids)]})
        preview._make_lines()
        return preview._action()

    def action_preview(self):
        """Show what the new job would do."""
        self.ensure_one()
        if not self.job_id or not self.user_ids:
            raise UserError(self.env._("Choose people and the job they would get."))
        self._make_lines()
        return self._action()

    def _action(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What Would Change"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _make_lines(self):
        self._refuse_strangers()
        users, hypothesis = self._hypothesis()
        # sudo: what people have and would have, for those who may ask: see above.
        plan, _wanted, _live, obstacles = (
            self.env["itsm.role"].sudo()._plan(users.sudo(), **hypothesis)
        )
        reasons = dict(
            self.env["itsm.role.grant"]
            ._fields["obstacle"]
            ._description_selection(self.env)
        )
        lines = [
            {
                "preview_id": self.id,
                "user_id": right.user,
                "role_id": role_id,
                "kind": right.kind,
                "target": right.target,
                "change": _CHANGES[state],
                "remark": reasons.get(obstacles.get(right), ""),
            }
            for (right, role_id), state in sorted(plan.states.items())
            if state in _CHANGES
        ]
        # sudo: lines are written by nobody else.
        Lines = self.env["itsm.role.preview.line"].sudo()
        self.sudo().line_ids.unlink()
        Lines.create(lines)
        self.sudo().is_made = True

    def _hypothesis(self):
        if self.assignment_ids:
            drafts = self.assignment_ids.filtered(lambda a: a.state == "draft").sudo()
            holders = self.assignment_ids.sudo()._users_by_assignment().values()
            return self.env["res.users"].union(*holders), {"extra": drafts}
        job = self.job_id.sudo()
        return self.user_ids, {"jobs": {user: job for user in self.user_ids.sudo()}}

    def _refuse_strangers(self):
        """Who may ask: about assignments those who read them, else HR and the desk."""
        if self.assignment_ids:
            self.assignment_ids.check_access("read")
            return
        user = self.env.user
        if not (
            user.has_group("hr.group_hr_user")
            or user.has_group("itsm_helpdesk.group_itsm_admin")
        ):
            raise AccessError(
                self.env._(
                    "What a new job would change is shown to people of HR and to "
                    "administrators of the service desk."
                )
            )


class ItsmRolePreviewLine(models.TransientModel):
    _name = "itsm.role.preview.line"
    _description = "Line of a Preview of Roles"
    _order = "user_id, change, role_id, id"

    preview_id = fields.Many2one("itsm.role.preview", required=True, ondelete="cascade")
    user_id = fields.Many2one("res.users", string="Person", readonly=True)
    role_id = fields.Many2one("itsm.role", readonly=True)
    kind = fields.Char(readonly=True)
    target = fields.Integer(readonly=True)
    what = fields.Char(compute="_compute_what")
    change = fields.Selection(
        [
            ("give", "Gets"),
            ("ask", "Gets once confirmed"),
            ("has", "Has it already"),
            ("blocked", "Cannot get"),
            ("take", "Loses"),
            ("keep", "Keeps by hand or by another role"),
        ],
        readonly=True,
    )
    remark = fields.Char(readonly=True)

    @api.depends("kind", "target")
    def _compute_what(self):
        Grant = self.env["itsm.role.grant"].sudo()
        names = {"group": "group_id", "manager": "desk_id"}
        for line in self:
            name = names.get(line.kind, "team_id")
            # The words are those of the ledger.
            line.what = Grant.new({"kind": line.kind, name: line.target}).what
