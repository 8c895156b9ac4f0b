from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import bookings

STATES = [
    ("held", "Waiting for Approval"),
    ("confirmed", "Confirmed"),
    ("out", "Handed Over"),
    ("returned", "Over"),
    ("cancelled", "Cancelled"),
    ("refused", "Refused"),
    ("missed", "Not Collected"),
]
# As long as it is in one of these, nobody else gets the pieces.
OPEN_STATES = ("held", "confirmed", "out")
# What can still be moved or given up.
WAITING_STATES = ("held", "confirmed")
CONDITIONS = [
    ("good", "Good"),
    ("worn", "Marks or Dirt"),
    ("damaged", "Damaged"),
]
# What is taken depends on these; whoever writes one has to ask for the pieces anew.
_TAKING_FIELDS = frozenset({"bookable_id", "start", "end", "quantity"})
_SYSTEM_FIELDS = frozenset(
    {
        "blocked_from",
        "blocked_until",
        "condition_in",
        "condition_out",
        "damage_ticket_id",
        "handed_over_at",
        "handed_over_by_id",
        "is_from_form",
        "meter_in",
        "meter_out",
        "note_in",
        "note_out",
        "overdue_told_at",
        "photo_in_ids",
        "photo_out_ids",
        "remind_from",
        "reminded_at",
        "returned_at",
        "returned_to_id",
        "state",
    }
)


