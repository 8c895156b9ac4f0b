from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command

from .catalogue_common import CatalogueCase
from .request_common import question, when


class TestPublishing(CatalogueCase):
    """Draft, published, retired; what is checked, and what a version holds."""

    def test_states(self):
        service = self._service(publish=False)
        self.assertEqual((service.state, service.version_id.id), ("draft", False))
        service.action_publish()
        first = service.version_id
        self.assertEqual((service.state, first.number), ("published", 1))
        self.assertTrue(first.is_published)
        service.action_retire()
        self.assertFalse(first.is_published)
        service.action_publish()
        self.assertEqual(service.version_id.number, 2)
        service.action_draft()
        self.assertEqual(service.state, "draft")
        self.assertEqual(len(service.version_ids), 2)

    def test_nobody_publishes_by_hand(self):
        service = self._service(publish=False).with_user(self.manager)
        for vals in (
            {"state": "published"},
            {"state": "retired"},
            {"version_id": False},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                service.write(vals)
        with self.assertRaises(AccessError):
            service.create({"name": "X", "desk_id": self.desk.id, "state": "published"})
        service.action_publish()
        self.assertEqual(service.state, "published")

    def test_only_own_desks(self):
        service = self._service(publish=False, desk_id=self.desk_other.id)
        for verb in ("action_publish", "action_retire", "action_draft"):
            with self.subTest(verb=verb), self.assertRaises(AccessError):
                getattr(
                    self._as(self.manager)["itsm.service"].browse(service.id), verb
                )()

    def _unpublishable(self, service, *words):
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            service.action_publish()
        for word in words:
            self.assertIn(word, str(caught.exception))
        self.assertEqual(service.state, "draft")

    def test_what_is_still_missing(self):
        """What a form lacks is no error while it is made, but when it is published."""
        service = self._service(
            questions=[
                question("c", "choice", "Colour"),
                question("t", "table", "Goods"),
                question("r", "record", "Thing"),
            ],
            publish=False,
        )
        self._unpublishable(service, "Colour", "Goods", "Thing")

    def test_what_it_stands_on(self):
        team = self._make_team(self.desk, "2")
        team.active = False
        policy = self.env["itsm.approval.policy"].create(
            {"name": "Signature", "res_model": "itsm.ticket"}
        )
        service = self._service(
            publish=False,
            team_id=team.id,
            approval_policy_id=policy.id,
            subject_pattern="{service}: {device}",
        )
        self._unpublishable(service, team.name, "Signature", "device")

    def test_parts_are_published_and_know_their_keys(self):
        part = self._service("Phone", [question("number")], publish=False)
        service = self._service(
            "New employee",
            [question("name")],
            publish=False,
            order_ids=[
                Command.create(
                    {
                        "child_service_id": part.id,
                        "condition": when("nobody", "is_set"),
                        "mapping": {"number": "phone", "extra": "name"},
                    }
                )
            ],
        )
        self._unpublishable(service, "Phone", "nobody", "“phone”", "“extra”")
        part.action_publish()
        service.order_ids.write({"condition": False, "mapping": {"number": "name"}})
        service.action_publish()
        for verb in (part.action_retire, part.action_draft):
            with self.assertRaises(UserError) as caught:
                verb()
            self.assertIn("New employee", str(caught.exception))
        service.action_retire()
        part.action_retire()
        self.assertEqual(part.state, "retired")

    def test_conditions_of_the_plan(self):
        service = self._service(publish=False)
        self._plan(
            service,
            {"name": "Order it", "condition": when("gone", "is_set")},
            publish=False,
        )
        self._unpublishable(service, "Order it", "gone")

    def test_a_service_is_no_part_of_itself(self):
        one, two = self._service("One"), self._service("Two")
        one.order_ids = [Command.create({"child_service_id": two.id})]
        for parent, child in ((two, one), (one, one)):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                parent.order_ids = [Command.create({"child_service_id": child.id})]

    def test_teams_of_another_desk(self):
        with self.assertRaises(ValidationError):
            self._service(team_id=self.team_other.id)

    def test_a_type_stays_with_its_key(self):
        service = self._service(questions=[question("n", "number"), question("a")])
        number = service.question_ids[0]
        with self.assertRaises(ValidationError) as caught, self.env.cr.savepoint():
            number.type = "char"
        self.assertIn("“n”", str(caught.exception))
        # Another question under the old key is the same thing.
        number.unlink()
        service.action_publish()
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            service.question_ids = [question("n", "text")]
        service.question_ids = [question("n", "number"), question("m", "text")]

    def test_codes(self):
        names = ("Büro-PC (neu)", "Büro-PC (neu)", "用章", "用章")
        services = self.Service.create(
            [{"name": name, "desk_id": self.desk.id} for name in names]
        )
        codes = services.mapped("code")
        self.assertEqual(codes[:2], ["buro-pc-neu", "buro-pc-neu-2"])
        self.assertEqual(len(set(codes)), 4)
        services[0].name = "Something else"
        self.assertEqual(services[0].code, "buro-pc-neu")

    def test_published_services_are_not_deleted(self):
        draft, service = self._service("Draft", publish=False), self._service()
        draft.unlink()
        self.assertFalse(draft.exists())
        with self.assertRaises(UserError):
            service.unlink()


class TestAnswerDefinition(CatalogueCase):
    """What the answers of a version are, as fields of a ticket."""

    def test_types(self):
        service = self._service(
            questions=[
                question("char"),
                question("text", "text"),
                question("whole", "number"),
                question("part", "number", decimals=2),
                question("money", "money"),
                question("date", "date"),
                question("datetime", "datetime"),
                question("boolean", "boolean"),
                question("choice", "choice", options={"a": "A", "b": "B"}),
                question("choices", "choices", options={"a": "A"}),
                question("person", "person"),
                question("department", "department"),
                question("location", "location"),
                question("record", "record", res_model="res.country"),
                question("file", "file"),
                question("section", "section"),
                question("note", "note"),
                question("table", "table", columns=[question("c", "number")]),
            ]
        )
        version = service.version_id
        found = {each["name"]: each for each in version.answer_definition}
        self.assertEqual(
            {name: each["type"] for name, each in found.items()},
            {
                "char": "char",
                "text": "text",
                "whole": "integer",
                "part": "float",
                "money": "float",
                "date": "date",
                "datetime": "datetime",
                "boolean": "boolean",
                "choice": "selection",
                "choices": "tags",
                "person": "many2one",
                "department": "many2one",
                "location": "many2one",
                "record": "many2one",
                "file": "many2many",
                "section": "separator",
            },
        )
        self.assertEqual(found["choice"]["selection"], [["a", "A"], ["b", "B"]])
        self.assertEqual(found["person"]["comodel"], "hr.employee.public")
        self.assertEqual(found["record"]["comodel"], "res.country")
        self.assertEqual(version.table_ids.key, "table")
        self.assertEqual(version.table_ids.row_definition[0]["type"], "integer")

    def test_people_of_an_sql_view_are_read(self):
        """Odoo asks whether the records of an answer are still there."""
        service = self._service(questions=[question("who", "person")])
        ticket = self._submit(service, self.requester, who=self.employee_head.id)
        self.assertEqual(ticket.answers["who"].display_name, self.employee_head.name)
        shown = self._as(self.agent)["itsm.ticket"].browse(ticket.id).read(["answers"])
        (answer,) = shown[0]["answers"]
        self.assertEqual(
            tuple(answer["value"]), (self.employee_head.id, self.employee_head.name)
        )

    def test_versions_stay_as_they_were(self):
        service = self._service(
            questions=[question("t", "table", columns=[question("c")])]
        )
        version = service.version_id
        for record, vals in (
            (version, {"number": 7}),
            (version, {"answer_definition": []}),
            (version, {"definitions": {}}),
            (version.table_ids, {"row_definition": []}),
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                record.write(vals)
        for record in (version, version.table_ids):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                record.unlink()

    def test_answers_do_not_change_a_definition(self):
        """Odoo's list format of properties could rewrite the version."""
        service = self._service(questions=[question("a")])
        ticket = self._submit(service, a="x")
        forged = [
            {
                "name": "a",
                "type": "char",
                "string": "Hacked",
                "definition_changed": True,
            }
        ]
        with self.assertRaises(UserError), self.env.cr.savepoint():
            ticket._write_system({"answers": forged})
        (kept,) = service.version_id.answer_definition
        self.assertNotEqual(kept["string"], "Hacked")


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
