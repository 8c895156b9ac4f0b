from odoo import models

# Rows that one mail shows; the rest is on the board.
MAX_ROWS = 100


class ItsmCiExpiry(models.Model):
    """What a mail shows of the board."""

    _inherit = "itsm.ci.expiry"

    def _digest(self):
        """Return the rows as a mail shows them."""
        # sudo: the address of the system is no secret.
        base_url = self.env["ir.config_parameter"].sudo().get_param("web.base.url")
        Date = self.env["ir.qweb.field.date"]
        digest = []
        for row in self[:MAX_ROWS]:
            thing = row._thing()
            path = f"/odoo/{thing._name}/{thing.id}"
            if row.kind == "loan":
                # Who borrowed it need have no rights on events.
                path = "/my/equipment"
            digest.append(
                {
                    "name": row.title if row.kind == "loan" else row.name,
                    "label": row.label,
                    "date": Date.value_to_html(row.date, {}),
                    "days": row.days_left,
                    "url": base_url + path,
                }
            )
        return digest
