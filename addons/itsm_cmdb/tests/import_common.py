import base64
import io

import openpyxl

from odoo.addons.itsm_cmdb.tests.common import CmdbCase


class ItemImportCase(CmdbCase):
    """Ledgers imported by the configuration manager, into the shipped classes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(user=cls.cmdb_manager)
        cls.Import = cls.env["itsm.ci.import"]
        cls.Items = cls.env["itsm.ci"]
        cls.type_depends = cls._relation_type("depends_on")

    @classmethod
    def _actors(cls):
        manager = "itsm_cmdb.group_cmdb_manager"
        return super()._actors() | {
            "manager_outside": ("outmanager", "Otto Outside", manager, cls.branch)
        }

    def _upload(self, content, filename="ledger.xls", **vals):
        """Return a new import whose sheets were read."""
        job = self.Import.create(
            {"filename": filename, "content": base64.b64encode(content), **vals}
        )
        job.action_read()
        return job

    def _plan(self, content, filename="ledger.xls", **vals):
        """Return a new import after its dry run."""
        job = self._upload(content, filename, **vals)
        job.action_plan()
        return job

    def _apply(self, content, filename="ledger.xls", **vals):
        """Return a new import that was applied."""
        job = self._plan(content, filename, **vals)
        job._apply_all()
        return job

    def _counts(self, job):
        """Return the numbers of items created, changed, left alone and refused."""
        result = job._result()
        return result.created, result.updated, result.unchanged, result.refused

    def _item(self, asset_code):
        """Return the item with an asset code."""
        return self.Items.search([("asset_code", "=", asset_code)])

    def _rows(self, job, **values):
        """Return the rows of the batch that have these values."""
        return job.row_ids.filtered(
            lambda row: all(row[name] == value for name, value in values.items())
        )

    def _codes(self, row):
        """Return the codes of the reasons of a row."""
        return [reason["code"] for reason in row.reasons or ()]

    def _book(self, content):
        """Return a workbook as openpyxl sees it."""
        return openpyxl.load_workbook(io.BytesIO(content))
