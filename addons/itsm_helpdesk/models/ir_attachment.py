from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from .mail_message import NOTED_MODELS


class IrAttachment(models.Model):
    """Files of internal notes are as internal as the notes.

    Odoo lets everybody who reads a record read, and find, all its files.
    """

    _inherit = "ir.attachment"

    @api.model
    def _search(
        self,
        domain,
        offset=0,
        limit=None,
        order=None,
        *,
        active_test=True,
        bypass_access=False,
    ):
        """Leave out the files that the user must not see.

        Where the domain names model and record, Odoo looks at the record's rules
        only, so that the names of hidden files would be found.
        """
        if not bypass_access and not self.env["mail.message"]._itsm_reads_all_notes():
            self._itsm_flush_hidden()
            domain = Domain(domain) & Domain.custom(
                to_sql=lambda model, alias, query: SQL(
                    "(%s) IS NOT TRUE", self._itsm_hidden_sql(alias)
                )
            )
        return super()._search(
            domain,
            offset,
            limit,
            order,
            active_test=active_test,
            bypass_access=bypass_access,
        )

    def _check_access(self, operation):
        """Refuse to read what ``_search`` would not find."""
        result = super()._check_access(operation)
        hidden = (self - result[0] if result else self)._itsm_hidden(operation)
        if not hidden:
            return result
        forbidden = hidden | result[0] if result else hidden

        def error():
            return AccessError(self.env._("This file belongs to an internal note."))

        return forbidden, error

    def _itsm_hidden(self, operation):
        """Return the files that the user must not see."""
        if (
            operation != "read"
            or not self.ids
            or self.env["mail.message"]._itsm_reads_all_notes()
        ):
            return self.browse()
        # sudo: only which files are those of such records.
        files = self.sudo().filtered(lambda file: file.res_model in NOTED_MODELS)
        if not files:
            return self.browse()
        self._itsm_flush_hidden()
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM ir_attachment WHERE id IN %s AND (%s)",
                tuple(files.ids),
                self._itsm_hidden_sql("ir_attachment"),
            )
        )
        return self.browse(row[0] for row in rows)

    @api.model
    def _itsm_flush_hidden(self):
        """Write what the condition below reads."""
        self.flush_model(["create_uid", "res_id", "res_model"])
        self.env["mail.message"].flush_model(
            ["attachment_ids", "is_internal", "partner_ids", "subtype_id"]
        )

    @api.model
    def _itsm_hidden_sql(self, alias):
        """Return the SQL condition of files that the user must not see.

        Those are the files of internal notes only, and the files that somebody else
        who works on a ticket put there without a message; on services and news those
        are their pictures. Who is named in a note sees its files.
        """
        works_for_desk = self.env["itsm.ticket"]._works_for_desk_sql
        model, res_id = (
            SQL.identifier(alias, "res_model"),
            SQL.identifier(alias, "res_id"),
        )
        return SQL(
            """
            %(file)s.res_model IN %(models)s
            AND %(file)s.create_uid IS DISTINCT FROM %(user)s
            AND NOT %(reader_works_for_desk)s
            AND NOT EXISTS (
                SELECT 1
                  FROM message_attachment_rel link
                  JOIN mail_message message ON message.id = link.message_id
                  JOIN mail_message_subtype subtype ON subtype.id = message.subtype_id
                 WHERE link.attachment_id = %(file)s.id
                   AND message.is_internal IS NOT TRUE
                   AND subtype.internal IS NOT TRUE
            )
            AND NOT EXISTS (
                SELECT 1
                  FROM message_attachment_rel link
                  JOIN mail_message_res_partner_rel named
                    ON named.mail_message_id = link.message_id
                 WHERE link.attachment_id = %(file)s.id
                   AND named.res_partner_id = %(partner)s
            )
            AND (
                EXISTS (
                    SELECT 1
                      FROM message_attachment_rel link
                     WHERE link.attachment_id = %(file)s.id
                )
                OR %(file)s.res_model = 'itsm.ticket' AND %(author_works_for_desk)s
            )
            """,
            file=SQL.identifier(alias),
            partner=self.env.user.partner_id.id,
            user=self.env.uid,
            models=NOTED_MODELS,
            reader_works_for_desk=self.env["mail.message"]._itsm_works_sql(
                model, res_id
            ),
            author_works_for_desk=works_for_desk(
                res_id, SQL.identifier(alias, "create_uid")
            ),
        )
