from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import lifecycle
from .itsm_priority_rule import LEVELS, PRIORITIES

TICKET_TYPES = [
    ("incident", "Incident"),
    ("request", "Request"),
    ("inquiry", "Inquiry"),
    ("complaint", "Complaint"),
]

# Facts that only the ticket's own verbs may set: a figure that a form or an API
# call can overwrite proves nothing.
SYSTEM_FIELDS = frozenset(
    {
        "answers",
        "answer_row_ids",
        "closed_at",
        "closure_code_id",
        "company_id",
        "clock_ids",
        "escalated_from_id",
        "first_response_at",
        "form_remark",
        "form_reopened_at",
        "is_major",
        "is_part",
        "line",
        "merged_into_id",
        "number",
        "opened_at",
        "pending_reason_id",
        "pending_since",
        "pending_until",
        "plan_version_id",
        "priority",
        "reassignment_count",
        "reopen_count",
        "requester_update_at",
        "resolved_at",
        "service_class_id",
        "service_version_id",
        "sla_deadline",
        "sla_state",
        "sla_warning_at",
        "state",
        "supplier_id",
        "wrong_desk_at",
        "wrong_desk_count",
        "wrong_desk_id",
        "wrong_service_id",
    }
)
# What stays as it was once a ticket is closed or cancelled.
FROZEN_FIELDS = frozenset(
    {
        "category_id",
        "description",
        "desk_id",
        "impact",
        "name",
        "partner_id",
        "priority_override",
        "requested_for_id",
        "resolution",
        "resolution_code_id",
        "service_id",
        "team_id",
        "type",
        "urgency",
        "user_id",
    }
)
# Who may read what is not for requesters, beside the system.
WORKERS = "itsm_helpdesk.group_itsm_agent,itsm_helpdesk.group_itsm_auditor"


