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
                f"ir_sequence_{sequence.id:03d}",
                count,
            )
        )
        # Once for all: the words of the prefix do not change within a transaction.
        prefix, suffix = sequence._get_prefix_suffix()
        return [f"{prefix}{value:0{sequence.padding}d}{suffix}" for (value,) in rows]

    @api.model
    def _itsm_move_beyond(self, code_prefix, numbers):
        """Let sequences go on behind numbers that came from elsewhere.

        :param code_prefix: start of the codes of the sequences to look at
        :param numbers: numbers in use, such as ``INC0000045``
        """
        # sudo: whoever may import tickets may not change sequences.
        sequences = self.sudo().search(
            [
                ("code", "=like", f"{code_prefix}%"),
                ("implementation", "=", "standard"),
                ("use_date_range", "=", False),
            ]
        )
        for sequence in sequences:
            prefix = sequence.prefix or ""
            used = [
                int(number.removeprefix(prefix))
                for number in numbers
                if number
                and number.startswith(prefix)
                and number.removeprefix(prefix).isdecimal()
            ]
            if used and max(used) >= sequence.number_next_actual:
                sequence.number_next_actual = max(used) + 1
