from odoo.exceptions import UserError

from .staging_common import StagingCase


class TestStagingLimits(StagingCase):
    """What a plan refuses, and what applying and undoing leave as it is."""

    def test_an_abstract_class_has_no_items(self):
        self._class("test_idea", self.class_device, is_abstract=True)
        batch = self._planned(
            [self._row(item_class="test_idea", name="x", serial_number="L-1")]
        )
        self.assertEqual(self._codes(self._rows(batch)), ["abstract_class"])

    def test_a_new_item_has_what_its_class_requires(self):
        self.class_server._attributes_by_key()["os_name"].required = True
        rows = [
            self._row(name="x", serial_number="L-1"),
            self._row(name="y", serial_number="L-2", os_name="Debian"),
        ]
        batch = self._planned(rows)
        self.assertEqual(self._outcomes(batch), ["refused", "create"])
        reason = self._rows(batch)[0].reasons[0]
        self.assertEqual(
            (reason["code"], reason["key"]), ("required", "attributes.os_name")
        )

    def test_a_chosen_row_takes_the_one_that_creates_its_item_along(self):
        batch = self._planned(
            [
                self._row(name="x", serial_number="L-1"),
                self._row(serial_number="L-1", host_name="x.lan"),
                self._row(name="y", serial_number="L-2"),
            ]
        )
        batch.apply(self._rows(batch)[1])
        self.assertEqual(self._item(serial_number="L-1").host_name, "x.lan")
        self.assertEqual(self._rows(batch).mapped("applied"), [True, True, False])

    def test_undo_removes_nothing_that_has_papers(self):
        batch = self._applied([self._row(name="x", serial_number="L-1")])
        item = self._item(serial_number="L-1")
        self.env["ir.attachment"].create(
            {"name": "bill.txt", "res_model": "itsm.ci", "res_id": item.id}
        )
        self.env.flush_all()
        counts = batch.undo()
        self.assertEqual((counts["removed"], counts["archived"]), (0, 1))
        self.assertFalse(item.active)

    def test_undo_is_done_once(self):
        batch = self._applied([self._row(name="x", serial_number="L-1")])
        batch.undo()
        with self.assertRaises(UserError):
            batch.undo()

    def test_undo_does_not_speak_for_who_confirmed_since(self):
        rows = [self._row(name="x", serial_number="L-1", host_name="x.lan")]
        self._applied(rows, self.scan)
        batch = self._applied(rows, self.scan)
        self._applied(rows, self.count)
        batch.undo()
        item = self._item(serial_number="L-1")
        self.assertEqual(item.host_name, "x.lan")
        self.assertEqual(item.provenance["host_name"][0], self.count.id)

    def test_a_row_that_means_an_item_out_of_sight_is_refused(self):
        group = self.env["res.groups"].create({"name": "Insiders"})
        secret = self._class("test_secret", self.class_server, group_ids=group.ids)
        hidden = self._ci("Vault", secret, serial_number="L-9", host_name="old")
        batch = self.Batch.with_user(self.cmdb_manager)._start(
            self.ledger, "Mine", [self._row(serial_number="L-9", host_name="new")]
        )
        batch.plan()
        row = self._rows(batch)
        self.assertEqual(self._codes(row), ["no_right"])
        self.assertNotIn("Vault", row.message)
        batch.apply()
        self.assertEqual(hidden.host_name, "old")
