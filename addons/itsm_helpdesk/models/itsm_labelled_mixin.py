import base64
import re
import secrets

from odoo import api, models
from odoo.tools import SQL

_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")


class ItsmLabelledMixin(models.AbstractModel):
    """Things that carry a label with a QR code, which leads to a page about them.

    The model has a field ``token`` that its users cannot write; ``_label_path`` is
    the address before the token, ``_label_facts`` what stands beside the code.
    """

    _name = "itsm.labelled.mixin"
    _description = "Has a Label"

    _label_path = None

    def _label_facts(self):
        """Return ``{"code", "name", "lines"}`` of one record, as its label shows it."""
        raise NotImplementedError

    def _ensure_tokens(self):
        """Give the records that have none a token for the address in their QR code.

        Not by ``write``: it is no fact of the thing, and who prints labels need not
        have the right to change things.
        """
        self.flush_recordset(["token"])
        # sudo: who may print need not see tokens anywhere else.
        without = self.sudo().filtered(lambda thing: not thing.token)
        if not without:
            return
        rows = SQL(", ").join(
            SQL("(%s, %s)", thing.id, secrets.token_urlsafe(16)) for thing in without
        )
        table = SQL.identifier(self._table)
        self.env.cr.execute(
            SQL(
                "UPDATE %(table)s SET token = made.token FROM (VALUES %(rows)s) "
                "AS made (id, token) WHERE %(table)s.id = made.id "
                "AND %(table)s.token IS NULL",
                table=table,
                rows=rows,
            )
        )
        without.invalidate_recordset(["token"], flush=False)

    @api.model
    def _by_token(self, token):
        """Return the thing of a label, with the rights of the system, or none.

        Callers decide what may be shown of it.
        """
        # sudo: a token is as good as standing before the thing.
        things = self.sudo()
        if not isinstance(token, str) or not _TOKEN.fullmatch(token):
            return things.browse()
        return things.search([("token", "=", token)], limit=1)

    def _label_rows(self):
        """Return what the labels show, in the order of the records."""
        self.check_access("read")
        self._ensure_tokens()
        base_url = self[:1].get_base_url() if self else ""
        Report = self.env["ir.actions.report"]
        rows = []
        for thing in self:
            # sudo: tokens are not for reading, but stand on what is printed.
            url = f"{base_url}{self._label_path}{thing.sudo().token}"
            picture = Report.barcode("QR", url, width=240, height=240)
            rows.append(
                {
                    **thing._label_facts(),
                    "url": url,
                    "qr": f"data:image/png;base64,{base64.b64encode(picture).decode()}",
                }
            )
        return rows
