from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from .catalogue_common import CatalogueCase
from .request_common import question, when


class TestChanges(CatalogueCase):
    """What differs from the published version, in words, and the way back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.place = cls._set("Place", question("room"))
        cls.part = cls._service("Phone", [question("number")])
        cls.service = cls._service(
            "New employee",
            [
                question("kind", "choice", options={"a": "A", "b": "B"}),
                question("goods", "table", columns=[question("what")]),
                question("p", "set", included_set_id=cls.place.id),
            ],
            publish=False,
            order_ids=[Command.create({"child_service_id": cls.part.id})],
        )
        cls.steps = cls._plan(
            cls.service,
            {"name": "Account", "checks": ["Mail"]},
            {"name": "Badge", "after": ["Account"]},
            publish=False,
        )
        cls.service.action_publish()
        cls.version = cls.service.version_id

    def _changes(self):
        self.env.flush_all()
        return {
            "text": lambda: self.service.write({"description": "Everything"}),
            "fact": lambda: self.service.write({"cost": 12}),
            "question": lambda: self.service.question_ids[0].write({"required": True}),
            "option": lambda: (
                self.service.question_ids[0].option_ids[0].write({"name": "Alpha"})
            ),
            "column": lambda: self.service.question_ids[1].column_ids.write(
                {"name": "Which"}
            ),
            "set": lambda: self.place.question_ids.write({"help": "The number"}),
            "new question": lambda: self.service.write(
                {"question_ids": [question("more")]}
            ),
            "deleted option": lambda: (
                self.service.question_ids[0].option_ids[0].unlink()
            ),
            "order": lambda: self.service.question_ids[0].write({"sequence": 99}),
            "task": lambda: self.steps["Badge"].write({"duration": 3}),
            "network": lambda: self.steps["Badge"].write(
                {"predecessor_ids": [Command.clear()]}
            ),
            "check": lambda: self.steps["Account"].check_ids.write({"name": "Post"}),
            "part": lambda: self.service.order_ids.write(
                {"condition": when("kind", "equals", "a")}
            ),
        }

    def test_each_change_is_seen_and_told(self):
        self.assertFalse(self.service.has_unpublished_changes)
        self.assertEqual(self.version._compare(), [])
        for name, change in self._changes().items():
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                change()
                self.assertTrue(self.service.has_unpublished_changes)
                self.assertEqual(len(self.version._compare()), 1)
                savepoint.close(rollback=True)
                self.env.invalidate_all()
        self.assertFalse(self.service.has_unpublished_changes)

    def test_a_set_in_a_set(self):
        inner = self._set("Building", question("wing"))
        self.place.question_ids = [question("b", "set", included_set_id=inner.id)]
        self.service.action_publish()
        self.env.flush_all()
        inner.question_ids.help = "North or south"
        self.assertTrue(self.service.has_unpublished_changes)

    def test_translations(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env.flush_all()
        asked = self.service.question_ids[0]
        asked.update_field_translations("name", {"zh_CN": "种类"})
        self.assertTrue(self.service.has_unpublished_changes)

    def test_drafts_have_no_unpublished_changes(self):
        self.service.action_draft()
        self.service.cost = 5
        self.assertFalse(self.service.has_unpublished_changes)

    def test_words(self):
        self.service.cost = 12
        self.service.question_ids[0].name = "Which kind"
        self.service.question_ids[0].option_ids[0].unlink()
        told = "\n".join(self.version._compare())
        for word in ("12.0", "Which kind", "“A”"):
            self.assertIn(word, told)

    def test_two_versions(self):
        self.service.cost = 12
        self.service.action_publish()
        second = self.service.version_id
        self.assertEqual(len(self.version._compare(second)), 1)
        self.assertEqual(len(self.version.compare(second.id)), 1)
        self.assertEqual(second._compare(), [])
        with self.assertRaises(UserError):
            self.version.compare(self.part.version_id.id)

    def test_back_to_a_version(self):
        """All changes but those of the shared set go back; records stay the same."""
        ids = self.service.question_ids.ids
        for name, change in self._changes().items():
            if name not in ("set", "deleted option"):
                change()
        self.service.question_ids[0].option_ids[0].unlink()
        self.service.question_ids.filtered(lambda each: each.key == "goods").unlink()
        self.steps["Account"].unlink()
        self.version.with_user(self.manager).action_restore()
        self.assertEqual(self.version._compare(), [])
        self.assertFalse(self.service.has_unpublished_changes)
        self.assertEqual(self.service.question_ids[0].id, ids[0])
        account, badge = self.service.plan_task_ids.sorted("sequence")
        self.assertEqual(badge.predecessor_ids, account)
        self.assertEqual(account.check_ids.mapped("name"), ["Mail"])

    def test_back_in_all_languages(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        chinese = self.service.with_context(lang="zh_CN")
        chinese.write({"name": "新员工", "details": "<p>欢迎</p>"})
        chinese.question_ids[0].name = "种类"
        self.service.action_publish()
        version = self.service.version_id
        chinese.write({"name": "别的"})
        chinese.question_ids[0].name = "别的"
        self.assertEqual(len(version._compare()), 2)
        version.action_restore()
        self.assertEqual(chinese.name, "新员工")
        self.assertEqual(chinese.question_ids[0].name, "种类")
        self.assertEqual(self.service.name, "New employee")

    def test_only_managers_of_the_desk_go_back(self):
        for user in (self.agent, self.stranger, self.auditor):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._as(user)["itsm.service.version"].browse(
                    self.version.id
                ).action_restore()

    def test_a_copy_is_a_draft_with_everything(self):
        self.service.question_ids[0].with_context(lang="en_US").help = "Help"
        copied = self.service.with_user(self.manager).copy()
        self.assertEqual((copied.state, copied.version_id.id), ("draft", False))
        self.assertNotEqual(copied.code, self.service.code)
        self.assertFalse(copied.question_ids & self.service.question_ids)
        mine, theirs = copied._snapshots()[copied.id], self.service._snapshots()
        was = theirs[self.service.id]
        differences = self.Service._differences(was, mine)
        # Only the name differs.
        self.assertEqual(len(differences), 1)
        copied.action_publish()
        self.assertEqual(copied.version_id.number, 1)

    def test_a_manager_copies_what_an_administrator_chose(self):
        self.service.question_ids = [
            question("country", "record", res_model="res.country")
        ]
        copied = self.service.with_user(self.manager).copy()
        self.assertIn("res.country", copied.question_ids.mapped("res_model"))
