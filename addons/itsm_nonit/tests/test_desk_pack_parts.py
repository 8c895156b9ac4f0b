from odoo.tests import tagged

from .pack_common import PackCase, WiredCase


@tagged("post_install", "-at_install")
class TestPackWiring(WiredCase):
    """Services of one pack order what another pack brings, whichever comes first."""

    def _check_wired(self):
        office, mount = self.service("moves-office"), self.service("facilities-mount")
        order = office.order_ids
        self.assertEqual(order.child_service_id, mount)
        self.assertEqual(order.condition["rules"][0]["value"], "room")
        self.assertEqual(order.mapping, {"what": "words"})
        self.assertEqual(office.version_id.order_ids.child_service_id, mount)
        self.assertFalse(office.has_unpublished_changes)
        for tasks in (office.plan_task_ids, office.version_id.plan_task_ids):
            self.assertEqual(tasks[-1].team_id.name, "Electricians")
            self.assertEqual(tasks[-1].team_id.desk_id, mount.desk_id)

    def test_part_is_there_already(self):
        self.install_pack("facilities")
        self.install_pack("moves")
        self._check_wired()

    def test_part_comes_later(self):
        self.install_pack("moves")
        office = self.service("moves-office")
        self.assertFalse(office.order_ids)
        self.assertFalse(office.plan_task_ids[-1].team_id)
        self.install_pack("facilities")
        self._check_wired()

    def test_what_people_work_on_is_not_published(self):
        self.install_pack("moves")
        office = self.service("moves-office")
        version = office.version_id
        office.description = "Half a sentence"
        self.install_pack("facilities")
        self.assertTrue(office.order_ids)
        self.assertEqual(office.version_id, version)

    def test_what_was_taken_out_stays_out(self):
        self.install_pack("facilities")
        self.install_pack("moves")
        office = self.service("moves-office")
        office.order_ids.unlink()
        office.action_publish()
        self.Pack._wire_parts()
        self.assertFalse(office.order_ids)


@tagged("post_install", "-at_install")
class TestPackLanguages(PackCase):
    """Both languages, whenever they come."""

    def _zh(self, record):
        return record.with_context(lang="zh_CN")

    def _chinese(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env.invalidate_all()

    def test_card_speaks_without_any_writing(self):
        pack = self._pack()
        self.assertEqual(pack.name, "Facilities and Repairs")
        self._chinese()
        self.assertEqual(self._zh(pack).name, "后勤维修")
        found = self._zh(self.Pack).search([("name", "ilike", "后勤")])
        self.assertIn(pack.id, found.ids)

    def test_installed_with_both(self):
        self._chinese()
        pack = self.install_pack("facilities")
        leak = self.service("facilities-leak")
        self.assertFalse(pack.lacks_texts)
        self.assertEqual(self._zh(pack.desk_id).name, "后勤维修台")
        self.assertEqual(pack.desk_id.name, "Facilities Desk")
        self.assertEqual(self._zh(leak).name, "水管、水龙头与下水道")
        question = leak.question_ids.filtered(lambda row: row.key == "what")
        self.assertEqual(self._zh(question.option_ids[0]).name, "漏水")

    def test_language_that_comes_later(self):
        pack = self.install_pack("facilities")
        leak = self.service("facilities-leak")
        power = self.service("facilities-power")
        power.name = "Electricity"
        self._chinese()
        self._zh(pack.desk_id).name = "自己的名称"
        self.assertTrue(pack.lacks_texts)
        version = leak.version_id
        pack.with_user(self.admin).refresh_texts()
        self.assertFalse(pack.lacks_texts)
        self.assertEqual(self._zh(leak).name, "水管、水龙头与下水道")
        self.assertEqual(leak.name, "Water, Taps and Drains")
        # Requesters see the published form.
        self.assertNotEqual(leak.version_id, version)
        labels = [q["label"] for q in leak.version_id._definition("zh_CN")["questions"]]
        self.assertIn("出了什么问题？", labels)
        # What somebody wrote is his.
        self.assertEqual(self._zh(pack.desk_id).name, "自己的名称")
        self.assertEqual(self._zh(power).name, "Electricity")
        self.assertTrue(power.has_unpublished_changes)
        reason = self.env["itsm.pending.reason"].search(
            [("code", "=", "awaiting_access")]
        )
        self.assertEqual(self._zh(reason).name, "等待进场")

    def test_refreshed_pack_can_still_be_removed(self):
        pack = self.install_pack("facilities").with_user(self.admin)
        self._chinese()
        pack.refresh_texts()
        pack.remove()
        self.assertFalse(self.service("facilities-leak"))
