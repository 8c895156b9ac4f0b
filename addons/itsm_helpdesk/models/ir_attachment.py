from odoo import models
from odoo.exceptions import AccessError
from odoo.tools import SQL


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def _check_access(self, operation):
        """Files of internal notes are as internal as the notes.

        Odoo lets everybody who reads a record read all its files.
        """
        result = super()._check_access(operation)
        hidden = (self - result[0] if result else self)._itsm_hidden(operation)
        if not hidden:
            return result
        forbidden = hidden | result[0] if result else hidden

        def error():
            return AccessError(
                self.env._("This file belongs to an internal note of a ticket.")
            )

        return forbidden, error

    def _itsm_hidden(self, operation):
        """Return the ticket files that the user must not see.

        Those are the files of internal notes only, and the files that somebody else
        who works on tickets put there without a message.
        """
        if not self.ids or self.env["mail.message"]._itsm_reads_all_notes():
            return self.browse()
        tickets = self.sudo().filtered(lambda file: file.res_model == "itsm.ticket")
        if not tickets or operation != "read":
            return self.browse()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT file.id
                  FROM ir_attachment file
                  JOIN itsm_ticket ticket ON ticket.id = file.res_id
                 WHERE file.id IN %(ids)s
                   AND file.create_uid IS DISTINCT FROM %(user)s
                   AND NOT EXISTS (
                       SELECT 1
                         FROM itsm_desk_agent_rel agent
                        WHERE agent.desk_id = ticket.desk_id
                          AND agent.user_id = %(user)s)
                   AND NOT EXISTS (
                       SELECT 1
                         FROM message_attachment_rel link
                         JOIN mail_message message ON message.id = link.message_id
                         JOIN mail_message_subtype subtype
                           ON subtype.id = message.subtype_id
                        WHERE link.attachment_id = file.id
                          AND message.is_internal IS NOT TRUE
                          AND subtype.internal IS NOT TRUE)
                   AND (EXISTS (
                           SELECT 1
                             FROM message_attachment_rel link
                            WHERE link.attachment_id = file.id)
                        OR EXISTS (
                           SELECT 1
                             FROM itsm_desk_agent_rel agent
                            WHERE agent.desk_id = ticket.desk_id
                              AND agent.user_id = file.create_uid))
                """,
                ids=tuple(tickets.ids),
                user=self.env.uid,
            )
        )
        return self.browse(row[0] for row in rows)
