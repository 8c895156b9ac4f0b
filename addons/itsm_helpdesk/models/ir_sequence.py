from odoo import api, models
from odoo.tools import SQL


class IrSequence(models.Model):
    _inherit = "ir.sequence"

    @api.model
    def _itsm_next_numbers(self, code, count):
        """Return ``count`` numbers of the sequence ``code`` in one query.

        ``next_by_code`` costs two to three queries a number, which dominates an
        import. Sequences without gaps or with date ranges keep Odoo's own way.

        :rtype: list[str]
        """
        sequence = self.sudo().search(
            [("code", "=", code), ("company_id", "in", [self.env.company.id, False])],
            order="company_id",
            limit=1,
        )
        if not sequence:
            return []
        if sequence.implementation != "standard" or sequence.use_date_range:
            return [sequence.next_by_id() for _index in range(count)]
        rows = self.env.execute_query(
            SQL(
                "SELECT nextval(%s) FROM generate_series(1, %s)",
                "ir_sequence_%03d" % sequence.id,
                count,
            )
        )
        return [sequence.get_next_char(value) for (value,) in rows]
