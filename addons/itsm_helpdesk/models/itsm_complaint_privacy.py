from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

# Who reads complaints of all desks, unless they are about them.
_READERS = ("itsm_helpdesk.group_itsm_admin", "itsm_helpdesk.group_itsm_auditor")


class ItsmTicket(models.Model):
    """From whom complaints are hidden; a record rule for everybody stands on it.

    A ticket is hidden from those complained about, whatever else they are. Another
    complaint is hidden but from who asked, who registered it, its assignee and those
    who handle complaints at the desk; they may open it to the desk's agents.
    """

    _inherit = "itsm.ticket"

    complaint_hidden = fields.Boolean(
        compute="_compute_complaint_hidden",
        search="_search_complaint_hidden",
        export_string_translation=False,
    )

    @api.depends(
        "complaint_barred_ids",
        "complaint_shared",
        "desk_id.agent_ids",
        "desk_id.complaint_user_ids",
        "desk_id.manager_ids",
        "partner_id",
        "requested_for_id",
        "type",
        "user_id",
    )
    @api.depends_context("uid")
    def _compute_complaint_hidden(self):
        # Most tickets are no complaints: they cost no query.
        asked = self.filtered(
            lambda ticket: (
                ticket.type == "complaint"
                or ticket.complaint_about_user_id
                or ticket.complaint_about_team_id
            )
        )
        hidden = set()
        if asked.ids:
            self._flush_complaints()
            rows = self.env.execute_query(
                SQL(
                    "SELECT id FROM itsm_ticket WHERE id IN %s AND (%s)",
                    tuple(asked.ids),
                    self._complaint_hidden_sql("itsm_ticket"),
                )
            )
            hidden = {row[0] for row in rows}
        for ticket in self:
            ticket.complaint_hidden = ticket._origin.id in hidden

    def _search_complaint_hidden(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain.custom(
            to_sql=lambda model, alias, query: model._complaint_hidden_sql(alias)
        )

    @api.model
    def _flush_complaints(self):
        """Write what the conditions below read."""
        self.flush_model(
            [
                "complaint_about_team_id",
                "complaint_about_user_id",
                "complaint_barred_ids",
                "complaint_shared",
                "desk_id",
                "partner_id",
                "requested_for_id",
                "type",
                "user_id",
            ]
        )
        self.env["itsm.desk"].flush_model(
            ["agent_ids", "complaint_user_ids", "manager_ids"]
        )

    @api.model
    def _complaint_hidden_sql(self, alias):
        """Return the SQL condition of tickets hidden from the user, never unknown."""
        self._flush_complaints()
        barred = SQL(
            "%s IN (SELECT ticket_id FROM itsm_ticket_barred_rel WHERE user_id = %s)",
            SQL.identifier(alias, "id"),
            self.env.uid,
        )
        # Not the rights of the rule that asks: those of the person.
        if any(self.env.user.has_group(group) for group in _READERS):
            return barred
        return SQL(
            "(%s OR %s)",
            barred,
            self._complaint_not_for_user_sql(SQL.identifier(alias)),
        )

    @api.model
    def _complaint_not_for_user_sql(self, ticket):
        """Return the SQL condition of complaints that are none of the user's work."""
        return SQL(
            """
            (%(t)s.type = 'complaint'
            AND %(t)s.partner_id IS DISTINCT FROM %(partner)s
            AND %(t)s.requested_for_id IS DISTINCT FROM %(partner)s
            AND %(t)s.create_uid IS DISTINCT FROM %(user)s
            AND %(t)s.user_id IS DISTINCT FROM %(user)s
            AND %(t)s.desk_id NOT IN (
                SELECT desk_id FROM itsm_desk_complaint_rel WHERE user_id = %(user)s
                UNION ALL
                SELECT manager.desk_id
                  FROM itsm_desk_manager_rel manager
                 WHERE manager.user_id = %(user)s
                   AND NOT EXISTS (
                       SELECT 1
                         FROM itsm_desk_complaint_rel handler
                        WHERE handler.desk_id = manager.desk_id
                   )
            )
            AND NOT (
                %(t)s.complaint_shared IS TRUE
                AND %(t)s.desk_id IN (
                    SELECT desk_id FROM itsm_desk_agent_rel WHERE user_id = %(user)s
                )
            ))
            """,
            t=ticket,
            partner=self.env.user.partner_id.id,
            user=self.env.uid,
        )

    @api.model
    def _complaint_hidden_ids_sql(self):
        """Return the SQL query of the ids of all tickets hidden from the user.

        Complaints have an index of their own, so it is quick on a large desk, and
        what hangs on tickets asks once for them all.
        """
        self._flush_complaints()
        barred = SQL(
            "SELECT ticket_id FROM itsm_ticket_barred_rel WHERE user_id = %s",
            self.env.uid,
        )
        if any(self.env.user.has_group(group) for group in _READERS):
            return barred
        return SQL(
            "%s UNION ALL SELECT c.id FROM itsm_ticket c WHERE %s",
            barred,
            self._complaint_not_for_user_sql(SQL.identifier("c")),
        )

    # ------------------------------------------------------------------
    # Mail
    # ------------------------------------------------------------------

    def _complaint_silent(self, partner_ids):
        """Return the ids of the partners but those complained about."""
        if not self:
            return list(partner_ids)
        # sudo: contacts of users whom the reader may not know to be barred.
        barred = set(self.sudo()._complained_about().partner_id.ids)
        return [id_ for id_ in partner_ids if id_ not in barred]

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        """Those complained about do not follow, whoever adds them."""
        asked = partner_ids or ()
        allowed = self._complaint_silent(asked)
        if len(allowed) < len(asked):
            # They are told what they would be told of any ticket they do not see.
            self.check_access("read")
        return super().message_subscribe(allowed, subtype_ids)

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Whatever is sent about a complaint does not go to whom it is about."""
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        allowed = set(self._complaint_silent({r["id"] for r in recipients if r["id"]}))
        return [r for r in recipients if not r["id"] or r["id"] in allowed]

    def _sla_people(self, role):
        people = super()._sla_people(role)
        return people - self._complained_about().sudo(False).partner_id


class MailMessage(models.Model):
    """Who a complaint is about reads no message of it, not even as its author."""

    _inherit = "mail.message"

    @api.model
    def _itsm_complaint_sql(self, alias):
        """Return the SQL condition of messages of hidden tickets."""
        return SQL(
            "(%s = 'itsm.ticket' AND %s IN (%s)) IS TRUE",
            SQL.identifier(alias, "model"),
            SQL.identifier(alias, "res_id"),
            self.env["itsm.ticket"]._complaint_hidden_ids_sql(),
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
        if not bypass_access and not self.env.su:
            domain = Domain(domain) & Domain.custom(
                to_sql=lambda model, alias, query: SQL(
                    "NOT %s", model._itsm_complaint_sql(alias)
                )
            )
        return super()._search(
            domain, offset, limit, order, bypass_access=bypass_access, **kwargs
        )

    def _get_forbidden_access(self, operation):
        forbidden = super()._get_forbidden_access(operation)
        # sudo: only which messages are those of tickets.
        rest = (self - forbidden).sudo()
        rest = rest.filtered(lambda message: message.model == "itsm.ticket")
        tickets = self.env["itsm.ticket"].browse(set(rest.mapped("res_id"))).exists()
        hidden = set(tickets.sudo().filtered("complaint_hidden").ids)
        return forbidden + self.browse(
            message.id for message in rest if message.res_id in hidden
        )


class MailActivity(models.Model):
    """What is planned for a complaint is hidden as it is."""

    _inherit = "mail.activity"

    @api.model
    def _itsm_visible_domain(self):
        return super()._itsm_visible_domain() & self._itsm_complaint_domain()

    @api.model
    def _itsm_complaint_domain(self):
        """Return the domain of activities but those of hidden tickets."""
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "(%s = 'itsm.ticket' AND %s IN (%s)) IS NOT TRUE",
                SQL.identifier(alias, "res_model"),
                SQL.identifier(alias, "res_id"),
                model.env["itsm.ticket"]._complaint_hidden_ids_sql(),
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
        if not bypass_access and not self.env.su:
            domain = Domain(domain) & self._itsm_complaint_domain()
        return super()._search(
            domain, offset, limit, order, bypass_access=bypass_access, **kwargs
        )

    def _check_access(self, operation):
        result = super()._check_access(operation)
        rest = self - result[0] if result else self
        # sudo: only which activities are those of hidden tickets.
        of_tickets = rest.sudo().filtered(lambda a: a.res_model == "itsm.ticket")
        tickets = self.env["itsm.ticket"].browse(set(of_tickets.mapped("res_id")))
        hidden_ids = set(tickets.exists().sudo().filtered("complaint_hidden").ids)
        hidden = self.browse(a.id for a in of_tickets if a.res_id in hidden_ids)
        if not hidden:
            return result
        forbidden = hidden | result[0] if result else hidden
        return forbidden, lambda: AccessError(
            self.env._("Activities of tickets are for the agents of the desk.")
        )
