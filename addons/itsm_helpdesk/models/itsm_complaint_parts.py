from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL


class ItsmComplaintPartMixin(models.AbstractModel):
    """What hangs on a ticket is hidden as the ticket is.

    For models with a ``ticket_id``; their rule for everybody asks for this field.
    """

    _name = "itsm.complaint.part.mixin"
    _description = "Part of a Ticket That May Be Hidden"

    complaint_hidden = fields.Boolean(
        compute="_compute_complaint_hidden",
        search="_search_complaint_hidden",
        export_string_translation=False,
    )

    @api.depends("ticket_id.complaint_hidden")
    @api.depends_context("uid")
    def _compute_complaint_hidden(self):
        for part in self:
            # sudo: only whether it is hidden leaves here.
            part.complaint_hidden = part.sudo().ticket_id.complaint_hidden

    def _search_complaint_hidden(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "(%s IN (%s)) IS TRUE",
                model._complaint_ticket_sql(alias),
                model.env["itsm.ticket"]._complaint_hidden_ids_sql(),
            )
        )

    @api.model
    def _complaint_ticket_sql(self, alias):
        """Return the SQL of the ticket's id."""
        return SQL.identifier(alias, "ticket_id")


class ItsmTask(models.Model):
    """Tasks of complaints, which are not for those complained about either."""

    _name = "itsm.task"
    _inherit = ["itsm.task", "itsm.complaint.part.mixin"]

    @api.constrains("user_id", "ticket_id")
    def _check_complaint_owner(self):
        for task in self.sudo():
            if task.user_id and task.user_id in task.ticket_id._complained_about():
                raise ValidationError(
                    self.env._(
                        "“%(task)s” cannot be given to whom its ticket is about.",
                        task=task.display_name,
                    )
                )


class ItsmSlaClock(models.Model):
    _name = "itsm.sla.clock"
    _inherit = ["itsm.sla.clock", "itsm.complaint.part.mixin"]

    @api.model
    def _complaint_ticket_sql(self, alias):
        self.flush_model(["res_id", "res_model"])
        return SQL(
            "CASE WHEN %s = 'itsm.ticket' THEN %s END",
            SQL.identifier(alias, "res_model"),
            SQL.identifier(alias, "res_id"),
        )


class ItsmAnswerRow(models.Model):
    _name = "itsm.answer.row"
    _inherit = ["itsm.answer.row", "itsm.complaint.part.mixin"]


class ItsmTicketReporter(models.Model):
    _name = "itsm.ticket.reporter"
    _inherit = ["itsm.ticket.reporter", "itsm.complaint.part.mixin"]


class ItsmRatingFollowup(models.Model):
    _name = "itsm.rating.followup"
    _inherit = ["itsm.rating.followup", "itsm.complaint.part.mixin"]
