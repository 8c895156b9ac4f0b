from itertools import islice

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_list

from .itsm_ci_batch_sql import as_json, insert_rows
from .itsm_ci_batch_staging import staged_relation, staged_row

PORTION = 1000
# Nobody says by hand how a batch stands, nor what it was made under: changes would pass
# for covered.
SYSTEM_FIELDS = frozenset(
    {
        "applied_at",
        "loss_allowed",
        "planned_at",
        "res_id",
        "res_model",
        "state",
        "user_id",
    }
)
OUTCOMES = ("create", "update", "unchanged", "refused")
# In the order of what ``_read_in`` yields.
STAGED_COLUMNS = (
    "position",
    "class_code",
    "ref",
    "sheet",
    "row_number",
    "values",
    "reasons",
)


class ItsmCiBatch(models.Model):
    """Rows of one run of a source: staged, planned, applied, and undone if need be.

    This file holds what a batch is and its staging; ``_plan`` finds out what each row
    would do, ``_apply`` does it, ``_absence`` tells which items the source no longer
    names, ``_undo`` takes it back.
    """

    _name = "itsm.ci.batch"
    _description = "Item Batch"
    _inherit = ["itsm.guarded.mixin"]
    _order = "id desc"

    name = fields.Char(required=True)
    source_id = fields.Many2one(
        "itsm.ci.source", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(
        "res.users", "By", required=True, default=lambda self: self.env.user
    )
    state = fields.Selection(
        [
            ("staged", "Staged"),
            ("planned", "Dry Run"),
            ("blocked", "Stopped"),
            ("applying", "Applying"),
            ("done", "Done"),
            ("undone", "Undone"),
        ],
        required=True,
        default="staged",
        readonly=True,
    )
    is_full = fields.Boolean(
        "Full Run",
        help="It names all items the source knows; others are missing from it.",
    )
    run_id = fields.Char(
        help="Name a feed gave the run; the same run is taken once.", copy=False
    )
    res_model = fields.Char("Made Under Model", readonly=True)
    res_id = fields.Many2oneReference(
        "Made Under", model_field="res_model", readonly=True
    )
    row_ids = fields.One2many("itsm.ci.batch.row", "batch_id", "Rows")
    row_count = fields.Integer("Rows Staged", readonly=True)
    create_count = fields.Integer("To Create", readonly=True)
    update_count = fields.Integer("To Update", readonly=True)
    unchanged_count = fields.Integer("Left Alone", readonly=True)
    refused_count = fields.Integer("Refused", readonly=True)
    absent_count = fields.Integer("Not Named", readonly=True)
    applied_count = fields.Integer("Applied", readonly=True)
    planned_at = fields.Datetime(readonly=True)
    applied_at = fields.Datetime(readonly=True)
    loss_allowed = fields.Boolean(readonly=True, copy=False)
    remarks = fields.Text(readonly=True)

    _run_once = models.UniqueIndex(
        "(source_id, company_id, run_id) WHERE run_id IS NOT NULL",
        "This run was sent already.",
    )

    @api.model
    def _system_fields(self):
        return super()._system_fields() | SYSTEM_FIELDS

    # ------------------------------------------------------------------
    # Staging
    # ------------------------------------------------------------------

    @api.model
    def _start(
        self, source, name, rows, relations=(), is_full=False, origin=None, **vals
    ):
        """Stage rows and return their batch; nothing is looked at yet.

        :param rows: iterable of ``{"class": code, "values": {key: value}, "ref": label,
            "sheet": name, "row": number}``; read once, in portions
        :param relations: iterable of ``{"source": ref or identity, "type": code or
            name, "target": ref or identity, "weight": …, "strength": …}``; an identity
            is ``{"class": code, "values": {…}}``
        :param origin: record that the batch is made under, such as a change
        """
        batch = self._as_system().create(
            {
                "name": name,
                "source_id": source.id,
                "company_id": source.company_id.id or self.env.company.id,
                "is_full": is_full,
                "res_model": origin._name if origin else False,
                "res_id": origin.id if origin else False,
                **vals,
            }
        )
        batch = batch.with_env(self.env)
        batch._stage("item", rows, staged_row)
        batch._stage("relation", relations, staged_relation)
        return batch

    def _stage(self, kind, rows, read):
        """Write rows of a kind into the batch, in portions.

        :param read: function that makes ``(class code, ref, sheet, number, values,
            reasons)`` of a row
        """
        self.ensure_one()
        self.flush_recordset()
        for portion in self._read_in(rows, read):
            insert_rows(
                self.env.cr,
                "itsm_ci_batch_row",
                ("batch_id", "kind", *STAGED_COLUMNS),
                [
                    (self.id, kind, *row, as_json(values), as_json(reasons))
                    for *row, values, reasons in portion
                ],
            )

    def _read_in(self, rows, read):
        """Yield portions of rows as they are staged, and count them.

        :param read: see ``_stage``
        """
        count = 0
        rows = iter(rows)
        while portion := list(islice(rows, PORTION)):
            found = []
            for position, row in enumerate(portion, count + 1):
                class_code, ref, sheet, number, values, reasons = read(row)
                place = (class_code, ref, sheet, number or position)
                found.append((position, *place, values, reasons))
            count += len(found)
            yield found
        self.row_count += count
        self.invalidate_recordset(["row_ids"])

    def _require_state(self, *states):
        labels = dict(self._fields["state"]._description_selection(self.env))
        for batch in self:
            if batch.state not in states:
                raise UserError(
                    self.env._(
                        "The batch “%(batch)s” is “%(state)s”; this is possible only"
                        " for: %(states)s.",
                        batch=batch.name,
                        state=labels[batch.state],
                        states=format_list(
                            self.env, (labels[state] for state in states)
                        ),
                    )
                )

    # ------------------------------------------------------------------
    # Result
    # ------------------------------------------------------------------

    def result(self, errors=1000):
        """Return what the batch did, or would do before it is applied.

        :param int errors: most refused rows to tell about
        """
        self.ensure_one()
        self.check_access("read")
        refused = self.env["itsm.ci.batch.row"].search(
            [("batch_id", "=", self.id), ("outcome", "=", "refused")], limit=errors
        )
        counts = self._counts("item")
        return {
            "batch": self.id,
            "state": self.state,
            "rows": self.row_count,
            "created": counts["create"],
            "updated": counts["update"],
            "unchanged": counts["unchanged"],
            "refused": counts["refused"],
            "absent": self.absent_count,
            "absent_relations": self.env["itsm.ci.batch.row"].search_count(
                [
                    ("batch_id", "=", self.id),
                    ("kind", "=", "absence"),
                    ("relation_id", "!=", False),
                ]
            ),
            "relations": self._counts("relation"),
            "errors": [row._told() for row in refused],
            "remarks": self.remarks or "",
        }

    def _counts(self, kind=None):
        """Return the number of rows of each outcome; of all kinds, or of one."""
        kinds = [kind] if kind else ["item", "relation"]
        found = self.env["itsm.ci.batch.row"]._read_group(
            [("batch_id", "=", self.id), ("kind", "in", kinds)],
            ["outcome"],
            ["__count"],
        )
        return dict.fromkeys(OUTCOMES, 0) | {
            outcome: count for outcome, count in found if outcome in OUTCOMES
        }

    def _store_counts(self):
        counts = self._counts()
        self.write({f"{outcome}_count": counts[outcome] for outcome in OUTCOMES})

    @api.model
    def _dry_run(self, source, name, rows, relations=(), is_full=False):
        """Return the result of a run, and of each row, that leaves nothing behind."""
        found = {}
        try:
            with self.env.cr.savepoint():
                batch = self._start_planned(source, name, rows, relations, is_full)
                found = batch.result() | {"outcomes": batch._outcomes()}
                raise _TakeBack
        except _TakeBack:
            self.env.invalidate_all()
        return found | {"batch": None}

    def _outcomes(self):
        """Return what becomes of each row, in their order."""
        self.ensure_one()
        rows = self.env["itsm.ci.batch.row"].search(
            [("batch_id", "=", self.id), ("kind", "!=", "absence")],
            order="kind, position",
        )
        return [row._told() for row in rows]

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_view_rows(self):
        """Open the rows of an outcome, which the context names."""
        self.ensure_one()
        outcome = self.env.context.get("outcome")
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "itsm.ci.batch.row",
            "view_mode": "list,form",
            "domain": [("batch_id", "=", self.id)],
            "context": {f"search_default_{outcome}": 1} if outcome else {},
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_except_applied(self):
        """What was applied is part of the history of its items."""
        if self.filtered(lambda batch: batch.state in ("applying", "done")):
            raise UserError(
                self.env._("A batch that was applied is kept. Undo it instead.")
            )

    def _check_manager(self):
        if not self.env.su and not self.env.user.has_group(
            "itsm_cmdb.group_cmdb_manager"
        ):
            raise AccessError(
                self.env._("Only a configuration manager may allow such a run.")
            )


class _TakeBack(Exception):
    """Ends a dry run: its savepoint is rolled back."""
