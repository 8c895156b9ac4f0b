from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..tools import field_work

VISIT_STATES = [
    ("planned", "Planned"),
    ("working", "Working"),
    ("paused", "Paused"),
    ("done", "Done"),
    ("cancelled", "Cancelled"),
]
OPEN_VISIT_STATES = ("working", "paused")
# What an hour costs is for who leads people.
LEADERS = "itsm_helpdesk.group_itsm_leader"
# What a dispatcher decides, until the work begins.
_PLAN = frozenset({"planned_start", "planned_minutes", "user_id"})
# Facts that follow from what is done in the field.
_SYSTEM_FIELDS = frozenset(
    {
        "client_key",
        "ended_at",
        "labour_cost",
        "note",
        "outcome",
        "part_ids",
        "photo_ids",
        "signature",
        "signed_at",
        "signed_by",
        "spell_ids",
        "started_at",
        "state",
        "step_ids",
        "team_id",
    }
)


class ItsmVisit(models.Model):
    """Work of one person on a task or a ticket, at the place where it is to be done.

    This file holds what a visit *is*. What can be *done* with it stands in
    ``itsm_visit_verbs``; what a phone reads and sends, in ``itsm_visit_field_work``.
    """

    _name = "itsm.visit"
    _description = "Visit"
    _inherit = ["itsm.guarded.mixin"]
    _order = "planned_start desc, started_at desc, id desc"

    ticket_id = fields.Many2one(
        "itsm.ticket", index="btree_not_null", ondelete="cascade"
    )
    task_id = fields.Many2one(
        "itsm.task",
        index="btree_not_null",
        ondelete="cascade",
        domain="[('ticket_id', '=?', ticket_id), ('state', 'in', ('todo', 'doing'))]",
    )
    ticket_desk_id = fields.Many2one(
        "itsm.desk",
        "Desk of the Ticket",
        related="ticket_id.desk_id",
        store=True,
        index=True,
        precompute=True,
    )
    desk_id = fields.Many2one(
        "itsm.desk",
        compute="_compute_desk_id",
        store=True,
        index=True,
        precompute=True,
        help="The desk whose work it is: of the task, else of the ticket.",
    )
    company_id = fields.Many2one(
        "res.company", compute="_compute_desk_id", store=True, precompute=True
    )
    location_id = fields.Many2one(
        "itsm.location", related="ticket_id.location_id", store=True
    )
    team_id = fields.Many2one("itsm.team", readonly=True, copy=False, index=True)
    user_id = fields.Many2one(
        "res.users",
        "Who Goes There",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        ondelete="restrict",
    )
    state = fields.Selection(
        VISIT_STATES, required=True, default="planned", readonly=True, copy=False
    )
    planned_start = fields.Datetime("Planned For", index="btree_not_null")
    planned_minutes = fields.Integer(default=30)
    started_at = fields.Datetime("Work Began", readonly=True, copy=False, index=True)
    ended_at = fields.Datetime("Work Ended", readonly=True, copy=False)
    spell_ids = fields.One2many("itsm.visit.spell", "visit_id", copy=False)
    minutes = fields.Integer(
        "Minutes Worked",
        compute="_compute_minutes",
        store=True,
        help="The time worked, without the pauses.",
    )
    outcome = fields.Selection(
        [(field_work.DONE, "Done"), (field_work.AGAIN, "Has to Be Visited Again")],
        readonly=True,
        copy=False,
    )
    note = fields.Text("What Was Done", readonly=True, copy=False)
    photo_ids = fields.One2many("itsm.visit.photo", "visit_id", copy=False)
    part_ids = fields.One2many("itsm.visit.part", "visit_id", copy=False)
    step_ids = fields.One2many("itsm.visit.step", "visit_id", copy=False)
    signature = fields.Image(max_width=1024, max_height=1024, copy=False, readonly=True)
    signed_by = fields.Char(readonly=True, copy=False)
    signed_at = fields.Datetime("Signed On", readonly=True, copy=False)
    client_key = fields.Char(
        readonly=True, copy=False, export_string_translation=False, index=True
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    parts_cost = fields.Monetary(
        "Cost of Parts", compute="_compute_parts_cost", store=True
    )
    labour_cost = fields.Monetary(
        "Cost of Work",
        readonly=True,
        copy=False,
        groups=LEADERS,
        help="The time worked, at what an hour of the team cost when it ended.",
    )

    _client_key_unique = models.UniqueIndex(
        "(client_key) WHERE client_key IS NOT NULL",
        "This visit has been received already.",
    )
    _one_open = models.UniqueIndex(
        "(user_id, COALESCE(task_id, 0), COALESCE(ticket_id, 0)) "
        "WHERE state IN ('working', 'paused')",
        "This work has been begun already.",
    )

    @api.depends("task_id.desk_id", "ticket_id.desk_id")
    def _compute_desk_id(self):
        for visit in self:
            visit.desk_id = visit.task_id.desk_id or visit.ticket_id.desk_id
            visit.company_id = visit.ticket_id.company_id or visit.desk_id.company_id

    @api.depends("spell_ids.start", "spell_ids.end")
    def _compute_minutes(self):
        for visit in self:
            visit.minutes = field_work.minutes(
                (spell.start, spell.end) for spell in visit.spell_ids
            )

    @api.depends("company_id")
    def _compute_currency_id(self):
        for visit in self:
            company = visit.company_id or self.env.company
            visit.currency_id = company.sudo().currency_id

    @api.depends("part_ids.cost")
    def _compute_parts_cost(self):
        for visit in self:
            visit.parts_cost = sum(visit.part_ids.mapped("cost"))

    @api.depends("task_id.name", "ticket_id.display_name", "user_id")
    def _compute_display_name(self):
        for visit in self:
            # sudo: who may read the visit knows what it was for.
            of = visit.sudo()
            what = of.ticket_id.number or of.task_id.name
            visit.display_name = self.env._(
                "%(number)s: %(name)s", number=what, name=of.user_id.name or ""
            )

    # ------------------------------------------------------------------
    # Constraints
    # ------------------------------------------------------------------

    @api.constrains("ticket_id", "task_id")
    def _check_job(self):
        for visit in self.sudo():  # sudo: the task may be all that one may read
            if not visit.ticket_id and not visit.task_id:
                raise ValidationError(
                    self.env._("Choose the ticket or the task that the visit is for.")
                )
            if visit.task_id and visit.task_id.ticket_id != visit.ticket_id:
                raise ValidationError(
                    self.env._(
                        "“%(task)s” is no task of this ticket.",
                        task=visit.task_id.name,
                    )
                )

    @api.constrains("planned_minutes")
    def _check_planned_minutes(self):
        if any(visit.planned_minutes < 0 for visit in self):
            raise ValidationError(self.env._("A visit cannot take less than no time."))

    # ------------------------------------------------------------------
    # Create and write
    # ------------------------------------------------------------------

    @api.model
    def _system_fields(self):
        return super()._system_fields() | _SYSTEM_FIELDS

    @api.model
    def _complete_new(self, vals_list):
        """A visit for a task is one for its ticket."""
        Task = self.env["itsm.task"].sudo()  # sudo: which ticket it belongs to
        return [
            {**vals, "ticket_id": Task.browse(vals["task_id"]).ticket_id.id}
            if vals.get("task_id") and not vals.get("ticket_id")
            else vals
            for vals in vals_list
        ]

    @api.model_create_multi
    def create(self, vals_list):
        if not self._is_system():
            # Rules look at the visit; who has no say in the work plans none for it.
            for name in ("task_id", "ticket_id"):
                self._refuse_foreign_jobs(name, vals_list)
        return super().create(vals_list)

    @api.model
    def _refuse_foreign_jobs(self, name, vals_list):
        """Refuse visits for tasks or tickets that the user may not work on."""
        ids = {
            vals[name]
            for vals in vals_list
            if vals.get(name) and (name == "task_id" or not vals.get("task_id"))
        }
        if ids:
            self.env[self._fields[name].comodel_name].browse(ids).check_access("write")

    def write(self, vals):
        if not self._is_system():
            if {"ticket_id", "task_id"}.intersection(vals):
                raise UserError(
                    self.env._("A visit stays with its work. Plan another one.")
                )
            if not _PLAN.isdisjoint(vals):
                self._refuse_state(("planned",))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_worked(self):
        if any(visit.state != "planned" for visit in self):
            raise UserError(
                self.env._(
                    "Visits stay on record. Only one that is just planned is deleted."
                )
            )

    def _refuse_state(self, allowed):
        """Refuse to go on with visits that are in none of these states."""
        wrong = self.filtered(lambda visit: visit.state not in allowed)[:1]
        if wrong:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "The visit %(visit)s is “%(state)s”; this is possible only for: "
                    "%(states)s.",
                    visit=wrong.display_name,
                    state=labels[wrong.state],
                    states=", ".join(labels[state] for state in allowed),
                )
            )

    # ------------------------------------------------------------------
    # What it is for
    # ------------------------------------------------------------------

    def _job(self):
        """Return the task or ticket that a visit is for."""
        self.ensure_one()
        return self.task_id or self.ticket_id

    @api.model
    def _job_domain(self, job):
        """Return the domain of the visits for a task or a ticket itself."""
        if job._name == "itsm.task":
            return Domain("task_id", "=", job.id)
        return Domain("ticket_id", "=", job.id) & Domain("task_id", "=", False)
