from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import ChangeCase


@tagged("post_install", "-at_install")
class TestChangeEvidence(ChangeCase):
    """Proof that something was done: by whom, when, with files that people can read."""

    def _add(self, user, change, **vals):
        return self._as(user)["itsm.change.evidence"].create(
            {"change_id": change.id, "kind": "backup", **vals}
        )

    def test_who_recorded_it_cannot_be_written(self):
        change = self._change()
        row = self._add(self.implementer, change)
        self.assertEqual(row.user_id, self.implementer)
        with self.assertRaises(AccessError):
            row.user_id = self.coordinator
        with self.assertRaises(AccessError):
            self._add(self.implementer, change, user_id=self.coordinator.id)
        row = (
            self._as(self.implementer)["itsm.change.evidence"]
            .with_context(default_user_id=self.coordinator.id)
            .create({"change_id": change.id, "kind": "backup"})
        )
        self.assertEqual(row.user_id, self.implementer)

    def test_files_are_read_by_those_who_read_the_change(self):
        env = self._as(self.implementer)
        file = env["ir.attachment"].create({"name": "log.txt", "raw": b"done"})
        row = self._add(
            self.implementer, self._change(), attachment_ids=[Command.set(file.ids)]
        )
        self.assertEqual((file.res_model, file.res_id), (row._name, row.id))
        self.assertTrue(file.with_user(self.coordinator).has_access("read"))
        self.assertTrue(file.with_user(self.auditor).has_access("read"))
        self.assertFalse(file.with_user(self.requester).has_access("read"))

    def test_files_of_others_stay_where_they_are(self):
        secret = self._file("salaries.txt", b"secret")
        change = self._change()
        with self.assertRaises(AccessError):
            self._add(
                self.implementer, change, attachment_ids=[Command.set(secret.ids)]
            )
        row = self._add(self.implementer, change)
        row.sudo().attachment_ids = secret
        self.assertFalse(secret.res_id)
        self.assertFalse(secret.with_user(self.implementer).has_access("read"))

    def test_nothing_from_the_future(self):
        later = fields.Datetime.now() + timedelta(hours=1)
        with self.assertRaises(ValidationError):
            self._add(self.implementer, self._change(), done_at=later)

    def test_not_on_changes_of_others(self):
        change = self._change()
        with self.assertRaises(AccessError):
            self._add(self.implementer2, change)
        row = self._add(self.implementer, change)
        with self.assertRaises(AccessError):
            row.with_user(self.implementer2).note = "Mine"
        with self.assertRaises(AccessError):
            row.with_user(self.implementer2).unlink()
        mine = self._change(implementer_id=self.implementer2.id, team_id=False)
        own = self._add(self.implementer2, mine)
        with self.assertRaises(AccessError):
            own.change_id = change

    def test_settled_when_the_work_ends(self):
        change = self._change()
        row = self._add(self.implementer, change)
        for state in ("scheduled", "implement"):
            change._write_system({"state": state})
            self._add(self.implementer, change)
        change._write_system({"state": "review"})
        with self.assertRaises(UserError):
            self._add(self.change_manager, change)
        with self.assertRaises(UserError):
            row.with_user(self.change_manager).result = "failed"
        with self.assertRaises(UserError):
            row.with_user(self.change_manager).unlink()
