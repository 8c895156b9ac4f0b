from datetime import timedelta

from odoo import fields
from odoo.fields import Command

from .common import ChangeCase


class RiskCase(ChangeCase):
    """Changes whose risk is looked at; factors count as a test wants them to."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Factor = cls.env["itsm.change.risk.factor"]
        cls.Assessment = cls.env["itsm.change.assessment"]
        cls.server = cls._ci("his-db", criticality="2")

    def _assessed(self, change):
        """Assess a change; return ``{factor: line}`` of the assessment."""
        row = change._assess_risk()
        return {line.key: line for line in row.line_ids}

    def _on(self, *items, **vals):
        """Return a draft made on items."""
        return self._change(
            ci_link_ids=[Command.create({"ci_id": item.id}) for item in items], **vals
        )

    def _past(self, *codes, days=10, **vals):
        """Return changes that were closed with these codes some days ago."""
        then = fields.Datetime.now() - timedelta(days=days)
        changes = self.Change.browse()
        for code in codes:
            change = self._on(self.server, **vals)
            change._write_system(
                {"state": "closed", "close_code": code, "closed_at": then}
            )
            changes |= change
        return changes

    def _answer(self, change, best=True):
        for answer in change.answer_ids:
            options = answer.question_id.option_ids.sorted("points")
            answer.option_id = options[0] if best else options[-1]
