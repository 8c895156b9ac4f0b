import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import tabular

# What a new file or another profile replaces together with the import's settings.
_SOURCE = frozenset({"content", "template_id"})
_PLACE = frozenset({"sheet_id", "header_row"})


class ItsmImport(models.Model):
    """One import of a file: read, mapped, previewed, applied.

    This file holds the steps up to the preview; ``itsm_import_reader`` reads,
    ``itsm_import_plan`` makes the preview, ``itsm_import_apply`` writes.
    """

    _name = "itsm.import"
    _inherit = "itsm.import.steps"
    _description = "Import"
    _order = "id desc"
    _rec_name = "filename"

    filename = fields.Char("File Name")
    content = fields.Binary("File", required=True, attachment=True)
    template_id = fields.Many2one(
        "itsm.import.profile",
        "Profile",
        domain="[('saved', '=', True), ('target', '=', 'itsm.ticket')]",
        help="How files of this kind are read. Empty: the columns are guessed.",
    )
    profile_id = fields.Many2one(
        "itsm.import.profile",
        string="Settings",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
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
    sheet_count = fields.Integer(compute="_compute_sheet_count")
    remarks = fields.Text(readonly=True)
    line_ids = fields.One2many("itsm.import.line", "import_id", string="Rows")
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
            job.error_filename = f"{stem or 'import'}-errors.xlsx"

    @api.depends("sheet_ids")
    def _compute_sheet_count(self):
        for job in self:
            job.sheet_count = len(job.sheet_ids)

    @api.onchange("sheet_id")
    def _onchange_sheet_id(self):
        """Another sheet has its column names elsewhere: find them again."""
        if self.sheet_id and self.sheet_id.name != self.profile_id.sheet:
            self.header_row = 0

    # ------------------------------------------------------------------
    # Create, write, delete
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        Profile = self.env["itsm.import.profile"]
        vals_list = [dict(vals) for vals in vals_list]
        for vals in vals_list:
            if not vals.get("content"):
                raise UserError(self.env._("There is no file, or it is empty."))
            template = Profile.browse(vals.get("template_id") or ())
            vals["profile_id"] = self._own_profile(template, vals.get("filename")).id
        return super().create(vals_list)

    def write(self, vals):
        if _SOURCE.intersection(vals):
            return self._start_over(vals)
        result = super().write(vals)
        if _PLACE.intersection(vals):
            for job in self.filtered(lambda job: job.state == "mapped"):
                if "header_row" not in vals:
                    # Another sheet has its column names elsewhere.
                    job.profile_id.header_row = 0
                job._read_sheet()
        return result

    def _start_over(self, vals):
        """Take another file or profile: what was read and planned is void."""
        self._require_state("new", "mapped", "planned")
        self.line_ids.unlink()
        self.sheet_ids.unlink()
        Profile = self.env["itsm.import.profile"]
        old = self.profile_id
        kept = {k: v for k, v in vals.items() if k in _SOURCE or k == "filename"}
        for job in self:
            template = (
                Profile.browse(vals["template_id"] or ())
                if "template_id" in vals
                else job.template_id
            )
            own = self._own_profile(template, vals.get("filename") or job.filename)
            super(ItsmImport, job).write(
                {**kept, **self._empty_values(), "profile_id": own.id}
            )
        old._unlink_own()
        return True

    @api.model
    def _empty_values(self):
        return {
            "state": "new",
            "remarks": False,
            "error_file": False,
            "superseded_count": 0,
        }

    def unlink(self):
        profiles = self.profile_id
        result = super().unlink()
        profiles._unlink_own()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_applying(self):
        if self.filtered(lambda job: job.state == "applying"):
            raise UserError(
                self.env._(
                    "This import is half done. Apply the rest or give it up first."
                )
            )

    @api.model
    def _own_profile(self, template, filename):
        """Return a copy of a profile for one import, or an empty one.

        Somebody who does not run the profile's desk gets their own desk instead.
        """
        values = {"saved": False, "name": filename or self.env._("Import")}
        desk = template.desk_id
        if not desk or not desk._filtered_access("write"):
            own = self.env["itsm.desk"]._default_for_user()._filtered_access("write")
            values["desk_id"] = own.id
        if template:
            return template.copy(values)
        return self.env["itsm.import.profile"].create(values)

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
        self._require_state("new", "mapped")
        book = self._open()
        self.sheet_ids.unlink()
        self.sheet_ids = [
            fields.Command.create({"name": sheet.name})
            for sheet in book.sheets
            if not sheet.hidden or len(book.sheets) == 1
        ]
        profile = self.profile_id
        if profile.sheet not in [sheet.name for sheet in book.sheets]:
            profile.write({"sheet": book.first_sheet().name, "header_row": 0})
        super().write(
            {
                "sheet_id": self.sheet_ids.filtered(
                    lambda sheet: sheet.name == profile.sheet
                )[:1].id
            }
        )
        self._read_columns(book)
        return True

    def action_read_sheet(self):
        """Read the columns again after another sheet or header row was chosen."""
        self.ensure_one()
        self._require_state("mapped")
        self._read_sheet()
        return True

    def _read_sheet(self):
        """Read the columns of the chosen sheet, with what the profile says of them."""
        profile = self.profile_id
        if self.sheet_id:
            profile.sheet = self.sheet_id.name
        profile.column_ids.unlink()
        template_columns = self.template_id.column_ids
        profile.column_ids = [
            fields.Command.create(values) for values in template_columns.copy_data()
        ]
        self._read_columns(self._open())

    def _read_columns(self, book):
        """Propose columns, keeping what the profile already says."""
        rows = self._rows(book)
        index = self._header_index(rows)
        profile = self.profile_id
        profile.header_row = index + 1
        columns = self._column_values(rows[index], rows[index + 1 :])
        known = {
            tabular.normalize_header(column.header): column
            for column in profile.column_ids
        }
        new = []
        for values in columns:
            column = known.pop(tabular.normalize_header(values["header"]), None)
            if column:
                values = {k: values[k] for k in ("sequence", "sample", "in_file")}
                column.write(values)
                continue
            if self.template_id.column_ids:
                # The profile says what is read; nothing is guessed beside it.
                values["field_name"] = False
            new.append(fields.Command.create(values))
        for column in known.values():
            column.write(
                {
                    "in_file": False,
                    "sequence": len(columns),
                    "sample": self.env._("(not in this file)"),
                }
            )
        profile.column_ids = new
        self.write({"state": "mapped", "remarks": self._remarks(book)})

    def _remarks(self, book):
        """Return what is odd about the file, in words."""
        lines = [self._error_text(notice) for notice in book.warnings[:20]]
        if book.kind == "csv":
            lines.insert(
                0,
                self.env._(
                    "Text file: encoding %(encoding)s, columns separated by "
                    "“%(mark)s”.",
                    encoding=book.encoding.upper(),
                    mark={"\t": "Tab"}.get(book.delimiter, book.delimiter),
                ),
            )
        return "\n".join(lines)

    def action_back(self):
        """Go back to the columns; the plan is thrown away."""
        self.ensure_one()
        self._require_state("planned")
        self.line_ids.unlink()
        self.write({"state": "mapped", "error_file": False, "superseded_count": 0})
        return True

    def action_save_profile(self):
        """Keep this import's settings as a profile for later files."""
        self.ensure_one()
        self._require_state("mapped", "planned", "applying", "done")
        values = {"saved": True, "name": self.filename, **self._usual_place()}
        profile = self.profile_id.copy(values)
        profile.column_ids.filtered(lambda column: not column.field_name).unlink()
        return {
            "type": "ir.actions.act_window",
            "res_model": "itsm.import.profile",
            "res_id": profile.id,
            "views": [(False, "form")],
        }

    def _usual_place(self):
        """Return no sheet and no header row where they are found without being told."""
        book, profile = self._open(), self.profile_id
        values = {}
        if profile.sheet == book.first_sheet().name:
            values["sheet"] = False
        try:
            found = tabular.find_header_row(self._rows(book)[:50]) + 1
        except tabular.TabularError:
            found = False
        if found == profile.header_row:
            values["header_row"] = 0
        return values

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
