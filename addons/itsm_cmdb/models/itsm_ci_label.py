import base64
import re
import secrets

from odoo import api, models
from odoo.tools import SQL

_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")


class ItsmCi(models.Model):
    """What stands on an item's label, and how its code leads to it."""

    _inherit = "itsm.ci"

    def _ensure_tokens(self):
        """Give the items that have none a token for the address in their QR code.

        Not by ``write``: it is no fact of the item, and who prints labels need not
        have the right to change items.
        """
        self.flush_recordset(["token"])
        without = self.filtered(lambda item: not item.token)
        if not without:
            return
        rows = SQL(", ").join(
            SQL("(%s, %s)", item.id, secrets.token_urlsafe(16)) for item in without
        )
        self.env.cr.execute(
            SQL(
                "UPDATE itsm_ci SET token = made.token FROM (VALUES %s) "
                "AS made (id, token) WHERE itsm_ci.id = made.id "
                "AND itsm_ci.token IS NULL",
                rows,
            )
        )
        without.invalidate_recordset(["token"], flush=False)

    @api.model
    def _by_token(self, token):
        """Return the item of a label, with the rights of the system, or none.

        Callers decide what may be shown of it.
        """
        if not isinstance(token, str) or not _TOKEN.fullmatch(token):
            return self.sudo().browse()
        # sudo: a token is as good as holding the thing; it tells only that it exists.
        return self.sudo().search([("token", "=", token)], limit=1)

    def _label_rows(self):
        """Return what the labels of the items show, in their order."""
        self.check_access("read")
        self._ensure_tokens()
        base_url = self[:1].get_base_url() if self else ""
        Report = self.env["ir.actions.report"]
        rows = []
        for item in self:
            url = f"{base_url}/ci/{item.token}"
            picture = Report.barcode("QR", url, width=240, height=240)
            rows.append(
                {
                    "url": url,
                    "qr": f"data:image/png;base64,{base64.b64encode(picture).decode()}",
                    "code": item.code or "",
                    "name": item.name,
                    "asset_code": item.asset_code or "",
                    "company": (item.company_id or self.env.company).name,
                }
            )
        return rows

    def action_print_labels(self):
        """Choose the sheet and print the labels of these items."""
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Print Labels"),
            "res_model": "itsm.ci.label.print",
            "view_mode": "form",
            "target": "new",
            "context": {"active_model": self._name, "active_ids": self.ids},
        }
