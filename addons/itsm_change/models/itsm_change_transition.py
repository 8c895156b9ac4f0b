from odoo import api, fields, models

from .itsm_change import STATES
from .itsm_change_gate import KEYS

VERB_LABELS = [
    ("submit", "Submitted"),
    ("accept", "Accepted"),
    ("send_back", "Sent Back"),
    ("authorize", "Authorized"),
    ("reauthorize", "To Be Authorized Again"),
    ("schedule", "Scheduled"),
    ("start", "Started"),
    ("start_now", "Started at Once"),
    ("finish", "Finished"),
    ("close", "Closed"),
    ("cancel", "Cancelled"),
]


class ItsmChangeTransition(models.Model):
    """One step in the life of a change: who, when, and which gates it passed.

    Rows are only added, by the verbs. They are the archive's answer to “how could this
    begin?”, also after the gates were configured otherwise.
    """

    _name = "itsm.change.transition"
    _description = "Transition of a Change"
    _order = "id"
    _rec_name = "verb"

    change_id = fields.Many2one(
        "itsm.change", required=True, ondelete="cascade", index=True, readonly=True
    )
    company_id = fields.Many2one(related="change_id.company_id", store=True, index=True)
    verb = fields.Selection(VERB_LABELS, "What", required=True, readonly=True)
    source = fields.Selection(STATES, "From", required=True, readonly=True)
    user_id = fields.Many2one("res.users", "Who", required=True, readonly=True)
    date = fields.Datetime("When", required=True, readonly=True, index=True)
    reason = fields.Text(readonly=True)
    gates = fields.Json(readonly=True)
    gate_text = fields.Char("Gates Passed", compute="_compute_gate_text")

    @api.depends("gates")
    @api.depends_context("lang")
    def _compute_gate_text(self):
        Gate = self.env["itsm.change.gate"]
        labels = dict(Gate._fields["key"]._description_selection(self.env))
        known = dict(KEYS)
        for row in self:
            row.gate_text = " · ".join(
                str(labels[key]) if key in known else key for key in row.gates or ()
            )


class ItsmChange(models.Model):
    """The life of a change, step by step."""

    _inherit = "itsm.change"

    transition_ids = fields.One2many(
        "itsm.change.transition", "change_id", readonly=True, copy=False
    )

    def _log_transition(self, verb, reason):
        res = super()._log_transition(verb, reason)
        now = fields.Datetime.now()
        # sudo: nobody may write these rows; the verb has checked who asks.
        self.env["itsm.change.transition"].sudo().create(
            [
                {
                    "change_id": change.id,
                    "verb": verb,
                    "source": change.state,
                    "user_id": self.env.uid,
                    "date": now,
                    "reason": reason,
                    "gates": [row["key"] for row in change._gate_list(verb)],
                }
                for change in self
            ]
        )
        return res
