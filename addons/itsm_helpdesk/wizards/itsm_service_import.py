import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import service_file

# What a file may take as base64, in which it comes from the browser.
_MAX_BASE64 = service_file.MAX_BYTES * 4 // 3 + 4
OUTCOMES = [
    ("created", "New"),
    ("updated", "Changed"),
    ("unchanged", "Left Alone"),
]
KINDS = [
    ("problem", "In the Way"),
    ("missing", "Missing Here"),
    ("left_out", "Left Out"),
    ("shared", "Note"),
]


class ItsmServiceImport(models.TransientModel):
    """Import services from a file: see what would happen, then do it."""

    _name = "itsm.service.import"
    _description = "Import of Services"

    filename = fields.Char("File Name")
    content = fields.Binary("File", attachment=False)
    desk_id = fields.Many2one(
        "itsm.desk",
        help="For services whose desk is not known here. Others keep their desk.",
    )
    update_shared = fields.Boolean(
        "Change What Is Shared",
        help="Question sets and categories that are here already become like those of "
        "the file, also for other services that use them.",
    )
    state = fields.Selection(
        [("file", "File"), ("preview", "Preview"), ("done", "Done")],
        default="file",
        readonly=True,
    )
    line_ids = fields.One2many(
        "itsm.service.import.line", "import_id", string="Services", readonly=True
    )
    remark_ids = fields.One2many(
        "itsm.service.import.remark", "import_id", string="Remarks", readonly=True
    )
    created_count = fields.Integer("New", compute="_compute_counts")
    updated_count = fields.Integer("Changed", compute="_compute_counts")
    unchanged_count = fields.Integer("Left Alone", compute="_compute_counts")
    problem_count = fields.Integer("In the Way", compute="_compute_counts")

    @api.depends("line_ids.outcome", "remark_ids.kind")
    def _compute_counts(self):
        for job in self:
            outcomes = job.line_ids.mapped("outcome")
            job.created_count = outcomes.count("created")
            job.updated_count = outcomes.count("updated")
            job.unchanged_count = outcomes.count("unchanged")
            job.problem_count = job.remark_ids.mapped("kind").count("problem")

    @api.onchange("content", "desk_id", "update_shared")
    def _onchange_source(self):
        """What was previewed is void."""
        self.state = "file"

    def action_preview(self):
        """Show what the import would do; nothing is kept of it."""
        self.ensure_one()
        self._show(self._run(dry_run=True), "preview")
        return self._reopened()

    def action_import(self):
        """Import the services."""
        self.ensure_one()
        outcome = self._run(dry_run=False)
        self._show(outcome, "preview" if outcome.problems else "done")
        if not outcome.problems:
            self.content = False
        return self._reopened()

    def action_view_services(self):
        """Open the services that were imported."""
        self.ensure_one()
        ids = self.line_ids.mapped("service_id").ids
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Imported Services"),
            "res_model": "itsm.service",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", ids)],
        }
        if len(ids) == 1:
            action.update(res_id=ids[0], views=[(False, "form")])
        return action

    def _run(self, dry_run):
        return self.env["itsm.service"]._import_file(
            self._bytes(),
            dry_run=dry_run,
            desk=self.desk_id,
            update_shared=self.update_shared,
        )

    def _bytes(self):
        """Return the file; one that is far too large is not even unpacked."""
        content = self.with_context(bin_size=False).content or b""
        if not content:
            raise UserError(self.env._("Choose a file first."))
        if len(content) > _MAX_BASE64:
            raise UserError(
                self.env._(
                    "The file is larger than %(limit)s MB. Export fewer services at "
                    "once.",
                    limit=service_file.MAX_BYTES // 1024**2,
                )
            )
        try:
            return base64.b64decode(content, validate=True)
        except (binascii.Error, ValueError) as error:
            raise UserError(
                self.env._("The file did not arrive whole. Choose it once more.")
            ) from error

    def _show(self, outcome, state):
        """Keep an outcome for the form."""
        self.line_ids.unlink()
        self.remark_ids.unlink()
        remarks = [
            (kind, remark.path, remark.text)
            for kind in ("problem", "missing", "left_out")
            for remark in getattr(outcome, "problems" if kind == "problem" else kind)
        ] + [("shared", "", text) for text in outcome.shared]
        self.write(
            {
                "state": state,
                "line_ids": [
                    fields.Command.create(
                        {
                            "code": each.code,
                            "name": each.name,
                            "outcome": each.outcome,
                            "changes": ", ".join(each.changes),
                            "service_id": each.service_id
                            if state == "done" or each.outcome != "created"
                            else False,
                        }
                    )
                    for each in ([] if outcome.problems else outcome.services)
                ],
                "remark_ids": [
                    fields.Command.create({"kind": kind, "place": place, "text": text})
                    for kind, place, text in remarks
                ],
            }
        )

    def _reopened(self):
        """Return the action that shows this import in the same dialog."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import Services"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }


class ItsmServiceImportLine(models.TransientModel):
    """What becomes of one service of the file."""

    _name = "itsm.service.import.line"
    _description = "Service of an Import"
    _order = "code, id"

    import_id = fields.Many2one(
        "itsm.service.import", required=True, ondelete="cascade"
    )
    code = fields.Char()
    name = fields.Char("Service")
    outcome = fields.Selection(OUTCOMES, "What Happens")
    changes = fields.Char("Changed Parts")
    service_id = fields.Many2one("itsm.service", "Record", ondelete="cascade")


class ItsmServiceImportRemark(models.TransientModel):
    """Something to know before or after an import."""

    _name = "itsm.service.import.remark"
    _description = "Remark on an Import"
    _order = "id"

    import_id = fields.Many2one(
        "itsm.service.import", required=True, ondelete="cascade"
    )
    kind = fields.Selection(KINDS, "What")
    place = fields.Char("Where in the File")
    text = fields.Text("What to Know")
