from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.base.models.res_partner import _tz_get

from ..tools.tabular import UNKNOWN_MARKS

POLICIES = [
    ("create", "Create them"),
    ("blank", "Leave empty"),
    ("refuse", "Refuse the row"),
]


class ItsmImportProfile(models.Model):
    """How a kind of file is read: columns, values, and what to do with unknown names.

    Scripts import with it directly::

        env["itsm.import.profile"].browse(id).run(content, "ledger.xlsx", dry_run=False)
    """

    _name = "itsm.import.profile"
    _description = "Import Profile"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    saved = fields.Boolean(
        default=True, help="Offered for new imports; otherwise the copy of one import."
    )
    target = fields.Selection(
        selection="_selection_target", required=True, default="itsm.ticket"
    )
    desk_id = fields.Many2one("itsm.desk", help="Desk that the tickets are for.")
    sheet = fields.Char(help="Name of the sheet. Empty: the first visible one.")
    header_row = fields.Integer(
        help="Number of the row with the column names, counted from 1. 0: find it."
    )
    tz = fields.Selection(
        _tz_get,
        "Time Zone",
        required=True,
        default=lambda self: self.env.user.tz or "UTC",
        help="Zone of the times in the file.",
    )
    date_order = fields.Selection(
        [
            ("auto", "Find out"),
            ("dmy", "Day, month, year"),
            ("mdy", "Month, day, year"),
            ("ymd", "Year, month, day"),
        ],
        required=True,
        default="auto",
    )
    unknown_marks = fields.Char(
        default=lambda self: " ".join(UNKNOWN_MARKS),
        help="Texts that mean “not known”, separated by spaces.",
    )
    keep = fields.Selection(
        [
            ("last", "The last row counts"),
            ("first", "The first row counts"),
            ("refuse", "Refuse them all"),
        ],
        "Several Rows With One Number",
        required=True,
        default="last",
        help="A ledger of updates has several rows for each ticket.",
    )
    blank = fields.Selection(
        [("keep", "Keep the present value"), ("clear", "Empty it")],
        "Empty Cells",
        required=True,
        default="keep",
    )
    subject_pattern = fields.Char(
        help="Subject of tickets when no column holds one. Column names stand in "
        "braces, such as {category}: {symptom}."
    )
    people_policy = fields.Selection(
        POLICIES, "Unknown Requesters", required=True, default="create"
    )
    agent_policy = fields.Selection(
        POLICIES,
        "Unknown Agents",
        required=True,
        default="blank",
        help="Created agents are archived users who cannot sign in.",
    )
    team_policy = fields.Selection(
        POLICIES, "Unknown Teams", required=True, default="create"
    )
    category_policy = fields.Selection(
        POLICIES, "Unknown Categories", required=True, default="create"
    )
    code_policy = fields.Selection(
        POLICIES, "Unknown Codes and Channels", required=True, default="create"
    )
    department_policy = fields.Selection(
        POLICIES, "Unknown Departments", required=True, default="blank"
    )
    column_ids = fields.One2many(
        "itsm.import.column", "profile_id", string="Columns", copy=True
    )
    value_ids = fields.One2many(
        "itsm.import.value", "profile_id", string="Values", copy=True
    )

    @api.model
    def _selection_target(self):
        """Return what can be imported; other addons add theirs."""
        return [("itsm.ticket", self.env._("Tickets"))]

    def _target(self):
        """Return the model that knows how to compare and write what is imported."""
        self.ensure_one()
        return self.env[f"itsm.import.target.{self.target.removeprefix('itsm.')}"]

    def run(self, content, filename, dry_run=False):
        """Import a file without the wizard.

        :param bytes content: the file
        :param str filename: its name
        :param bool dry_run: only say what would be done
        :return: :class:`~.itsm_import_apply.ImportResult`
        :raise UserError: when the file as a whole cannot be read
        """
        self.ensure_one()
        job = self.env["itsm.import"]._start(self, content, filename)
        job.action_plan()
        result = job._result()
        if dry_run:
            job.unlink()
            return result
        job._apply_all()
        return job._result()

    def _check_ready(self):
        """Refuse a profile that cannot be used."""
        self.ensure_one()
        if self.target == "itsm.ticket" and not self.desk_id:
            raise UserError(self.env._("Choose the desk that the tickets are for."))
        if self.desk_id and not self.desk_id._filtered_access("write"):
            raise UserError(
                self.env._(
                    "You do not manage desk “%(desk)s”, so you cannot import tickets "
                    "into it. Choose a desk of yours.",
                    desk=self.sudo().desk_id.name,
                )
            )
        self._check_columns()

    def _check_columns(self):
        """Refuse columns that leave open what feeds a field."""
        keys = self._target()._key_fields()
        mapped = self.column_ids.filtered("field_name").mapped("field_name")
        twice = next((name for name in mapped if mapped.count(name) > 1), None)
        if twice:
            raise UserError(
                self.env._(
                    "Two columns go to “%(field)s”. Clear one of them under Columns.",
                    field=self._target()._field_label(twice),
                )
            )
        missing = [name for name in keys if name not in mapped]
        if missing:
            raise UserError(
                self.env._(
                    "No column goes to “%(field)s” yet. Choose one under Columns: "
                    "rows are recognised by it.",
                    field=self._target()._field_label(missing[0]),
                )
            )

    def _unlink_own(self):
        """Delete the copies that belonged to imports which are gone."""
        self.filtered(lambda profile: not profile.saved).unlink()