class ItsmBooking(models.Model):
    """Pieces of a thing that are kept for somebody from one time to another.

    This file holds what a booking is, and that no piece is promised twice. What is
    done with it stands in ``itsm_booking_verbs``.
    """

    _name = "itsm.booking"
    _description = "Booking"
    _inherit = [
        "itsm.guarded.mixin",
        "itsm.complaint.part.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "start desc, id desc"
    _check_company_auto = True

    bookable_id = fields.Many2one(
        "itsm.bookable",
        "Thing",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    kind = fields.Selection(related="bookable_id.kind", store=True)
    desk_id = fields.Many2one(
        "itsm.desk", related="bookable_id.desk_id", store=True, index=True
    )
    company_id = fields.Many2one(
        "res.company", related="bookable_id.company_id", store=True, index=True
    )
    start = fields.Datetime(required=True, tracking=True)
    end = fields.Datetime(required=True, tracking=True)
    blocked_from = fields.Datetime(
        compute="_compute_blocked", store=True, precompute=True
    )
    blocked_until = fields.Datetime(
        compute="_compute_blocked", store=True, precompute=True
    )
    quantity = fields.Integer("Pieces", default=1, required=True, tracking=True)
    persons = fields.Integer()
    partner_id = fields.Many2one(
        "res.partner",
        "For",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
        default=lambda self: self.env.user.partner_id,
    )
    purpose = fields.Char(help="What it is for.")
    ticket_id = fields.Many2one(
        "itsm.ticket",
        index="btree_not_null",
        ondelete="restrict",
        help="The request that it was made for.",
    )
    is_from_form = fields.Boolean(
        readonly=True,
        copy=False,
        help="Follows the answers of the request's form.",
    )
    state = fields.Selection(
        STATES, required=True, default="confirmed", readonly=True, tracking=True
    )
    is_open = fields.Boolean(compute="_compute_is_open", store=True, precompute=True)
    is_overdue = fields.Boolean(
        compute="_compute_is_overdue", search="_search_is_overdue"
    )
    needs_handover = fields.Boolean(related="bookable_id.needs_handover")
    has_meter = fields.Boolean(related="bookable_id.has_meter")

    # Hand-over and return
    handed_over_at = fields.Datetime("Handed Over On", readonly=True, copy=False)
    handed_over_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    meter_out = fields.Float(
        "Meter at Hand-Over", digits=(16, 1), readonly=True, copy=False
    )
    condition_out = fields.Selection(
        CONDITIONS, "Condition at Hand-Over", readonly=True, copy=False
    )
    note_out = fields.Text("Note at Hand-Over", readonly=True, copy=False)
    photo_out_ids = fields.Many2many(
        "ir.attachment",
        "itsm_booking_photo_out_rel",
        string="Photos at Hand-Over",
        readonly=True,
        copy=False,
    )
    returned_at = fields.Datetime("Returned On", readonly=True, copy=False)
    returned_to_id = fields.Many2one("res.users", readonly=True, copy=False)
    meter_in = fields.Float(
        "Meter at Return", digits=(16, 1), readonly=True, copy=False
    )
    distance = fields.Float(
        digits=(16, 1), compute="_compute_distance", store=True, aggregator="sum"
    )
    condition_in = fields.Selection(
        CONDITIONS, "Condition at Return", readonly=True, copy=False
    )
    note_in = fields.Text("Note at Return", readonly=True, copy=False)
    photo_in_ids = fields.Many2many(
        "ir.attachment",
        "itsm_booking_photo_in_rel",
        string="Photos at Return",
        readonly=True,
        copy=False,
    )
    damage_ticket_id = fields.Many2one(
        "itsm.ticket",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The damage that was found at the return.",
    )
    remind_from = fields.Datetime(compute="_compute_remind_from", store=True)
    reminded_at = fields.Datetime("Reminded On", readonly=True, copy=False)
    overdue_told_at = fields.Datetime("Told to Bring Back", readonly=True, copy=False)

    _ends_later = models.Constraint(
        'CHECK ("end" > start)', "The end must come after the start."
    )
    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0)", "Book at least one piece."
    )
    _open_idx = models.Index(
        "(bookable_id, blocked_from, blocked_until)"
        " WHERE state IN ('held', 'confirmed', 'out')"
    )
    _remind_idx = models.Index(
        "(remind_from) WHERE state = 'confirmed' AND reminded_at IS NULL"
    )
    _due_idx = models.Index(
        "(state, \"end\") WHERE state IN ('held', 'confirmed', 'out')"
    )

    @api.depends("bookable_id", "start", "end")
    def _compute_blocked(self):
        """What was promised stays, whatever becomes of the thing's minutes later."""
        for booking in self:
            booking.blocked_from, booking.blocked_until = booking.start, booking.end
            if booking.bookable_id and booking.start and booking.end:
                booking.blocked_from, booking.blocked_until = (
                    booking.bookable_id._terms().blocked(booking.start, booking.end)
                )

    @api.depends("start", "bookable_id.remind_minutes")
    def _compute_remind_from(self):
        for booking in self:
            minutes = booking.bookable_id.remind_minutes
            booking.remind_from = minutes and fields.Datetime.subtract(
                booking.start, minutes=minutes
            )

    @api.depends("state")
    def _compute_is_open(self):
        for booking in self:
            booking.is_open = booking.state in OPEN_STATES

    @api.depends("state", "end")
    def _compute_is_overdue(self):
        now = fields.Datetime.now()
        for booking in self:
            booking.is_overdue = booking.state == "out" and booking.end < now

    @api.model
    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("state", "=", "out"), ("end", "<", fields.Datetime.now())]

    @api.depends("meter_out", "meter_in")
    def _compute_distance(self):
        for booking in self:
            booking.distance = max(0, booking.meter_in - booking.meter_out)

    @api.depends("bookable_id.name", "partner_id.name", "start", "end")
    @api.depends_context("lang", "tz", "itsm_booking_brief")
    def _compute_display_name(self):
        """Thing and time; in a calendar, which shows the time itself, thing and who."""
        is_brief = self.env.context.get("itsm_booking_brief")
        for booking in self:
            name = booking.bookable_id.name or ""
            if is_brief:
                name = " · ".join(filter(None, (name, booking.partner_id.name)))
            elif booking.start and booking.end:
                when = booking.bookable_id._span_text(booking.start, booking.end)
                name = f"{name}, {when}"
            booking.display_name = name

    def _as_use(self, now):
        """Return the booking as the pure functions take it."""
        self.ensure_one()
        until = self.blocked_until
        if self.state == "out":
            until = max(until, now)
        return bookings.Use(self.blocked_from, until, self.quantity)

    # ------------------------------------------------------------------
    # No piece is promised twice
    # ------------------------------------------------------------------

    @api.model
    def _system_fields(self):
        return super()._system_fields() | _SYSTEM_FIELDS

    @api.model
    def _complete_new(self, vals_list):
        """A booking of a request that waits for approval waits with it."""
        ids = {vals["ticket_id"] for vals in vals_list if vals.get("ticket_id")}
        # sudo: the state only, of the request that the booking names.
        tickets = self.env["itsm.ticket"].sudo().browse(ids).exists()
        waiting = set(tickets.filtered(lambda t: t.state == "approval").ids)
        return [
            {
                "state": "held" if vals.get("ticket_id") in waiting else "confirmed",
                **vals,
            }
            for vals in vals_list
        ]

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_foreign_request(vals)
        made = super().create(vals_list)
        made._take()
        return made

    def write(self, vals):
        self._refuse_foreign_request(vals)
        if not _TAKING_FIELDS.intersection(vals):
            return super().write(vals)
        if not self._is_system():
            self._refuse_late_change(vals)
        result = super().write(vals)
        self._take()
        return result

    def _take(self):
        """Make sure of the pieces: nobody else gets them from here on.

        The claim on the things' rows serialises all who book them; so what is read
        after it is all there is.
        """
        self.flush_recordset()
        taking = self.filtered("is_open")
        # sudo: whoever may book moves the counter of what is booked.
        taking.bookable_id.sudo()._claim()
        taking._refuse_overbooked()

    def _refuse_overbooked(self):
        """Refuse bookings for which there are not enough pieces."""
        if not self:
            return
        uses = self.bookable_id._uses(
            min(self.mapped("blocked_from")), max(self.mapped("blocked_until"))
        )
        for booking in self:
            thing = booking.bookable_id
            if booking.quantity > thing.quantity:
                raise UserError(
                    thing._refusal_text(
                        bookings.TOO_MANY, booking.start, booking.end, booking.quantity
                    )
                )
            taken = bookings.peak(
                uses[thing.id], booking.blocked_from, booking.blocked_until
            )
            if taken > thing.quantity:
                raise UserError(
                    thing._taken_text(booking.start, booking.end, booking.quantity)
                )

    @api.model
    def _refuse_foreign_request(self, vals):
        """A booking holds its request open and speaks on it: only those who may work
        on the request attach one to it."""
        if vals.get("ticket_id") and not self._is_system():
            self.env["itsm.ticket"].browse(vals["ticket_id"]).check_access("write")

    def _refuse_late_change(self, vals):
        """Refuse to change what was handed over or is over; a longer loan is one."""
        for booking in self:
            is_longer = booking.state == "out" and vals.keys() & _TAKING_FIELDS == {
                "end"
            }
            if booking.state not in WAITING_STATES and not is_longer:
                raise UserError(
                    self.env._(
                        "%(booking)s is handed over or over, so its time cannot be "
                        "changed.",
                        booking=booking.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_over(self):
        """Nothing is lost: bookings are cancelled."""
        raise UserError(
            self.env._("Bookings are not deleted. Cancel it, so that it is remembered.")
        )
