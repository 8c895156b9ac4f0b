from odoo import api, fields, models


class ItsmRequestDraft(models.Model):
    """A request form that somebody has begun and not yet sent."""

    _name = "itsm.request.draft"
    _description = "Draft of a Request"
    _order = "write_date desc, id desc"
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
    ticket_id = fields.Many2one(
        "itsm.ticket",
        "Reopened Form",
        index="btree_not_null",
        ondelete="cascade",
        help="The ticket whose form is filled in once more.",
    )
    values = fields.Json("Answers")
    requested_for_id = fields.Many2one(
        "res.partner", "For", index="btree_not_null", ondelete="cascade"
    )

    _user_service_unique = models.UniqueIndex(
        "(user_id, service_id, COALESCE(ticket_id, 0))",
        "There is a draft of this request already.",
    )

    @api.model
    def _forget(self, service, ticket=None):
        """Delete the user's draft for a service, or for a ticket's form."""
        self.search(
            [
                ("user_id", "=", self.env.uid),
                ("service_id", "=", service.id),
                ("ticket_id", "=", ticket.id if ticket else False),
            ]
        ).unlink()
