import secrets

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.itsm_helpdesk.models.row_lock import take_turn

from ..tools import bookings

KINDS = [("room", "Room"), ("vehicle", "Vehicle"), ("equipment", "Equipment")]


class ItsmBookable(models.Model):
    """A room, a vehicle or a piece of equipment that people book for a time.

    When it is free stands in ``itsm_bookable_availability``, what staff see of it in
    ``itsm_bookable_portal``.
    """

    _name = "itsm.bookable"
    _description = "Room, Vehicle or Equipment"
    _inherit = ["mail.thread", "image.mixin"]
    _order = "kind, sequence, name, id"
    _rec_names_search = ["name", "code"]
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    code = fields.Char(copy=False, help="Short name on doors, keys and labels.")
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(KINDS, required=True, default="room", tracking=True)
    desk_id = fields.Many2one(
        "itsm.desk",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
        default=lambda self: self.env["itsm.desk"]._default_for_user(),
        help="Looks after it: hands it over, takes it back, repairs it.",
    )
    company_id = fields.Many2one(
        "res.company",
        related="desk_id.company_id",
        store=True,
        index=True,
        precompute=True,
    )
    location_id = fields.Many2one(
        "itsm.location",
        index="btree_not_null",
        check_company=True,
        tracking=True,
        help="Where it is, or where it is collected.",
    )
    description = fields.Text(
        translate=True, help="What staff should know: equipment, rules, the way there."
    )
    capacity = fields.Integer("Persons", help="How many it takes. 0: no limit.")
    quantity = fields.Integer(
        "Pieces",
        default=1,
        required=True,
        tracking=True,
        help="How many alike there are, such as ten loan laptops.",
    )
    is_published = fields.Boolean(
        "Offered to Staff", default=True, tracking=True, help="Shown on the portal."
    )
    token = fields.Char(
        default=lambda self: secrets.token_urlsafe(12),
        required=True,
        readonly=True,
        copy=False,
        groups="itsm_helpdesk.group_itsm_agent",
        help="Stands in the link of the printed label.",
    )

    # Terms
    resource_calendar_id = fields.Many2one(
        "resource.calendar",
        "Available",
        check_company=True,
        help="Bookings begin and end in these hours. Empty: at any time.",
    )
    buffer_before = fields.Integer(
        "Minutes Before", help="Kept free before each booking, to get it ready."
    )
    buffer_after = fields.Integer(
        "Minutes After", help="Kept free after each booking, to clean up."
    )
    lead_minutes = fields.Integer(
        "Minutes Ahead", help="How long before it is needed at the latest. 0: none."
    )
    longest_minutes = fields.Integer(help="How long a booking may be. 0: no limit.")
    remind_minutes = fields.Integer(
        "Reminder Minutes",
        default=60,
        help="How long before the start its user is reminded. 0: never.",
    )

    # Hand-over
    needs_handover = fields.Boolean(
        "Needs Hand-Over",
        help="Somebody hands it over and takes it back: keys, condition.",
    )
    has_meter = fields.Boolean(
        "Has a Meter", help="The mileage is written down at hand-over and return."
    )
    meter = fields.Float(
        "Meter Reading", digits=(16, 1), tracking=True, help="At the last return."
    )
    booking_ids = fields.One2many("itsm.booking", "bookable_id", "Bookings")
    booking_count = fields.Integer(
        "Bookings to Come", compute="_compute_booking_count", compute_sudo=True
    )
    # Counts the bookings made. It is not for reading: whoever books changes this row,
    # so that of two who book at the same moment the second is repeated, and then sees
    # what the first took.
    booking_turn = fields.Integer(
        readonly=True,
        copy=False,
        export_string_translation=False,
        groups="base.group_system",
    )

    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0)", "There must be at least one piece."
    )
    _minutes_positive = models.Constraint(
        "CHECK (LEAST(capacity, buffer_before, buffer_after, lead_minutes,"
        " longest_minutes, remind_minutes) >= 0)",
        "Persons and minutes cannot be less than 0.",
    )
    _token_unique = models.UniqueIndex("(token)", "This token is used already.")
    _code_unique = models.UniqueIndex(
        "(code, COALESCE(company_id, 0)) WHERE code IS NOT NULL",
        "Another thing of this company has this code.",
    )

    def _compute_booking_count(self):
        rows = self.env["itsm.booking"]._read_group(
            Domain("bookable_id", "in", self.ids)
            & Domain("is_open", "=", True)
            & Domain("end", ">", fields.Datetime.now()),
            ["bookable_id"],
            ["__count"],
        )
        counts = {bookable.id: count for bookable, count in rows}
        for bookable in self:
            bookable.booking_count = counts.get(bookable.id, 0)

    @api.constrains("resource_calendar_id")
    def _check_calendar(self):
        self.resource_calendar_id._itsm_check_usable()

    @api.constrains("quantity", "active")
    def _check_kept(self):
        """What is promised stays possible: bookings to come keep their pieces."""
        for bookable in self:
            uses = bookable._uses(fields.Datetime.now())[bookable.id]
            if uses and not bookable.active:
                raise ValidationError(
                    self.env._(
                        "“%(thing)s” has bookings to come. Move or cancel them first.",
                        thing=bookable.name,
                    )
                )
            beyond = bookings.overbooked(uses, bookable.quantity)
            if beyond:
                raise ValidationError(
                    self.env._(
                        "“%(thing)s” has bookings to come for more than %(count)s. "
                        "Move or cancel them first: %(when)s.",
                        thing=bookable.name,
                        count=bookable.quantity,
                        when=bookable._span_text(beyond.start, beyond.end),
                    )
                )

    def write(self, vals):
        if vals.keys() & {"quantity", "active"}:
            # Nobody books meanwhile what this takes away.
            self._claim()
        return super().write(vals)

    def _claim(self):
        """Be the only one who books these things, until the transaction ends.

        The database ends the transaction of who comes second; Odoo repeats it.
        """
        take_turn(self, "booking_turn")

    def action_view_bookings(self):
        """Open the calendar of the thing."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_nonit.itsm_booking_action"
        )
        return {
            **action,
            "name": self.name,
            "domain": [("bookable_id", "=", self.id)],
            "context": {"default_bookable_id": self.id},
        }
