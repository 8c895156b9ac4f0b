import base64
from dataclasses import dataclass, field

from odoo import api, fields, models, modules
from odoo.exceptions import UserError

from ..tools import tabular

OUTCOMES = ("create", "update", "unchanged", "refused", "superseded")


@dataclass
class ImportResult:
    """What an import did, or would do.

    :param errors: refused rows, as ``(row number, [reasons])``
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    superseded: int = 0
    errors: list = field(default_factory=list)


class ItsmImport(models.Model):
    """One import of a file: read, mapped, previewed, applied.

    The plan is stored row by row, and applying goes through it in batches that
    are committed on their own. A kill loses the batch under way at most; what is
    left is applied when somebody presses “Apply” again.
    """

    _name = "itsm.import"
    _description = "Import"
    _order = "id desc"
    _rec_name = "filename"

    filename = fields.Char("File Name")
    content = fields.Binary("File", required=True, attachment=True)
    template_id = fields.Many2one(
        "itsm.import.profile",
        "Profile",
        domain="[('saved', '=', True)]",
        help="How files of this kind are read. Empty: the columns are guessed.",
    )
    profile_id = fields.Many2one(
        "itsm.import.profile",
        string="Settings",
        required=True,
        readonly=True,
        ondelete="restrict",
        help="This import's own copy of the profile.",
    )
    state = fields.Selection(
        [
            ("new", "File"),
            ("mapped", "Columns"),
            ("planned", "Preview"),
            ("applying", "Applying"),
            ("done", "Done"),
        ],
        default="new",
        readonly=True,
    )
    sheet_ids = fields.One2many(
        "itsm.import.sheet", "import_id", string="Sheets", readonly=True
    )
    sheet_id = fields.Many2one("itsm.import.sheet", domain="[('import_id', '=', id)]")
    remarks = fields.Text(readonly=True)
    line_ids = fields.One2many("itsm.import.line", "import_id")
    superseded_count = fields.Integer("Older Rows", readonly=True)
    create_count = fields.Integer("To Create", compute="_compute_counts")
    update_count = fields.Integer("To Update", compute="_compute_counts")
    unchanged_count = fields.Integer("Left Alone", compute="_compute_counts")
    refused_count = fields.Integer("Refused", compute="_compute_counts")
    applied_count = fields.Integer("Applied", compute="_compute_counts")
    error_file = fields.Binary("Error Sheet", readonly=True, attachment=True)
    error_filename = fields.Char(compute="_compute_error_filename")

    header_row = fields.Integer(related="profile_id.header_row", readonly=False)
    desk_id = fields.Many2one(related="profile_id.desk_id", readonly=False)
    column_ids = fields.One2many(related="profile_id.column_ids", readonly=False)
    value_ids = fields.One2many(related="profile_id.value_ids", readonly=False)
    tz = fields.Selection(related="profile_id.tz", readonly=False)
    date_order = fields.Selection(related="profile_id.date_order", readonly=False)
    unknown_marks = fields.Char(related="profile_id.unknown_marks", readonly=False)
    keep = fields.Selection(related="profile_id.keep", readonly=False)
    blank = fields.Selection(related="profile_id.blank", readonly=False)
    subject_pattern = fields.Char(related="profile_id.subject_pattern", readonly=False)
    people_policy = fields.Selection(related="profile_id.people_policy", readonly=False)
    agent_policy = fields.Selection(related="profile_id.agent_policy", readonly=False)
    team_policy = fields.Selection(related="profile_id.team_policy", readonly=False)
    category_policy = fields.Selection(
        related="profile_id.category_policy", readonly=False
    )
    code_policy = fields.Selection(related="profile_id.code_policy", readonly=False)
    department_policy = fields.Selection(
        related="profile_id.department_policy", readonly=False
    )

    @api.depends("line_ids.outcome", "line_ids.applied")
    def _compute_counts(self):
        counts = {}
        for job, outcome, applied, count in self.env["itsm.import.line"]._read_group(
            [("import_id", "in", self.ids)],
            ["import_id", "outcome", "applied"],
            ["__count"],
        ):
            counts[job.id, outcome, applied] = count
        for job in self:
            for outcome in ("create", "update", "unchanged", "refused"):
                job[f"{outcome}_count"] = counts.get(
                    (job.id, outcome, False), 0
                ) + counts.get((job.id, outcome, True), 0)
            job.applied_count = sum(
                counts.get((job.id, outcome, True), 0)
                for outcome in ("create", "update")
            )

    @api.depends("filename")
    def _compute_error_filename(self):
        for job in self:
            stem = (job.filename or "import").rpartition(".")[0] or job.filename
            job.error_filename = f"{stem}-errors.xlsx"

    @api.model_create_multi
    def create(self, vals_list):
        Profile = self.env["itsm.import.profile"]
        for vals in vals_list:
            template = Profile.browse(vals.get("template_id") or ())
            vals["profile_id"] = self._own_profile(template, vals.get("filename")).id
        return super().create(vals_list)

    def write(self, vals):
        if "template_id" in vals:
            template = self.env["itsm.import.profile"].browse(vals["template_id"] or ())
            for job in self:
                job.profile_id = job._own_profile(template, job.filename)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_applying(self):
        if self.filtered(lambda job: job.state == "applying"):
            raise UserError(
                self.env._("This import is not finished. Apply the rest first.")
            )

    @api.model
    def _own_profile(self, template, filename):
        """Return a copy of a profile for one import, or an empty one."""
        values = {"saved": False, "name": filename or self.env._("Import")}
        if template:
            return template.copy(values)
        desk = self.env["itsm.desk"]._default_for_user()
        return self.env["itsm.import.profile"].create({**values, "desk_id": desk.id})

    @api.model
    def _start(self, profile, content, filename):
        """Return a new import of ``content`` with a profile, for scripts."""
        return self.create(
            {
                "filename": filename,
                "content": base64.b64encode(content),
                "template_id": profile.id,
            }
        )

    def _bytes(self):
        """Return the file."""
        return base64.b64decode(self.with_context(bin_size=False).content or b"")

    # ------------------------------------------------------------------
    # Steps of the wizard
    # ------------------------------------------------------------------

    def action_read(self):
        """Look into the file: sheets, header row, columns with what they may mean."""
        self.ensure_one()
        book = self._open()
        self.sheet_ids.unlink()
        self.sheet_ids = [
            fields.Command.create({"name": sheet.name})
            for sheet in book.sheets
            if not sheet.hidden or len(book.sheets) == 1
        ]
        names = self.sheet_ids.mapped("name")
        if self.profile_id.sheet not in names:
            self.profile_id.sheet = book.first_sheet().name
        self.sheet_id = self.sheet_ids.filtered(
            lambda sheet: sheet.name == self.profile_id.sheet
        )[:1]
        self._read_columns(book)
        return True

    def action_read_sheet(self):
        """Read the columns again after another sheet or header row was chosen."""
        self.ensure_one()
        self.profile_id.sheet = self.sheet_id.name
        self.profile_id.column_ids.unlink()
        self._read_columns(self._open())
        return True

    def _read_columns(self, book):
        """Propose columns, keeping what the profile already says."""
        rows = self._rows(book)
        index = self._header_index(rows)
        profile = self.profile_id
        profile.header_row = index + 1
        known = {
            tabular.normalize_header(column.header): column
            for column in profile.column_ids
        }
        samples = self._samples(rows[index + 1 :])
        new = []
        for values in self._column_values(rows[index]):
            values["sample"] = samples.get(values["sequence"])
            column = known.get(tabular.normalize_header(values["header"]))
            if column:
                column.write({k: values[k] for k in ("sequence", "sample")})
            else:
                # A profile that was made by hand says what it reads; no guesses then.
                if known:
                    values["field_name"] = False
                new.append(fields.Command.create(values))
        profile.column_ids = new
        self.write({"state": "mapped", "remarks": self._remarks(book)})

    @api.model
    def _samples(self, body):
        """Return ``{column index: first text}`` of the first rows."""
        samples = {}
        for row in body[:200]:
            for index, cell in enumerate(row):
                if cell is not None and index not in samples:
                    samples[index] = tabular.as_text(cell)[:80]
        return samples

    def _remarks(self, book):
        """Return what is odd about the file, in words."""
        lines = [self._error_text(notice) for notice in book.warnings[:20]]
        if book.kind == "csv":
            lines.insert(
                0,
                self.env._(
                    "Text file: encoding %(encoding)s, columns separated by “%(mark)s”.",
                    encoding=book.encoding,
                    mark={"\t": "Tab"}.get(book.delimiter, book.delimiter),
                ),
            )
        return "\n".join(lines)

    def action_back(self):
        """Go back to the columns; the plan is thrown away."""
        self.ensure_one()
        if self.state == "planned":
            self.line_ids.unlink()
            self.write({"state": "mapped", "error_file": False})
        return True

    def action_save_profile(self):
        """Keep this import's settings as a profile for later files."""
        self.ensure_one()
        profile = self.profile_id.copy({"saved": True, "name": self.filename})
        return {
            "type": "ir.actions.act_window",
            "res_model": "itsm.import.profile",
            "res_id": profile.id,
            "views": [(False, "form")],
        }

    def action_view_lines(self):
        """Open the rows behind a figure of the preview (context key ``outcome``)."""
        self.ensure_one()
        outcome = self.env.context.get("outcome")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Rows"),
            "res_model": "itsm.import.line",
            "views": [(False, "list")],
            "domain": [("import_id", "=", self.id)]
            + ([("outcome", "=", outcome)] if outcome else []),
        }

    # ------------------------------------------------------------------
    # Applying
    # ------------------------------------------------------------------

    def apply_next(self, limit=100):
        """Apply the next batch of the plan.

        The caller – the progress bar in the browser, or :meth:`_apply_all` –
        commits after each call, so what is done stays done.

        :return: ``{"done": rows applied, "total": rows to apply, "finished": bool}``
        """
        self.ensure_one()
        if self.state not in ("planned", "applying"):
            raise UserError(self.env._("Make the preview first."))
        self.state = "applying"
        waiting = [("applied", "=", False), ("outcome", "in", ("create", "update"))]
        lines = self.env["itsm.import.line"].search(
            [("import_id", "=", self.id), *waiting], limit=limit, order="row_number"
        )
        lines._apply()
        if len(lines) < limit:
            self._finish()
        total = self.create_count + self.update_count
        return {
            "done": self.applied_count,
            "total": total,
            "finished": self.state == "done",
        }

    def _apply_all(self):
        """Apply the whole plan, for scripts; each batch is committed."""
        self.ensure_one()
        while not self.apply_next()["finished"]:
            if not modules.module.current_test:
                self.env.cr.commit()

    def _finish(self):
        self.state = "done"
        self._write_error_sheet()

    def _result(self):
        """Return what the import did, or would do before it is applied."""
        self.ensure_one()
        refused = self.line_ids.filtered(lambda line: line.outcome == "refused")
        return ImportResult(
            created=self.create_count,
            updated=self.update_count,
            unchanged=self.unchanged_count,
            refused=self.refused_count,
            superseded=self.superseded_count,
            errors=[
                (line.row_number, (line.message or "").splitlines()) for line in refused
            ],
        )

    def _write_error_sheet(self):
        """Put the refused rows, with the reasons, into a sheet to mend and import."""
        refused = self.line_ids.filtered(lambda line: line.outcome == "refused")
        if not refused:
            self.error_file = False
            return
        rows = self._rows(self._open())
        index = self._header_index(rows)
        self.error_file = base64.b64encode(
            tabular.write_error_sheet(
                rows[index],
                [
                    tabular.ErrorRow(
                        line.row_number,
                        rows[line.row_number - 1],
                        (line.message or "").splitlines(),
                    )
                    for line in refused.sorted("row_number")
                ],
                row_label=self.env._("Row"),
                reason_label=self.env._("Reason"),
                sheet_name=self.env._("Errors"),
            )
        )
