from odoo import api, fields, models


class ItsmTicketReporter(models.Model):
    """Somebody who reported what a ticket is about already."""

    _name = "itsm.ticket.reporter"
    _description = "Further Reporter of a Ticket"
    _inherit = ["itsm.guarded.mixin"]
    _order = "reported_at, id"
    _rec_name = "partner_id"

    ticket_id = fields.Many2one(
        "itsm.ticket", required=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner", "Person", required=True, index=True, ondelete="restrict"
    )
    department_id = fields.Many2one(
        "hr.department", index="btree_not_null", ondelete="set null"
    )
    reported_at = fields.Datetime(required=True, default=fields.Datetime.now)
    channel_id = fields.Many2one("itsm.channel", ondelete="restrict")
    user_id = fields.Many2one("res.users", "Taken By", ondelete="set null")
    announcement_id = fields.Many2one(
        "itsm.announcement",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="They said so on the portal instead of opening a ticket.",
    )
    words = fields.Char(help="What they said beyond what was known.")
    company_id = fields.Many2one(
        related="ticket_id.company_id", store=True, index=True, precompute=True
    )

    _once = models.UniqueIndex(
        "(ticket_id, partner_id)", "This person has reported it already."
    )

    @api.model
    def _system_fields(self):
        return super()._system_fields() | {
            "announcement_id",
            "channel_id",
            "company_id",
            "department_id",
            "partner_id",
            "reported_at",
            "ticket_id",
            "user_id",
            "words",
        }
