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


class TestDeskOfService(CatalogueCase):
    """A service is of the company of its desk."""

    def test_every_desk_can_be_chosen(self):
        """The company of a new service is not known before its desk."""
        offered = self.Service.fields_get(["desk_id"])["desk_id"]["domain"]
        self.assertNotIn("company", str(offered))

    def test_the_company_follows(self):
        service = self._service(publish=False)
        self.assertEqual(service.company_id, self.company)
        service.desk_id = self.desk_branch
        self.assertEqual(service.company_id, self.branch)
