from odoo import fields, models
from odoo.fields import Domain

# The moments of a ticket that the system itself knows the time of.
MOMENTS = [
    ("asked", "Asked"),
    ("answered", "First answer"),
    ("visited", "Visit"),
    ("delivered", "Delivered or solved"),
    ("confirmed", "Confirmed"),
]


class ItsmTouchpoint(models.Model):
    """A moment in which people meet a service: where they are pleased or angry."""

    _name = "itsm.touchpoint"
    _description = "Touchpoint"
    _order = "sequence, id"

    name = fields.Char(
        required=True, translate=True, help="In the words of those who are served."
    )
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    moment = fields.Selection(
        MOMENTS,
        help="What is measured there. Empty: a moment of which only people tell.",
    )
    desk_ids = fields.Many2many(
        "itsm.desk",
        "itsm_touchpoint_desk_rel",
        "touchpoint_id",
        "desk_id",
        string="Desks",
        help="Empty: all desks.",
    )
    service_ids = fields.Many2many(
        "itsm.service",
        "itsm_touchpoint_service_rel",
        "touchpoint_id",
        "service_id",
        string="Services",
        help="Empty: all services.",
    )

    def _offered(self, desk, service):
        """Return the touchpoints of a service of a desk, in their order."""
        # sudo: their names are for everybody who rates.
        return self.sudo().search(
            (Domain("desk_ids", "=", False) | Domain("desk_ids", "in", desk.ids))
            & (
                Domain("service_ids", "=", False)
                | Domain("service_ids", "in", service.ids)
            )
        )


class ItsmTicket(models.Model):
    """Which moments a ticket has had, for the page that asks about them."""

    _inherit = "itsm.ticket"

    def _touchpoint_moments(self):
        """Return the moments of the ticket that have come. Hook for more."""
        self.ensure_one()
        ticket = self.sudo()  # sudo: dates of a ticket that is rated by who asked
        dates = {
            "asked": ticket.opened_at,
            "answered": ticket.first_response_at,
            "delivered": ticket.resolved_at,
            "confirmed": ticket.closed_at,
        }
        return {moment for moment, date in dates.items() if date}

    def _rating_touchpoints(self, given=None):
        """Return the moments that the person may name, and those they named."""
        ticket = self.sudo()  # sudo: desk and service, which the person knows
        offered = self.env["itsm.touchpoint"]._offered(
            ticket.desk_id, ticket.service_id
        )
        moments = self._touchpoint_moments()
        return [
            *super()._rating_touchpoints(given),
            *(
                {
                    "id": point.id,
                    "name": point.name,
                    "pleased": bool(given)
                    and given.itsm_pleased_touchpoint_id == point,
                    "angry": bool(given) and given.itsm_angry_touchpoint_id == point,
                }
                for point in offered
                if not point.moment or point.moment in moments
            ),
        ]

    def _rating_values(self, form):
        """Read the moments that were sent; only offered ones count."""
        offered = {
            str(point["id"]): point["id"] for point in self._rating_touchpoints()
        }
        return {
            **super()._rating_values(form),
            "itsm_pleased_touchpoint_id": offered.get(form.get("pleased"), False),
            "itsm_angry_touchpoint_id": offered.get(form.get("angry"), False),
        }


class RatingRating(models.Model):
    _inherit = "rating.rating"

    itsm_pleased_touchpoint_id = fields.Many2one(
        "itsm.touchpoint",
        "Best Moment",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
    )
    itsm_angry_touchpoint_id = fields.Many2one(
        "itsm.touchpoint",
        "Worst Moment",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
    )
