from odoo import models
from odoo.exceptions import UserError

from odoo.addons.itsm_helpdesk.models.itsm_ticket_portal_form import PortalFormError


class ItsmTicket(models.Model):
    """How the answers of a form become goods, when it is sent and when corrected."""

    _inherit = "itsm.ticket"

    def _after_register(self):
        """The goods are there before anybody is asked to approve them."""
        self._goods_from_answers()
        return super()._after_register()

    def _goods_from_answers(self):
        """Make the lines of goods of new tickets."""
        # sudo: what was answered is not for requesters to write on; see _goods_wanted.
        values = [
            vals
            for ticket in self.sudo().filtered("service_version_id")
            for vals in ticket._goods_values(ticket._goods_wanted())
        ]
        if values:
            lines = self._goods_lines().create(values)
            lines.ticket_id._goods_check_limits()

    def _goods_lines(self):
        """Return the model of lines with the right to write what was asked."""
        # sudo: requesters have no rights on lines; what they asked for is checked.
        return self.env["itsm.goods.line"].sudo()._as_system()

    def _goods_values(self, wanted):
        return [
            {
                "ticket_id": self.id,
                "sequence": 10 * number,
                "product_id": product_id,
                "quantity": quantity,
                "is_from_form": True,
            }
            for number, (product_id, quantity) in enumerate(wanted.items(), 1)
        ]

    def _goods_wanted(self):
        """Return ``{product id: quantity}`` as the answers of one ticket say.

        :raise PortalFormError: where a row is not complete
        """
        self.ensure_one()
        keys = self.service_version_id._goods_keys()
        if not keys:
            return {}
        table, product, quantity = keys
        wanted = {}
        for row in self._answers_raw().get(table, ()):
            if not row.get(product) or (row.get(quantity) or 0) <= 0:
                raise PortalFormError(
                    {
                        table: self.env._(
                            "Goods: each row needs a product and a quantity above 0."
                        )
                    }
                )
            wanted[row[product]] = wanted.get(row[product], 0) + row[quantity]
        return wanted

    # ------------------------------------------------------------------
    # A form that was corrected
    # ------------------------------------------------------------------

    def _goods_refresh(self):
        """Ask for what the answers say now; return the tickets where that differs."""
        changed = self.browse()
        # sudo: see _goods_from_answers.
        for ticket in self.sudo().filtered("service_version_id"):
            if not ticket.service_version_id._goods_keys():
                continue
            lines = ticket.goods_line_ids.filtered("is_from_form")
            wanted = ticket._goods_wanted()
            if wanted != {line.product_id.id: line.quantity for line in lines}:
                ticket._goods_rewrite(lines, wanted)
                changed |= ticket
        changed._goods_check_limits()
        return changed

    def _goods_rewrite(self, lines, wanted):
        """Make the lines of a form what the corrected answers say."""
        for line in lines.with_env(self._goods_lines().env):
            quantity = wanted.pop(line.product_id.id, 0)
            given = line.quantity_issued + line._quantity_under_way()
            if quantity < given:
                raise UserError(
                    self.env._(
                        "%(product)s: %(given)s are issued or on their way already, so "
                        "less cannot be asked for.",
                        product=line.product_id.display_name,
                        given=self.env["itsm.goods.limit"]._number(given),
                    )
                )
            if not quantity:
                line.unlink()
            elif quantity != line.quantity:
                line.quantity = quantity
        self._goods_lines().create(self._goods_values(wanted))
