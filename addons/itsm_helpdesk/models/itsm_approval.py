from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

_FOLLOWERS = ("itsm_helpdesk.group_itsm_agent", "itsm_helpdesk.group_itsm_auditor")


class ItsmApproval(models.Model):
    """Who may read a ticket at the desk reads how its approval stands."""

    _inherit = "itsm.approval"

    @api.model
    def _visible_domain(self, partner):
        domain = super()._visible_domain(partner)
        if not any(self.env.user.has_group(group) for group in _FOLLOWERS):
            return domain
        of_ticket = Domain("res_model", "=", "itsm.ticket")
        return domain | (of_ticket & Domain.custom(to_sql=self._readable_ticket_sql))

    @api.model
    def _readable_ticket_sql(self, model, alias, query):
        """Return the condition that the user may read the ticket of an approval.

        One ticket is looked up for each approval, not all that an agent may see.
        """
        # Not the system's rights: the tickets are those the user sees.
        tickets = self.env["itsm.ticket"].sudo(False)._search([], active_test=False)
        tickets.add_where(
            SQL(
                "%s = %s",
                SQL.identifier(tickets.table, "id"),
                SQL.identifier(alias, "res_id"),
            )
        )
        return SQL("EXISTS %s", tickets.subselect(SQL("1")))