class ItsmTicket(models.Model):
    """A ticket of a service desk: incident, request, inquiry or complaint.

    This file holds what a ticket *is*. What can be *done* with it stands in
    ``itsm_ticket_lifecycle`` (states), ``itsm_ticket_assignment`` (teams and
    people), ``itsm_ticket_merge``, ``itsm_ticket_links`` and ``itsm_ticket_mail``.
    """

    _name = "itsm.ticket"
    _description = "Ticket"
    _inherit = [
        "itsm.guarded.mixin",
        "portal.mixin",
        "mail.thread.cc",
        "mail.activity.mixin",
        "mail.tracking.duration.mixin",
        "rating.mixin",
        "itsm.desk.sla.mixin",
        "itsm.approval.mixin",
    ]
    _order = "priority, opened_at desc, id desc"
    _rec_names_search = ["number", "name"]
    _primary_email = "email_from"
    _mail_post_access = "read"
    _mail_thread_customer = True
    _track_duration_field = "stage_id"
    _check_company_auto = True

    number = fields.Char(readonly=True, copy=False, default="/", index="trigram")
    name = fields.Char("Subject", required=True, tracking=True, index="trigram")
    description = fields.Html()
    active = fields.Boolean(default=True)
    type = fields.Selection(
        TICKET_TYPES, required=True, default="incident", tracking=True
    )
    desk_id = fields.Many2one(
        "itsm.desk",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
        default=lambda self: self.env["itsm.desk"]._default_for_user(),
    )
    company_id = fields.Many2one(
        "res.company",
        related="desk_id.company_id",
        store=True,
        index=True,
        precompute=True,
    )
    stage_id = fields.Many2one(
        "itsm.stage",
        required=True,
        index=True,
        copy=False,
        ondelete="restrict",
        tracking=True,
        compute="_compute_stage_id",
        store=True,
        readonly=False,
        precompute=True,
        group_expand="_read_group_stage_ids",
        domain="['|', ('desk_ids', '=', False), ('desk_ids', 'in', desk_id)]",
    )
    state = fields.Selection(related="stage_id.state", store=True, precompute=True)
    channel_id = fields.Many2one("itsm.channel", ondelete="restrict")
    category_id = fields.Many2one(
        "itsm.category",
        index="btree_not_null",
        tracking=True,
        ondelete="restrict",
        domain="['|', ('desk_ids', '=', False), ('desk_ids', 'in', desk_id)]",
    )
    service_id = fields.Many2one(
        "itsm.service",
        index="btree_not_null",
        tracking=True,
        ondelete="restrict",
        domain="[('desk_id', '=', desk_id), ('state', '!=', 'retired')]",
        help="What the requester uses or wants, in their own words.",
    )
    tag_ids = fields.Many2many("itsm.tag", string="Tags")

    impact = fields.Selection(
        LEVELS,
        required=True,
        default="2",
        tracking=True,
        help="How many people and how much of the work it hits.",
    )
    urgency = fields.Selection(
        LEVELS,
        required=True,
        default="2",
        tracking=True,
        help="How soon the damage is done.",
    )
    priority = fields.Selection(
        PRIORITIES,
        compute="_compute_priority",
        store=True,
        precompute=True,
        tracking=True,
        help="Follows from impact and urgency by the matrix of the desk.",
    )
    priority_override = fields.Selection(
        PRIORITIES,
        tracking=True,
        copy=False,
        help="A priority other than the matrix gives; needs a reason.",
    )
    priority_override_reason = fields.Char(tracking=True, copy=False, groups=WORKERS)

    resolution_code_id = fields.Many2one(
        "itsm.resolution.code", tracking=True, copy=False, ondelete="restrict"
    )
    resolution = fields.Text(copy=False, help="What solved it; the requester reads it.")
    closure_code_id = fields.Many2one(
        "itsm.closure.code", readonly=True, copy=False, ondelete="restrict"
    )
    pending_reason_id = fields.Many2one(
        "itsm.pending.reason",
        readonly=True,
        tracking=True,
        copy=False,
        ondelete="restrict",
    )
    pending_since = fields.Datetime(readonly=True, copy=False)
    pending_until = fields.Datetime(readonly=True, tracking=True, copy=False)
    supplier_id = fields.Many2one(
        "res.partner",
        readonly=True,
        tracking=True,
        copy=False,
        index="btree_not_null",
        help="Who has the ticket while it waits for a supplier.",
        groups=WORKERS,
    )

    opened_at = fields.Datetime(
        "Opened On", readonly=True, copy=False, default=fields.Datetime.now, index=True
    )
    first_response_at = fields.Datetime("First Response", readonly=True, copy=False)
    resolved_at = fields.Datetime("Resolved On", readonly=True, copy=False)
    closed_at = fields.Datetime("Closed On", readonly=True, copy=False)
    due_at = fields.Datetime(
        "Due",
        tracking=True,
        copy=False,
        index="btree_not_null",
        help="The time agreed with the requester.",
    )
    reassignment_count = fields.Integer("Reassignments", readonly=True, copy=False)
    reopen_count = fields.Integer("Reopenings", readonly=True, copy=False)
    is_major = fields.Boolean(
        "Major Incident",
        readonly=True,
        tracking=True,
        copy=False,
        help="Its children are resolved with it and their requesters are told.",
    )

    _number_unique = models.UniqueIndex(
        "(number, COALESCE(company_id, 0)) WHERE number != '/'",
        "A ticket with this number exists already.",
    )
    _open_idx = models.Index(
        "(desk_id, priority, opened_at) "
        "WHERE state IN ('new', 'approval', 'in_progress', 'pending')"
    )
    _list_idx = models.Index("(priority, opened_at DESC, id DESC)")
    _resolved_idx = models.Index("(resolved_at) WHERE state = 'resolved'")
    _pending_until_idx = models.Index(
        "(pending_until) WHERE state = 'pending' AND pending_until IS NOT NULL"
    )

    @api.depends("desk_id")
    def _compute_stage_id(self):
        """Begin in the desk's first stage; another desk may not use the old stage."""
        for ticket in self:
            stage, desk = ticket.stage_id, ticket.desk_id
            unused = stage.desk_ids and desk not in stage.desk_ids
            if desk and (not stage or unused):
                state = stage.state or self._initial_state(ticket.user_id)
                ticket.stage_id = stage._for_state(desk, state)

    @api.depends("impact", "urgency", "priority_override", "desk_id")
    def _compute_priority(self):
        Rule = self.env["itsm.priority.rule"]
        for ticket in self:
            ticket.priority = ticket.priority_override or Rule._priority_for(
                ticket.desk_id, ticket.impact, ticket.urgency
            )

    @api.depends("number", "name")
    def _compute_display_name(self):
        for ticket in self:
            numbered = ticket.number and ticket.number != "/"
            ticket.display_name = (
                f"{ticket.number} {ticket.name or ''}" if numbered else ticket.name
            )

    @api.model
    def _read_group_stage_ids(self, stages, domain):
        """Show the columns of the desks in view, empty ones too."""
        desk_id = self.env.context.get("default_desk_id")
        shared = [("desk_ids", "=", False)]
        own = [("desk_ids", "in", [desk_id])] if desk_id else []
        shown = stages | stages.search(["|", *shared, *own] if own else shared)
        return shown.sorted()

    @api.model
    def _open_states(self):
        """Return the states of tickets that are still to be worked on."""
        return list(lifecycle.OPEN_STATES)

    # ------------------------------------------------------------------
    # Constraints
    # ------------------------------------------------------------------

    @api.constrains("priority_override", "priority_override_reason")
    def _check_override_reason(self):
        for ticket in self:
            reason = (ticket.priority_override_reason or "").strip()
            if ticket.priority_override and not reason:
                raise ValidationError(
                    self.env._(
                        "Give a reason for the priority of “%(ticket)s” that differs "
                        "from the matrix.",
                        ticket=ticket.display_name,
                    )
                )

    @api.constrains("desk_id", "team_id")
    def _check_team_desk(self):
        for ticket in self:
            if ticket.team_id and ticket.team_id.desk_id != ticket.desk_id:
                raise ValidationError(
                    self.env._(
                        "Team “%(team)s” does not belong to desk “%(desk)s”. Choose a "
                        "team of that desk.",
                        team=ticket.team_id.name,
                        desk=ticket.desk_id.name,
                    )
                )

    @api.constrains("stage_id", "desk_id")
    def _check_stage_desk(self):
        for ticket in self:
            desk_ids = self.env["itsm.stage"]._desk_ids_of(ticket.stage_id.id)
            if desk_ids and ticket.desk_id.id not in desk_ids:
                raise ValidationError(
                    self.env._(
                        "Stage “%(stage)s” is not used by desk “%(desk)s”.",
                        stage=ticket.stage_id.name,
                        desk=ticket.desk_id.name,
                    )
                )

    # ------------------------------------------------------------------
    # Create and write
    # ------------------------------------------------------------------

    @api.model
    def _system_fields(self):
        return super()._system_fields() | SYSTEM_FIELDS

    @api.model_create_multi
    def create(self, vals_list):
        if self._is_system():
            return super().create(vals_list)
        self._refuse_late_start(vals_list)
        self._refuse_hidden_parents(vals_list)
        tickets = super().create(vals_list)
        tickets._after_register()
        return tickets

    def write(self, vals):
        if self._is_system():
            return super().write(vals)
        # Before anything follows from the other values.
        self._refuse_system_fields(vals)
        self._refuse_frozen(vals)
        self._refuse_hidden_parents([vals])
        if "stage_id" in vals:
            return self._write_stage(vals)
        for tickets, assigned in self._follow_assignment(vals):
            tickets._count_reassignments(assigned)
            super(ItsmTicket, tickets).write(assigned)
            tickets._after_assignment(assigned)
        return True
