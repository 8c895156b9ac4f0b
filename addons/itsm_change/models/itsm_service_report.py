from odoo import models
from odoo.fields import Domain

_NAMED = 6


class ItsmServiceReport(models.Model):
    """What was changed, in the service report: of the desks' teams."""

    _inherit = "itsm.service.report"

    def _figures(self):
        return {**super()._figures(), "changes": self._change_figures()}

    def _change_figures(self):
        """Return how many changes ended how, and those that did not go well.

        Changes belong to no department; a report for departments leaves them out.
        """
        if self.department_ids or not self.env["itsm.change"].has_access("read"):
            return None
        begins, ends = self._moments(self.date_from, self.date_to)
        domain = (
            Domain("state", "=", "closed")
            & Domain("closed_at", ">=", begins)
            & Domain("closed_at", "<", ends)
            & Domain("team_id.desk_id", "in", self.desk_ids.ids)
        )
        Change = self.env["itsm.change"]
        rows = Change._read_group(domain, ["type", "close_code"], ["__count"])
        types = self._selection_texts(Change, "type")
        codes = self._selection_texts(Change, "close_code")
        failed = Change.search(
            domain & Domain("close_code", "in", ("rolled_back", "failed")),
            order="closed_at desc",
            limit=_NAMED,
        )
        return {
            "count": sum(count for _type, _code, count in rows),
            "successful": sum(
                count
                for _type, code, count in rows
                if code in ("successful", "with_issues")
            ),
            "rows": [
                {
                    "label": types[type_],
                    "code_label": codes.get(code),
                    "count": count,
                }
                for type_, code, count in sorted(rows, key=str)
            ],
            "failed": [
                {
                    "number": change.number,
                    "subject": change.name,
                    "label": codes[change.close_code],
                }
                for change in failed
            ],
        }
