from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

# Whose notes only agents read.
NOTED_MODELS = ("itsm.ticket", "itsm.service", "itsm.announcement")


class MailMessage(models.Model):
    """Internal notes are for the agents of the desk.

    Odoo hides internal notes from portal users only. On a service desk every
    employee is a requester, so those of tickets, services and announcements are
    hidden from everybody who does not work for the desk.
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
        """Return the SQL condition of notes that the user must not see.

        Notes that the user wrote, or was named in, stay visible.
        """
        return SQL(
            """
            %(m)s.model IN %(models)s
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
            models=NOTED_MODELS,
            works_for_desk=self._itsm_works_sql(
                SQL.identifier(alias, "model"), SQL.identifier(alias, "res_id")
            ),
        )

    @api.model
    def _itsm_works_sql(self, model, res_id):
        """Return the SQL condition that the user works for the desk of a record.

        :param model: SQL of the record's model, one of ``NOTED_MODELS``
        :param res_id: SQL of its id
        """
        self.env["itsm.service"].flush_model(["desk_id"])
        self.env["itsm.announcement"].flush_model(["desk_ids"])
        return SQL(
            """
            (CASE %(model)s
             WHEN 'itsm.ticket' THEN %(works_for_ticket)s
             WHEN 'itsm.service' THEN EXISTS (
                SELECT 1
                  FROM itsm_service service
                  JOIN itsm_desk_agent_rel agent ON agent.desk_id = service.desk_id
                 WHERE service.id = %(id)s AND agent.user_id = %(user)s
             )
             ELSE EXISTS (
                SELECT 1
                  FROM itsm_desk_agent_rel agent
             LEFT JOIN itsm_announcement_desk_rel news
                    ON news.announcement_id = %(id)s
                 WHERE agent.user_id = %(user)s
                   AND (news.desk_id IS NULL OR news.desk_id = agent.desk_id)
             )
             END)
            """,
            model=model,
            id=res_id,
            user=self.env.uid,
            works_for_ticket=self.env["itsm.ticket"]._works_for_desk_sql(
                res_id, self.env.uid
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
        # sudo: only which messages are those of such records.
        rest = (self - forbidden).sudo()
        rest = rest.filtered(lambda message: message.model in NOTED_MODELS)
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
