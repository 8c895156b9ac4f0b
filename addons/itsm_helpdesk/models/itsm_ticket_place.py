from odoo import api, fields, models

from ..tools.form import definition as form_definition


class ItsmTicket(models.Model):
    """Where the work of a ticket is to be done."""

    _inherit = "itsm.ticket"

    location_id = fields.Many2one(
        "itsm.location",
        index="btree_not_null",
        tracking=True,
        check_company=True,
        help="Where the fault is, or where somebody has to go.",
    )

    @api.model
    def _answered_place(self, service, version, answers):
        """Return the place that the answers to a form name first, or none.

        A place of another company than the desk's stays an answer and no more.
        """
        Location = self.env["itsm.location"]
        for question in form_definition.questions(version._definition()):
            if question["type"] == "location" and answers.get(question["key"]):
                place = Location.browse(answers[question["key"]]).exists()
                owner = place.company_id
                return Location if owner and owner != service.company_id else place
        return Location
