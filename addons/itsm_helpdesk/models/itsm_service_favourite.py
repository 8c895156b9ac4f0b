from odoo import fields, models


class ItsmServiceFavourite(models.Model):
    """A star that somebody gave a service, to find it again."""

    _name = "itsm.service.favourite"
    _description = "Favourite Service"
    _rec_name = "service_id"

    user_id = fields.Many2one(
        "res.users",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.user,
    )
    service_id = fields.Many2one(
        "itsm.service", required=True, index=True, ondelete="cascade"
    )

    _user_service_unique = models.UniqueIndex(
        "(user_id, service_id)", "This service is among your favourites already."
    )
