from dataclasses import dataclass

from odoo import api, fields, models

from odoo.addons.itsm_helpdesk.models.itsm_import_apply import ImportResult

from .itsm_ci_import import POLICIES


@dataclass
class ItemImportResult(ImportResult):
    """What an import of items did, or would do.

    :param batch: the staging batch, which can be undone; none after a dry run
    :param absent: items that the source named before and names no more
    :param relations: ``{outcome: number}`` of the rows that tell relations
    """

    batch: models.Model = None
    absent: int = 0
    relations: dict = None


class ItsmImportTargetCi(models.AbstractModel):
    """Ledgers of items have screens and columns of their own; see itsm.ci.import."""

    _name = "itsm.import.target.ci"
    _inherit = "itsm.import.target"
    _description = "Import Target: Items"

    @api.model
    def _import_fields(self):
        return []


class ItsmImportProfile(models.Model):
    """Profiles for ledgers of items: the workbook's sheets become items, relations."""

    _inherit = "itsm.import.profile"

    ci_source_id = fields.Many2one(
        "itsm.ci.source",
        "Item Source",
        help="Who says what files of this kind say. Empty: the ledger.",
    )
    ci_class_id = fields.Many2one(
        "itsm.ci.class",
        "Class Otherwise",
        domain="[('is_abstract', '=', False)]",
        help="Class of sheets whose name, title or column tells none.",
    )
    ci_is_full = fields.Boolean(
        "The File Is Complete",
        help="It holds all items that the source knows; others are reported as gone.",
    )
    ci_people_policy = fields.Selection(
        POLICIES, "Unknown Owners and Custodians", required=True, default="blank"
    )
    ci_department_policy = fields.Selection(
        POLICIES, "Unknown Departments of Items", required=True, default="blank"
    )
    ci_column_ids = fields.One2many(
        "itsm.ci.import.column", "profile_id", "Item Columns"
    )
    ci_value_ids = fields.One2many("itsm.ci.import.value", "profile_id", "Item Values")

    @api.model
    def _selection_target(self):
        return [*super()._selection_target(), ("itsm.ci", self.env._("Items"))]

    def copy(self, default=None):
        """Copy the columns and words too, of profiles for items only.

        Who imports tickets copies profiles as well, and has no rights on those.
        """
        copies = super().copy(default)
        for profile, copied in zip(self, copies, strict=True):
            if profile.target == "itsm.ci":
                copied.write(profile._item_settings())
        return copies

    def _item_settings(self):
        """Return the columns and words, for a copy."""
        return {
            name: [
                fields.Command.create(values)
                for values in self[name].copy_data({"profile_id": False})
            ]
            for name in ("ci_column_ids", "ci_value_ids")
        }

    def run(self, content, filename, dry_run=False):
        """Import a ledger of items where the profile is for them.

        :rtype: ItemImportResult
        """
        self.ensure_one()
        if self.target != "itsm.ci":
            return super().run(content, filename, dry_run)
        Import = self.env["itsm.ci.import"]
        job = Import._begin(self, content, filename)
        job.action_read()
        job.action_plan()
        if not dry_run:
            job._apply_all()
            return job._result()
        result = job._result()
        result.batch = None
        job.unlink()
        return result

    def _ci_settings(self):
        """Return what an import takes over from the profile."""
        if not self:
            return {}
        self.ensure_one()
        settings = {
            "class_id": self.ci_class_id.id,
            "is_full": self.ci_is_full,
            "people_policy": self.ci_people_policy,
            "department_policy": self.ci_department_policy,
            "date_order": self.date_order,
            "unknown_marks": self.unknown_marks,
            "value_ids": [
                fields.Command.create(values)
                for values in self.ci_value_ids.copy_data({"profile_id": False})
            ],
        }
        if self.ci_source_id:
            settings["source_id"] = self.ci_source_id.id
        return settings
