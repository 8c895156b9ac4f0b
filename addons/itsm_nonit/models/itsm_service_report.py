from odoo import fields, models
from odoo.fields import Domain

_NAMED = 8


class ItsmServiceReport(models.Model):
    """What was improved and what is planned, as the list of improvements says."""

    _inherit = "itsm.service.report"

    def _figures(self):
        return {**super()._figures(), "improvements": self._improvement_figures()}

    def _improvement_figures(self):
        """Return improvements that ended in the period, and those decided on."""
        Improvement = self.env["itsm.service.improvement"]
        if not Improvement.has_access("read"):
            return None
        ours = Domain("desk_id", "in", self.desk_ids.ids)
        done = ours & Domain("state", "=", "done")
        done &= Domain("ended_on", ">=", self.date_from)
        done &= Domain("ended_on", "<=", self.date_to)
        planned = ours & Domain("state", "=", "doing")
        return {
            "done": self._improvement_rows(
                Improvement.search(done, order="ended_on", limit=_NAMED), "result"
            ),
            "planned": self._improvement_rows(
                Improvement.search(planned, order="due_date", limit=_NAMED), "decision"
            ),
        }

    def _improvement_rows(self, improvements, words):
        services = self._record_texts(improvements.service_id)
        return [
            {
                "service": services.get(improvement.service_id.id),
                "words": improvement[words] or improvement.observation or "",
                "due": fields.Date.to_string(improvement.due_date or None) or "",
            }
            for improvement in improvements
        ]
