from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import states

KINDS = [
    ("backup", "Backup Made"),
    ("restore", "Restore Tried"),
    ("test", "Tested Before"),
]
# What is shown before the work is settled when the work ends.
OPEN_STATES = (*states.PLANNED_STATES, states.IMPLEMENT)


class ItsmChangeEvidence(models.Model):
    """Proof that something was done before a change: who, when, result, and files."""

    _name = "itsm.change.evidence"
    _description = "Evidence of a Change"
    _inherit = ["itsm.guarded.mixin", "itsm.change.part"]
    _order = "change_id, done_at desc, id desc"
    _rec_name = "kind"

    kind = fields.Selection(KINDS, required=True)
    result = fields.Selection(
        [("passed", "Succeeded"), ("failed", "Failed")],
        required=True,
        default="passed",
    )
    ci_id = fields.Many2one("itsm.ci", "Item", index="btree_not_null")
    done_at = fields.Datetime(required=True, default=fields.Datetime.now)
    user_id = fields.Many2one(
        "res.users",
        "Recorded By",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    note = fields.Char(help="What exactly, from where, how long it took.")
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "itsm_change_evidence_attachment_rel",
        "evidence_id",
        "attachment_id",
        "Files",
    )

    @api.model
    def _system_fields(self):
        return super()._system_fields() | {"user_id"}

    @api.model
    def _part_states(self):
        return OPEN_STATES

    @api.constrains("done_at")
    def _check_done_at(self):
        now = fields.Datetime.now()
        for evidence in self:
            if evidence.done_at > now:
                raise ValidationError(
                    self.env._(
                        "Evidence is of what was done: choose a time that has passed."
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._adopt_files()
        return rows

    def write(self, vals):
        result = super().write(vals)
        if "attachment_ids" in vals:
            self._adopt_files()
        return result

    def _adopt_files(self):
        """Let the files be read by all who read the change.

        Only what the user just uploaded for this: a file of something else stays
        where it is, with the rights it has there.
        """
        for row in self:
            loose = row.attachment_ids.filtered(
                lambda file: not file.res_id and file.create_uid == self.env.user
            )
            if loose:
                loose.write({"res_model": self._name, "res_id": row.id})

    def _proves(self, kind):
        """Tell whether one of these is of a kind, went well, and has files."""
        return any(
            row.kind == kind and row.result == "passed" and row.attachment_ids
            for row in self
        )


class ItsmChange(models.Model):
    """Evidence that a backup was made, a restore tried and the change tested before."""

    _inherit = "itsm.change"

    evidence_ids = fields.One2many("itsm.change.evidence", "change_id", copy=False)

    def _gate_facts(self):
        rows = self.evidence_ids
        return super()._gate_facts() | {
            "evidence_backup": (
                rows._proves("backup"),
                self.env._("Show that a backup was made: add evidence with files."),
            ),
            "evidence_restore": (
                rows._proves("restore"),
                self.env._("Show that a restore was tried: add evidence with files."),
            ),
            "tests": (
                rows._proves("test"),
                self.env._("Show that it was tested before: add evidence with files."),
            ),
        }
