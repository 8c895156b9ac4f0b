from odoo import api, fields, models

from ..tools import states
from .conflict_words import ConflictWords


class ItsmChangeConflict(models.Model):
    """What a conflict is, in the words of whoever reads it.

    The facts are the same for all; names of what somebody may not see are masked.
    """

    _inherit = "itsm.change.conflict"

    text = fields.Text("What", compute="_compute_words", compute_sudo=False)
    path = fields.Text("Way", compute="_compute_words", compute_sudo=False)
    cure = fields.Text("What To Do", compute="_compute_words", compute_sudo=False)

    story = fields.Text(
        "What, and What To Do", compute="_compute_words", compute_sudo=False
    )

    @api.depends("facts", "severity", "start", "end", "other_id.state", "is_excepted")
    @api.depends_context("uid", "lang", "tz", "allowed_company_ids")
    def _compute_words(self):
        entries = {conflict: conflict._entry() for conflict in self}
        words = ConflictWords(self.env, list(entries.values()))
        for conflict, entry in entries.items():
            conflict.text = words.text(entry)
            conflict.path = words.path(entry)
            conflict.cure = words.cure(entry) if conflict.is_active else False
            conflict.story = "\n".join(
                filter(None, (conflict.text, conflict.path, conflict.cure))
            )

    def _entry(self):
        """Return the row as the words are made from."""
        row = self.sudo()  # sudo: names are masked where they are told
        return {
            "kind": row.kind,
            "mine": row.change_id.id,
            "other": row.other_id.id,
            "window": row.window_id.id,
            "item": row.ci_id.id,
            "facts": row.facts or {"items": [], "count": 0, "windows": []},
            "start": row.start,
            "end": row.end,
            "is_settled": row.other_id.state in (states.SCHEDULED, states.IMPLEMENT),
            "is_excepted": row.is_excepted,
            "works_here": bool((row.facts or {}).get("works_here")),
        }
