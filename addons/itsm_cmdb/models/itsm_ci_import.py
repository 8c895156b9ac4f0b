from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import ledger

# Another file or profile: what was seen and planned is void.
_SOURCE = frozenset({"content", "template_id"})
POLICIES = [("blank", "Leave empty"), ("refuse", "Refuse the row")]
# A batch in one of these has not written anything yet.
_WAITING = ("staged", "planned", "blocked")


class ItsmCiImport(models.Model):
    """One import of a ledger of items: looked at, dry run, applied.

    This file holds the steps; ``itsm_ci_import_reading`` turns sheets into the rows of
    a staging batch, which identifies, compares, writes and can be undone.
    """

    _name = "itsm.ci.import"
    _inherit = "itsm.import.steps"
    _description = "Item Import"
    _order = "id desc"
    _rec_name = "filename"

    filename = fields.Char("File Name")
    content = fields.Binary("File", required=True, attachment=True)
    template_id = fields.Many2one(
        "itsm.import.profile",
        "Profile",
        domain="[('saved', '=', True), ('target', '=', 'itsm.ci')]",
        ondelete="set null",
        help="How files of this kind are read. Empty: all is guessed.",
    )
    state = fields.Selection(
        [
            ("new", "File"),
            ("mapped", "Sheets and Columns"),
            ("planned", "Dry Run"),
            ("done", "Result"),
        ],
        default="new",
        compute="_compute_state",
        store=True,
        readonly=True,
    )
    is_read = fields.Boolean(readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    source_id = fields.Many2one(
        "itsm.ci.source",
        required=True,
        default=lambda self: self._default_source(),
        help="Who says what the file says: it decides whom the items believe.",
    )
    class_id = fields.Many2one(
        "itsm.ci.class",
        "Class Otherwise",
        domain="[('is_abstract', '=', False)]",
        help="Class of sheets whose name, title or column tells none.",
    )
    is_full = fields.Boolean(
        "The File Is Complete",
        help="It holds all items that this source knows: those that it had before and "
        "has no more are reported as gone. Nothing is deleted.",
    )
    date_order = fields.Selection(
        selection=lambda self: self._selection_date_order(),
        required=True,
        default="auto",
    )
    unknown_marks = fields.Char(
        default=lambda self: " ".join(ledger.tabular.UNKNOWN_MARKS),
        help="Texts that mean “not known”, separated by spaces.",
    )
    creates_names = fields.Boolean(related="source_id.creates_names")
    people_policy = fields.Selection(
        POLICIES,
        "Unknown People",
        required=True,
        default="blank",
        help="Owners and custodians who are no employees here. Those who are unknown "
        "are listed under Values, where each can be given a name.",
    )
    department_policy = fields.Selection(
        POLICIES, "Unknown Departments", required=True, default="blank"
    )
    sheet_ids = fields.One2many("itsm.ci.import.sheet", "import_id", "Sheets")
    value_ids = fields.One2many("itsm.ci.import.value", "import_id", "Values")
    remarks = fields.Text(readonly=True)
    batch_id = fields.Many2one("itsm.ci.batch", readonly=True, ondelete="set null")
    error_file = fields.Binary("Error Sheet", readonly=True, attachment=True)
    error_filename = fields.Char(compute="_compute_error_filename")

    @api.model
    def _default_source(self):
        return self.env["itsm.ci.source"].search([("code", "=", "ledger")], limit=1)

    @api.model
    def _selection_date_order(self):
        Profile = self.env["itsm.import.profile"]
        return Profile._fields["date_order"]._description_selection(self.env)

    @api.depends("is_read", "batch_id.state")
    def _compute_state(self):
        """The batch knows how far it is; before there is one, reading says it."""
        for job in self:
            if not job.batch_id:
                job.state = "mapped" if job.is_read else "new"
            else:
                waiting = job.batch_id.state in _WAITING
                job.state = "planned" if waiting else "done"

    @api.depends("filename")
    def _compute_error_filename(self):
        for job in self:
            stem = (job.filename or "ledger").rpartition(".")[0] or job.filename
            job.error_filename = f"{stem or 'ledger'}-errors.xlsx"

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
            profile = Profile.browse(vals.get("template_id") or ())
            for name, value in profile._ci_settings().items():
                vals.setdefault(name, value)
        return super().create(vals_list)

    def write(self, vals):
        if _SOURCE & vals.keys():
            return self._start_over(vals)
        return super().write(vals)

    def _start_over(self, vals):
        """Take another file or profile."""
        self._require_state("new", "mapped", "planned")
        profile = self.env["itsm.import.profile"].browse(vals.get("template_id") or ())
        self._drop_batch()
        self.sheet_ids.unlink()
        if "template_id" in vals:
            self.value_ids.unlink()
        fresh = {"is_read": False, "remarks": False, "error_file": False}
        return super().write({**fresh, **profile._ci_settings(), **vals})

    @api.ondelete(at_uninstall=False)
    def _unlink_plan(self):
        """A dry run goes with its import; what was applied stays on record."""
        self.filtered(lambda job: job.state == "planned")._drop_batch()

    # ------------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------------

    def action_read(self):
        """Look into the file: its sheets, what they hold, what their columns feed."""
        self.ensure_one()
        self._require_state("new", "mapped")
        book = self._open()
        self.sheet_ids.unlink()
        self._read_sheets(book)
        self.write({"is_read": True, "remarks": self._remarks(book)})
        return True

    def action_plan(self):
        """Say of each row what would become of it; nothing is written to items."""
        self.ensure_one()
        self._require_state("mapped", "planned")
        used = self._used_sheets()
        if not used:
            raise UserError(
                self.env._("No sheet is read. Say what at least one of them holds.")
            )
        used._check_ready()
        self._drop_batch()
        self._stage()
        return True

    def action_back(self):
        """Go back to sheets and columns; the dry run is thrown away."""
        self.ensure_one()
        self._require_state("planned")
        self._drop_batch()
        self.error_file = False
        return True

    def _drop_batch(self):
        """Throw away dry runs; a batch that was applied is never touched."""
        batches = self.batch_id
        self.batch_id = False
        batches.unlink()

    def _used_sheets(self):
        return self.sheet_ids.filtered(lambda sheet: sheet.kind != ledger.IGNORED)

    def action_save_profile(self):
        """Keep the settings of this import as a profile for later files."""
        self.ensure_one()
        self._require_state("mapped", "planned", "done")
        profile = self.env["itsm.import.profile"].create(self._profile_values())
        return {
            "type": "ir.actions.act_window",
            "res_model": "itsm.import.profile",
            "res_id": profile.id,
            "views": [
                (self.env.ref("itsm_cmdb.itsm_import_profile_view_form_ci").id, "form")
            ],
        }

    def _profile_values(self):
        """Return a profile that reads files like this one."""
        columns = {
            column.header: column.goes_to for column in self._used_sheets().column_ids
        }
        decided = self.value_ids.filtered(lambda each: each.value or each.class_id)
        return {
            "name": self.filename,
            "target": "itsm.ci",
            "ci_source_id": self.source_id.id,
            "ci_is_full": self.is_full,
            "ci_class_id": self.class_id.id,
            "ci_people_policy": self.people_policy,
            "ci_department_policy": self.department_policy,
            "date_order": self.date_order,
            "unknown_marks": self.unknown_marks,
            "ci_column_ids": [
                fields.Command.create(
                    {"sequence": number, "header": header, "goes_to": key}
                )
                for number, (header, key) in enumerate(columns.items())
            ],
            "ci_value_ids": [
                fields.Command.create(values)
                for values in decided.copy_data({"import_id": False})
            ],
        }

    def action_view_batch(self):
        """Open the batch: its rows, and what was done with them."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "itsm.ci.batch",
            "res_id": self.batch_id.id,
            "views": [(False, "form")],
        }
