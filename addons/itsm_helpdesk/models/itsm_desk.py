from datetime import timedelta

import pytz

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError


class ItsmDesk(models.Model):
    """A service desk: the single point of contact for a domain (ITIL 4, service desk).

    IT, Facilities, Administration … each have one, with its own teams, calendar,
    mail address and rules.
    """

    _name = "itsm.desk"
    _description = "Service Desk"
    _inherit = ["mail.alias.mixin", "mail.thread", "itsm.cache.source"]
    _cached_fields = frozenset({"portal_scope", "stage_ids"})
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    description = fields.Text(
        translate=True, help="What this desk is for; staff read it on the portal."
    )
    company_id = fields.Many2one(
        "res.company",
        index=True,
        default=lambda self: self.env.company,
        help="Empty: the desk serves all companies.",
    )
    resource_calendar_id = fields.Many2one(
        "resource.calendar",
        string="Working Hours",
        default=lambda self: self.env.company.resource_calendar_id,
        check_company=True,
        help="When the desk is staffed. Empty: around the clock.",
    )
    manager_ids = fields.Many2many(
        "res.users",
        "itsm_desk_manager_rel",
        "desk_id",
        "user_id",
        string="Desk Managers",
        domain="[('share', '=', False)]",
    )
    team_ids = fields.One2many("itsm.team", "desk_id", string="Teams")
    agent_ids = fields.Many2many(
        "res.users",
        "itsm_desk_agent_rel",
        "desk_id",
        "user_id",
        string="Agents",
        compute="_compute_agent_ids",
        store=True,
        help="Members and leaders of the desk's teams, and its managers: the people "
        "who see its tickets.",
    )
    stage_ids = fields.Many2many(
        "itsm.stage",
        "itsm_stage_desk_rel",
        "desk_id",
        "stage_id",
        string="Own Stages",
    )
    default_team_id = fields.Many2one(
        "itsm.team",
        domain="[('desk_id', '=', id)]",
        help="Team that gets new tickets when neither their category nor their "
        "creator names one.",
    )
    sla_policy_ids = fields.Many2many(
        "itsm.sla.policy",
        "itsm_sla_policy_desk_rel",
        "desk_id",
        "policy_id",
        string="Own Service Level Policies",
        readonly=True,
        groups="itsm_sla.group_sla_reader",
        help="Policies for this desk; those without a desk count for all.",
    )
    portal_published = fields.Boolean(
        "Offered on the Portal",
        default=True,
        help="Staff can send tickets to this desk from the portal.",
    )
    portal_scope = fields.Selection(
        [
            ("own", "Their own tickets"),
            ("manager", "Own; managers also their department's"),
            ("department", "Own and their department's"),
        ],
        string="Requesters See",
        required=True,
        default="own",
    )
    auto_close_days = fields.Integer(
        "Close Resolved Tickets After (days)",
        default=5,
        help="A resolved ticket that nobody confirms or reopens closes by itself "
        "after this number of days. 0: never.",
    )
    reopen_days = fields.Integer(
        "Reopen Within (days)",
        default=14,
        help="An answer to a closed ticket reopens it within this number of days; "
        "later it opens a new ticket that is linked to the old one.",
    )
    reopen_on_reply = fields.Boolean(
        default=True, help="An answer of the requester to a resolved ticket reopens it."
    )
    accept_generated_mail = fields.Boolean(
        "Tickets From Machines",
        help="Mails that machines send (monitoring, for instance) make tickets. "
        "Automatic replies and bounces never do.",
    )

    _days_positive = models.Constraint(
        "CHECK (auto_close_days >= 0 AND reopen_days >= 0)",
        "Numbers of days cannot be negative.",
    )

    @api.depends(
        "manager_ids", "team_ids.member_ids", "team_ids.leader_id", "team_ids.active"
    )
    def _compute_agent_ids(self):
        for desk in self:
            teams = desk.team_ids
            desk.agent_ids = desk.manager_ids | teams.member_ids | teams.leader_id

    @api.model
    @tools.ormcache()
    def _ids_by_portal_scope(self):
        """Return ``{scope: desk ids}`` for the scopes wider than one's own tickets."""
        desks = self.sudo().with_context(active_test=False)
        ids_by_scope = {}
        for desk in desks.search([("portal_scope", "!=", "own")]):
            ids_by_scope.setdefault(desk.portal_scope, []).append(desk.id)
        return ids_by_scope

    @api.constrains("resource_calendar_id")
    def _check_calendar(self):
        for desk in self:
            if desk.resource_calendar_id:
                # sudo: desk managers have no rights on every calendar.
                desk.resource_calendar_id.sudo()._itsm_check_usable()

    def write(self, vals):
        result = super().write(vals)
        if "resource_calendar_id" in vals:
            # Running clocks of the desk's tickets count in the new hours from the
            # opening on; finished ones keep theirs.
            self.env["itsm.sla.clock"]._wake(
                [("ticket_id", "any", [("desk_id", "in", self.ids)])]
            )
        return result

    @api.constrains("default_team_id")
    def _check_default_team(self):
        for desk in self:
            if desk.default_team_id and desk.default_team_id.desk_id != desk:
                raise ValidationError(
                    self.env._(
                        "Team “%(team)s” belongs to another desk, so it cannot be the "
                        "default team of “%(desk)s”.",
                        team=desk.default_team_id.name,
                        desk=desk.name,
                    )
                )

    @api.model
    def _default_for_user(self):
        """Return the desk a new ticket of the current user goes to."""
        desks = self.search([("agent_ids", "in", self.env.uid)], limit=1)
        return desks or self.search(
            [("company_id", "in", [self.env.company.id, False])], limit=1
        )

    def _is_staffed_now(self):
        """Tell whether the desk's working hours cover this moment."""
        self.ensure_one()
        # sudo: agents have no rights on every calendar; only yes or no leaves here.
        calendar = self.sudo().resource_calendar_id
        if not calendar:
            return True
        now = pytz.utc.localize(fields.Datetime.now())
        end = now + timedelta(minutes=1)
        return bool(calendar._work_intervals_batch(now, end)[False])
