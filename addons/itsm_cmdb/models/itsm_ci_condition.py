import ast

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class ItsmCi(models.Model):
    """Conditions on items that people put together: what is audited, asked for."""

    _inherit = "itsm.ci"

    @api.model
    def _condition(self, text, name):
        """Return the domain that a text holds.

        :param name: of the record whose condition it is, for the sentence
        :raise ValidationError: where it is none
        """
        try:
            domain = Domain(ast.literal_eval(text or "[]"))
            # What cannot be put into a query is found now, not in the night. Nor does
            # who writes it ask for more than they may search by.
            self._search(domain & Domain("id", "=", 0))
        except (ValueError, TypeError, SyntaxError, KeyError) as error:
            raise ValidationError(
                self.env._(
                    "The condition of “%(name)s” cannot be used: %(error)s",
                    name=name,
                    error=error,
                )
            ) from error
        return domain
