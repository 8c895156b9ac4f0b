from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError


class ItsmSlaWaiver(models.Model):
    """Time that nobody could help: excused with a reason, approved by another.

    The raw figure stays; reports show the adjusted one beside it.
    """

    _name = "itsm.sla.waiver"
    _description = "Service Level Waiver"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_name = "reason"

    clock_id = fields.Many2one(
        "itsm.sla.clock", required=True, index=True, ondelete="cascade"
    )
    record_name = fields.Char(related="clock_id.record_name")
    reason = fields.Char(required=True, tracking=True)
    minutes = fields.Integer(
        required=True,
        tracking=True,
        default=lambda self: self._default_minutes(),
        help="Minutes on the clock's hours that are taken off.",
    )
    state = fields.Selection(
        [
            ("requested", "Requested"),
            ("approved", "Approved"),
            ("refused", "Refused"),
        ],
        required=True,
        readonly=True,
        default="requested",
        tracking=True,
        copy=False,
    )
    requested_by_id = fields.Many2one(
        "res.users",
        "Requested by",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
        copy=False,
    )
    decided_by_id = fields.Many2one(
        "res.users", "Decided by", readonly=True, tracking=True, copy=False
    )
    decided_at = fields.Datetime("Decided On", readonly=True, copy=False)
    may_decide = fields.Boolean(compute="_compute_may_decide")

    _minutes_range = models.Constraint(
        "CHECK (minutes BETWEEN 1 AND 525600)",
        "A waiver is for one minute to one year.",
    )

    @api.model
    def _default_minutes(self):
        """Propose what is overdrawn."""
        clock = self.env["itsm.sla.clock"].browse(
            self.env.context.get("default_clock_id", ())
        )
        return max(1, -(clock.remaining // 60)) if clock else 1

    @api.depends("state", "requested_by_id")
    @api.depends_context("uid")
    def _compute_may_decide(self):
        for waiver in self:
            waiver.may_decide = (
                waiver.state == "requested"
                and waiver.requested_by_id != self.env.user
                and waiver._is_approver()
            )

    def _is_approver(self):
        """Tell whether the user may decide on waivers of this record."""
        self.ensure_one()
        return bool(
            self.env.su
            or self.env.user.has_group("itsm_sla.group_sla_manager")
            or self.clock_id._record()._sla_may_correct()
        )

    @api.constrains("clock_id", "minutes")
    def _check_clock(self):
        for waiver in self:
            if waiver.clock_id.state == "cancelled":
                raise ValidationError(
                    self.env._(
                        "The clock of %(record)s was cancelled, so there is nothing to "
                        "waive.",
                        record=waiver.record_name or "",
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals.update(
                state="requested",
                requested_by_id=self.env.uid,
                decided_by_id=False,
                decided_at=False,
            )
        waivers = super().create(vals_list)
        for waiver in waivers:
            # What one cannot see one cannot excuse.
            waiver.clock_id._record().check_access("write")
            waiver._tell(
                self.env._(
                    "Waiver of %(minutes)s minutes requested: %(reason)s",
                    minutes=waiver.minutes,
                    reason=waiver.reason,
                )
            )
        return waivers

    def write(self, vals):
        if not self.env.su and {
            "clock_id",
            "decided_at",
            "decided_by_id",
            "minutes",
            "reason",
            "requested_by_id",
            "state",
        }.intersection(vals):
            raise AccessError(
                self.env._(
                    "A waiver is not changed once requested: refuse it and request "
                    "another."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        if any(waiver.state != "requested" for waiver in self):
            raise UserError(
                self.env._("A waiver that was decided on stays in the record.")
            )
        if not self.env.su and self.requested_by_id - self.env.user:
            raise UserError(
                self.env._("Only who requested a waiver takes the request back.")
            )

    def action_approve(self):
        """Excuse the time."""
        return self._decide("approved")

    def action_refuse(self):
        """Leave the figure as it is."""
        return self._decide("refused")

    def _decide(self, state):
        """Decide on requested waivers; whoever asked for one cannot."""
        self.check_access("read")
        self.lock_for_update()
        for waiver in self:
            if waiver.state != "requested":
                raise UserError(
                    self.env._(
                        "The waiver “%(reason)s” was decided on already.",
                        reason=waiver.reason,
                    )
                )
            if not waiver.may_decide and not self.env.su:
                raise AccessError(
                    self.env._(
                        "The waiver “%(reason)s” has to be decided by a service level "
                        "manager or desk manager who did not ask for it.",
                        reason=waiver.reason,
                    )
                )
        # sudo: deciding is all that may be changed, and was checked above.
        self.sudo().write(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
            }
        )
        self.clock_id._apply_waivers()
        approved = state == "approved"
        for waiver in self:
            waiver._tell(
                self.env._(
                    "Waiver of %(minutes)s minutes approved: %(reason)s",
                    minutes=waiver.minutes,
                    reason=waiver.reason,
                )
                if approved
                else self.env._("Waiver refused: %(reason)s", reason=waiver.reason)
            )
        return True

    def _tell(self, text):
        """Write a note on the record."""
        self.clock_id._record().sudo()._message_log(  # sudo: a note in one's own name
            body=text, author_id=self.env.user.partner_id.id
        )
