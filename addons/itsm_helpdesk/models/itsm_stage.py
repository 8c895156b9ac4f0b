from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError

TICKET_STATES = [
    ("new", "New"),
    ("approval", "Waiting for approval"),
    ("in_progress", "In progress"),
    ("pending", "Pending"),
    ("resolved", "Resolved"),
    ("closed", "Closed"),
    ("cancelled", "Cancelled"),
]


class ItsmStage(models.Model):
    """A column of the ticket kanban.

    Stages are free: an administrator names and orders them. Each belongs to one
    of the fixed states, which is all that the logic looks at, so reordering or
    renaming stages changes no rule.
    """

    _name = "itsm.stage"
    _description = "Ticket Stage"
    _inherit = "itsm.cache.source"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    state = fields.Selection(
        TICKET_STATES,
        required=True,
        default="in_progress",
        help="What the stage means to the system: clocks, mail and access rules "
        "look at the state, never at the stage's name or position.",
    )
    desk_ids = fields.Many2many(
        "itsm.desk",
        "itsm_stage_desk_rel",
        "stage_id",
        "desk_id",
        string="Desks",
        help="Desks that use this stage. Empty: all desks.",
    )
    fold = fields.Boolean("Folded in Kanban")
    description = fields.Text(
        translate=True, help="Shown to agents as a hint on the column."
    )
    mail_template_id = fields.Many2one(
        "mail.template",
        domain="[('model', '=', 'itsm.ticket')]",
        help="Sent to the requester when a ticket enters this stage.",
    )

    def write(self, vals):
        if "state" in vals:
            self._refuse_state_change(vals["state"])
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        used = (
            self.env["itsm.ticket"]
            .sudo()
            ._read_group([("stage_id", "in", self.ids)], ["stage_id"])
        )
        if used:
            raise UserError(
                self.env._(
                    "Stage “%(stage)s” still holds tickets. Archive it, or move its "
                    "tickets to another stage first.",
                    stage=used[0][0].name,
                )
            )

    def _refuse_state_change(self, state):
        """Refuse another state for a stage in use: its tickets would change theirs."""
        changed = self.filtered(lambda stage: stage.state != state)
        used = (
            self.env["itsm.ticket"]
            .sudo()
            ._read_group([("stage_id", "in", changed.ids)], ["stage_id"])
        )
        if used:
            raise ValidationError(
                self.env._(
                    "Stage “%(stage)s” holds tickets, so its state cannot be changed. "
                    "Make a new stage for the other state and move the tickets there.",
                    stage=used[0][0].name,
                )
            )

    @api.model
    @tools.ormcache("stage_id")
    def _desk_ids_of(self, stage_id):
        """Return the ids of the desks that use a stage; none means all."""
        # sudo: which desk uses which stage is no secret.
        return frozenset(self.sudo().browse(stage_id).desk_ids.ids)

    @api.model
    @tools.ormcache("desk_id", "state")
    def _first_id(self, desk_id, state):
        """Return the id of a desk's first stage of ``state``, or False."""
        return (
            self.sudo()
            .search(
                [
                    ("state", "=", state),
                    "|",
                    ("desk_ids", "=", False),
                    ("desk_ids", "in", [desk_id]),
                ],
                limit=1,
            )
            .id
        )

    @api.model
    def _for_state(self, desk, state):
        """Return the stage a ticket of ``desk`` gets when it enters ``state``.

        :raise UserError: when an administrator archived the last such stage
        """
        stage = self.browse(self._first_id(desk.id, state))
        if not stage:
            label = dict(self._fields["state"]._description_selection(self.env))[state]
            raise UserError(
                self.env._(
                    "Desk “%(desk)s” has no stage for the state “%(state)s”. Ask an "
                    "administrator to add one under Configuration / Stages.",
                    desk=desk.name,
                    state=label,
                )
            )
        return stage
