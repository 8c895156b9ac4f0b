from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL


class MailActivity(models.Model):
    """What agents plan for a ticket is as internal as their notes.

    Odoo shows the activities of a record to everybody who reads the record. On a
    service desk every employee is a requester, so they are for the agents of the
    desk and the person the activity is given to.
    """

    _inherit = "mail.activity"

    @api.model
    def _itsm_visible_domain(self):
        """Return the domain of activities that the user may see, tickets considered."""
        works_for_desk = self.env["itsm.ticket"]._works_for_desk_sql
        return (
            Domain("res_model", "!=", "itsm.ticket")
            | Domain("user_id", "=", self.env.uid)
            | Domain.custom(
                to_sql=lambda model, alias, query: works_for_desk(
                    SQL.identifier(alias, "res_id"), model.env.uid
                )
            )
        )

    @api.model
    def _search(
        self,
        domain,
        offset=0,
        limit=None,
        order=None,
        *,
        bypass_access=False,
        **kwargs,
    ):
        if not bypass_access and not self.env["mail.message"]._itsm_reads_all_notes():
            domain = Domain(domain) & self._itsm_visible_domain()
        return super()._search(
            domain, offset, limit, order, bypass_access=bypass_access, **kwargs
        )

    def _check_access(self, operation):
        result = super()._check_access(operation)
        rest = self - result[0] if result else self
        hidden = rest._itsm_hidden() if operation != "create" else self.browse()
        if not hidden:
            return result
        forbidden = hidden | result[0] if result else hidden
        return forbidden, lambda: AccessError(
            self.env._("Activities of tickets are for the agents of the desk.")
        )

    def _itsm_hidden(self):
        """Return the activities of tickets that the user must not see."""
        if not self.ids or self.env["mail.message"]._itsm_reads_all_notes():
            return self.browse()
        # sudo: only whether they match leaves here.
        of_tickets = self.sudo().filtered(lambda a: a.res_model == "itsm.ticket")
        if not of_tickets:
            return self.browse()
        visible = of_tickets.search(
            Domain("id", "in", of_tickets.ids) & self._itsm_visible_domain()
        )
        return (of_tickets - visible).with_env(self.env)
