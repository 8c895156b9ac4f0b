from odoo import api, fields, models


class ItsmCiBatchRow(models.Model):
    """One row of a batch: what it says, and what becomes of it.

    ``differences`` are ``{key: [old, new]}`` in the form of the history; ``reasons``
    ``[{"code", "key", "params"}]``: of a refusal, or of single values that are left.
    Rows of kind ``absence`` tell which items a full run did not name.
    """

    _name = "itsm.ci.batch.row"
    _description = "Row of an Item Batch"
    _order = "batch_id, kind, position, id"
    _rec_name = "label"
    _log_access = False

    batch_id = fields.Many2one("itsm.ci.batch", required=True, ondelete="cascade")
    position = fields.Integer(readonly=True)
    kind = fields.Selection(
        [("item", "Item"), ("relation", "Relation"), ("absence", "Not Named")],
        required=True,
        readonly=True,
    )
    sheet = fields.Char(readonly=True)
    row_number = fields.Integer("Row", readonly=True)
    ref = fields.Char("Reference", readonly=True)
    class_code = fields.Char(readonly=True)
    class_id = fields.Many2one("itsm.ci.class", ondelete="set null", readonly=True)
    values = fields.Json(readonly=True)
    outcome = fields.Selection(
        [
            ("create", "Create"),
            ("update", "Update"),
            ("unchanged", "Leave Alone"),
            ("refused", "Refused"),
            ("absent", "Not Named"),
        ],
        readonly=True,
    )
    result = fields.Selection(
        [
            ("create", "Create"),
            ("update", "Update"),
            ("unchanged", "Leave Alone"),
            ("refused", "Refused"),
            ("absent", "Not Named"),
            ("created", "Created"),
            ("updated", "Updated"),
            ("undone", "Undone"),
        ],
        compute="_compute_result",
        help="What will become of it, or what became of it.",
    )
    ci_id = fields.Many2one(
        "itsm.ci", "Item", ondelete="set null", index="btree_not_null", readonly=True
    )
    same_as_id = fields.Many2one(
        "itsm.ci.batch.row", "Same Item As", ondelete="set null", readonly=True
    )
    identifier_id = fields.Many2one(
        "itsm.ci.identifier", "Found By", ondelete="set null", readonly=True
    )
    differences = fields.Json(readonly=True)
    confirmed = fields.Json(readonly=True, help="Keys whose value it says again.")
    reasons = fields.Json(readonly=True)
    ends = fields.Json(readonly=True, help="Items or rows that a relation joins.")
    relation_id = fields.Many2one(
        "itsm.ci.relation", ondelete="set null", readonly=True
    )
    before = fields.Json(readonly=True, help="What undoing needs.")
    applied = fields.Boolean(readonly=True)
    undone = fields.Boolean(readonly=True)
    state = fields.Selection(related="batch_id.state", string="Batch State")
    label = fields.Char(compute="_compute_label")
    message = fields.Text("What Happens", compute="_compute_message")
    has_notes = fields.Boolean(
        "Values Left Alone", readonly=True, help="Some values are not believed."
    )

    _in_order = models.Index("(batch_id, kind, position)")
    _by_ref = models.Index("(batch_id, ref) WHERE ref IS NOT NULL")
    _same = models.Index("(same_as_id) WHERE same_as_id IS NOT NULL")

    @api.depends("outcome", "applied", "batch_id.state")
    def _compute_result(self):
        done = {"create": "created", "update": "updated"}
        for row in self:
            row.result = row.outcome
            if row.applied and row.outcome in done:
                undone = row.batch_id.state == "undone"
                row.result = "undone" if undone else done[row.outcome]

    @api.depends("ref", "values", "ci_id", "relation_id", "row_number")
    def _compute_label(self):
        for row in self:
            values = row.values or {}
            said = next(
                (
                    str(values[key])
                    for key in ("name", "host_name", "asset_code", "serial_number")
                    if values.get(key)
                ),
                "",
            )
            row.label = (
                row.ref
                or said
                or row.ci_id.name
                or row.relation_id.display_name
                or str(row.row_number)
            )

    @api.depends("outcome", "differences", "reasons")
    @api.depends_context("lang", "tz")
    def _compute_message(self):
        words = self.env["itsm.ci.batch"]._words()
        for row in self:
            row.message = "\n".join(row._sentences(words)) or False

    def _sentences(self, words):
        """Return what becomes of the row, sentence by sentence."""
        self.ensure_one()
        found = [words.reason(reason) for reason in self.reasons or ()]
        if self.outcome == "refused":
            return found
        if self.kind == "relation":
            return [words.relation(self.values or {}), *found]
        pairs = (self.differences or {}).items()
        return [
            *(
                words.change(key, old, new, self.outcome == "create")
                for key, (old, new) in pairs
            ),
            *found,
        ]

    def _told(self):
        """Return what becomes of the row, for programs."""
        self.ensure_one()
        words = self.env["itsm.ci.batch"]._words()
        return {
            "kind": self.kind,
            "row": self.row_number,
            "sheet": self.sheet or None,
            "ref": self.ref or None,
            "outcome": self.outcome,
            "item": self.ci_id.sudo().code or None,
            "changes": self.differences or {},
            "reasons": [
                {
                    "code": reason["code"],
                    "key": reason["key"],
                    "message": words.reason(reason),
                }
                for reason in self.reasons or ()
            ],
        }

    def action_apply(self):
        """Apply the chosen rows only."""
        for batch, rows in self.grouped("batch_id").items():
            batch.apply(rows)
        return True

    def action_open_item(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "itsm.ci",
            "res_id": self.ci_id.id,
            "view_mode": "form",
        }

    def action_set_missing(self):
        """Follow the proposal for items that the source no longer names."""
        self.batch_id.check_access("write")
        items = self.filtered(lambda row: row.kind == "absence").ci_id
        items._under(self.batch_id[:1].source_id.code).write({"status": "missing"})
        return True
