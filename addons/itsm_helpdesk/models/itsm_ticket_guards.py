from odoo import api, models
from odoo.exceptions import UserError

from .itsm_ticket import FROZEN_FIELDS


class ItsmTicket(models.Model):
    """What nobody writes or deletes by hand."""

    _inherit = "itsm.ticket"

    @api.model
    def _system_refusal(self, field):
        return self.env._(
            "“%(field)s” cannot be set directly: it follows from what is done "
            "with the ticket (take, resolve, close, …). Past tickets come in "
            "through the ledger import.",
            field=field,
        )

    def _refuse_frozen(self, vals):
        """Refuse changes to what stays as it was on ended tickets."""
        frozen = FROZEN_FIELDS.intersection(vals) and self.filtered("is_frozen")
        if frozen:
            raise UserError(
                self.env._(
                    "%(ticket)s is closed, so only a desk manager may still correct "
                    "it. Reopen it, or open a new ticket.",
                    ticket=frozen[0].display_name,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_worked_on(self):
        """Deleting is for drafts; the rest is cancelled, so that nothing is lost."""
        worked_on = self.filtered(lambda ticket: ticket.state != "new")
        if worked_on:
            raise UserError(
                self.env._(
                    "%(ticket)s has been worked on, so it cannot be deleted. Cancel it "
                    "instead.",
                    ticket=worked_on[0].display_name,
                )
            )
