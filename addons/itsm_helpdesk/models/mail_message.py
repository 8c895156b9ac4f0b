from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class MailMessage(models.Model):
    """Internal notes of tickets are for the agents of the desk.

    Odoo hides internal notes from portal users only. On a service desk every
    employee is a requester, so they are hidden from everybody who does not work
    for the ticket's desk.
    """

    _inherit = "mail.message"

    @api.model
    def _itsm_reads_all_notes(self):
        """Tell whether the user may read internal notes of every desk."""
        user = self.env.user
        return self.env.su or any(
            user.has_group(group)
            for group in (
                "itsm_helpdesk.group_itsm_admin",
                "itsm_helpdesk.group_itsm_auditor",
            )
        )

    @api.model
    def _itsm_hidden_note_sql(self, alias):
        """Return the SQL condition of ticket notes that the user must not see.

        Notes that the user wrote, or was named in, stay visible.
        """
        return SQL(
            """
            %(m)s.model = 'itsm.ticket'
            AND %(m)s.author_id IS DISTINCT FROM %(partner)s
            AND (
                %(m)s.is_internal IS TRUE
                OR %(m)s.subtype_id IS NULL
                OR %(m)s.subtype_id IN (
                    SELECT id FROM mail_message_subtype WHERE internal
                )
            )
            AND NOT %(works_for_desk)s
            AND NOT EXISTS (
                SELECT 1
                  FROM mail_message_res_partner_rel named
                 WHERE named.mail_message_id = %(m)s.id
                   AND named.res_partner_id = %(partner)s
            )
            """,
            m=SQL.identifier(alias),
            partner=self.env.user.partner_id.id,
            works_for_desk=self.env["itsm.ticket"]._works_for_desk_sql(
                SQL.identifier(alias, "res_id"), self.env.uid
            ),
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
        if not bypass_access and not self._itsm_reads_all_notes():
            domain = Domain(domain) & Domain.custom(
                to_sql=lambda model, alias, query: SQL(
                    "(%s) IS NOT TRUE", self._itsm_hidden_note_sql(alias)
                )
            )
        return super()._search(
            domain, offset, limit, order, bypass_access=bypass_access, **kwargs
        )

    def _get_forbidden_access(self, operation):
        forbidden = super()._get_forbidden_access(operation)
        if operation != "read" or self._itsm_reads_all_notes():
            return forbidden
        # sudo: only which messages are those of tickets.
        rest = (self - forbidden).sudo()
        rest = rest.filtered(lambda message: message.model == "itsm.ticket")
        if not rest:
            return forbidden
        self.flush_recordset(["model", "res_id", "subtype_id", "is_internal"])
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM mail_message WHERE id IN %s AND (%s)",
                tuple(rest.ids),
                self._itsm_hidden_note_sql("mail_message"),
            )
        )
        return forbidden + self.browse(row[0] for row in rows)
