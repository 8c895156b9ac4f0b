from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tools import mute_logger

from .catalogue_common import CatalogueCase
from .request_common import question, when


class TestFormDefinition(CatalogueCase):
    """The questions of a service as plain data."""

    def _questions(self, *commands, **context):
        service = self._service(questions=commands, publish=False)
        definition = service.with_context(**context)._form_definition()
        return definition["questions"]

    def test_an_absent_key_means_none(self):
        self.assertEqual(
            self._questions(question("why", name="Why?")),
            [{"key": "why", "type": "char", "label": "Why?"}],
        )

    def test_what_each_type_knows(self):
        found = self._questions(
            question("n", "number", has_minimum=True, minimum=0, decimals=2),
            question("d", "date", has_maximum=True, maximum=30, default_kind="today"),
            question("c", "choice", options={"a": "A"}, required=True),
            question("f", "file", extensions=".PDF, png", max_files=2),
            question("r", "record", res_model="res.partner", domain="[('id','>',1)]"),
            question(
                "t", "char", pattern="[0-9]+", pattern_hint="Digits", max_length=5
            ),
            question("e", "char", default_kind="employee", default_field="work_phone"),
            question("x", "char", default_kind="fixed", default_value="yes"),
        )
        told = [
            {name: value for name, value in each.items() if name not in ("label",)}
            for each in found
        ]
        self.assertEqual(
            told,
            [
                {"key": "n", "type": "number", "minimum": 0, "decimals": 2},
                {
                    "key": "d",
                    "type": "date",
                    "maximum": 30,
                    "default": {"kind": "today"},
                },
                {
                    "key": "c",
                    "type": "choice",
                    "required": True,
                    "options": [{"key": "a", "label": "A"}],
                },
                {
                    "key": "f",
                    "type": "file",
                    "max_files": 2,
                    "extensions": ["pdf", "png"],
                },
                {
                    "key": "r",
                    "type": "record",
                    "model": "res.partner",
                    "domain": "[('id','>',1)]",
                },
                {
                    "key": "t",
                    "type": "char",
                    "pattern": "[0-9]+",
                    "pattern_hint": "Digits",
                    "max_length": 5,
                },
                {
                    "key": "e",
                    "type": "char",
                    "default": {"kind": "employee", "value": "work_phone"},
                },
                {
                    "key": "x",
                    "type": "char",
                    "default": {"kind": "fixed", "value": "yes"},
                },
            ],
        )

    def test_what_a_type_does_not_know_stays_away(self):
        """A limit that was left over from another type limits nothing."""
        found = self._questions(
            question("a", "boolean", has_minimum=True, minimum=3, max_length=4),
            question("b", "note", required=True, placeholder="x"),
        )
        self.assertEqual(
            [each.keys() - {"label"} for each in found], [{"key", "type"}] * 2
        )

    def test_tables_have_their_columns(self):
        columns = [question("what"), question("count", "number")]
        (table,) = self._questions(question("goods", "table", columns=columns))
        self.assertEqual([each["key"] for each in table["columns"]], ["what", "count"])

    def test_tables_start_empty(self):
        columns = [question("what", default_kind="fixed", default_value="Chair")]
        (table,) = self._questions(question("goods", "table", columns=columns))
        self.assertNotIn("default", table["columns"][0])

    def test_sets_stand_where_the_line_is(self):
        place = self._set("Place", question("room"), question("floor", "number"))
        found = self._questions(
            question("first"),
            question("place", "set", included_set_id=place.id),
            question("last"),
        )
        keys = [each["key"] for each in found]
        self.assertEqual(keys, ["first", "room", "floor", "last"])

    def test_a_set_is_shown_as_its_line_says(self):
        inner = when("room", "is_set")
        place = self._set("Place", question("room"), question("floor", shown_if=inner))
        outer = when("moved", "equals", True)
        found = self._questions(
            question("moved", "boolean"),
            question("p", "set", included_set_id=place.id, shown_if=outer),
        )
        self.assertEqual(found[1]["shown_if"], outer)
        self.assertEqual(
            found[2]["shown_if"], {"match": "all", "rules": [outer, inner]}
        )

    def test_each_language_has_its_own_words(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        service = self._service(
            questions=[question("size", "choice", "Size", options={"s": "Small"})],
            publish=False,
        )
        asked = service.question_ids
        asked.with_context(lang="zh_CN").name = "尺寸"
        asked.option_ids.with_context(lang="zh_CN").name = "小"
        service.action_publish()
        version = service.version_id
        for lang, label, option in (
            ("zh_CN", "尺寸", "小"),
            ("en_US", "Size", "Small"),
            # A language that came later.
            ("fr_FR", "Size", "Small"),
        ):
            with self.subTest(lang=lang):
                (entry,) = version._definition(lang)["questions"]
                self.assertEqual(entry["label"], label)
                self.assertEqual(entry["options"][0]["label"], option)

    def test_order_follows_the_sequence(self):
        service = self._service(questions=[question("a"), question("b")], publish=False)
        first, second = service.question_ids
        second.sequence = first.sequence - 1
        keys = [each["key"] for each in service._form_definition()["questions"]]
        self.assertEqual(keys, ["b", "a"])


class TestFormChecks(CatalogueCase):
    """What cannot be saved, and what the sentence names."""

    def _refused(self, *commands, words=()):
        with self.assertRaises(ValidationError) as caught, self.env.cr.savepoint():
            self._service(questions=commands, publish=False)
        for word in words:
            self.assertIn(word, str(caught.exception))

    def test_keys(self):
        self._refused(
            question("Bad Key", name="Which one"), words=("Which one", "Bad Key")
        )
        self._refused(question("a"), question("a", name="Again"), words=("Again",))
        self._refused(question("page_html", name="Page"), words=("Page", "page_html"))

    def test_conditions_name_earlier_questions(self):
        self._refused(
            question("a", name="Alpha", shown_if=when("b", "is_set")),
            question("b"),
            words=("Alpha", "“b”"),
        )
        self._refused(
            question("a", shown_if=when("a", "is_set"), name="Alpha"), words=("Alpha",)
        )

    def test_the_order_of_writing_does_not_matter(self):
        """A form is judged as it is at the end, not on the way."""
        service = self._service(questions=[question("a"), question("b")], publish=False)
        first, second = service.question_ids
        service.write(
            {
                "question_ids": [
                    Command.update(first.id, {"shown_if": when("c", "is_set")}),
                    Command.create({"name": "C", "key": "c", "sequence": -5}),
                    Command.delete(second.id),
                ]
            }
        )
        self.assertEqual(set(service.question_ids.mapped("key")), {"a", "c"})

    def test_a_question_that_others_ask_about_stays(self):
        service = self._service(
            questions=[question("a"), question("b", shown_if=when("a", "is_set"))],
            publish=False,
        )
        first = service.question_ids[0]
        for name, call in {
            "delete": first.unlink,
            "rename": lambda: first.write({"key": "z"}),
            "move": lambda: first.write({"sequence": 99}),
            "by the service": lambda: service.write(
                {"question_ids": [Command.delete(first.id)]}
            ),
        }.items():
            with (
                self.subTest(name),
                self.assertRaises(ValidationError),
                self.env.cr.savepoint(),
            ):
                call()

    def test_options_are_checked_with_their_question(self):
        service = self._service(
            questions=[
                question("a", "choice", options={"x": "X", "y": "Y"}),
                question("b", shown_if=when("a", "equals", "y")),
            ],
            publish=False,
        )
        option = service.question_ids[0].option_ids[1]
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            option.unlink()
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            option.key = "X"

    def test_columns_know_their_own_table_only(self):
        self._refused(
            question("a"),
            question(
                "t", "table", columns=[question("c", shown_if=when("a", "is_set"))]
            ),
            words=("“a”",),
        )
        self._refused(question("t", "table", columns=[question("c", "file")]))

    def test_sets_are_checked_with_the_forms_that_ask_them(self):
        place = self._set("Place", question("room"))
        self._service(
            questions=[
                question("p", "set", included_set_id=place.id),
                question("key_needed", shown_if=when("room", "is_set")),
            ],
            publish=False,
        )
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            place.question_ids.key = "space"
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            place.write({"question_ids": [question("key_needed")]})

    def test_a_set_is_not_in_itself(self):
        inner = self._set("Inner", question("a"))
        outer = self._set("Outer", question("i", "set", included_set_id=inner.id))
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            inner.write(
                {"question_ids": [question("o", "set", included_set_id=outer.id)]}
            )

    def test_a_question_has_one_place(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            self.env["itsm.question"].create({"name": "Nowhere", "key": "x"})

    def test_models_without_records(self):
        for model in ("mail.thread", "itsm.ticket.action", "no.such.model"):
            with self.subTest(model=model):
                self._refused(question("r", "record", res_model=model), words=(model,))

    def test_only_administrators_choose_models_and_filters(self):
        """Requesters read the names of what a form offers, whatever their rights."""
        service = self._service(
            questions=[question("r", "record", res_model="res.country")], publish=False
        )
        mine = self._as(self.manager)["itsm.question"].browse(service.question_ids.id)
        mine.write({"name": "Which country?", "res_model": "res.country"})
        for vals in (
            {"res_model": "res.partner"},
            {"res_model_id": self.env["ir.model"]._get_id("res.partner")},
            {"domain": "[('id', '>', 3)]"},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                mine.write(vals)
        with self.assertRaises(AccessError):
            mine.create(
                {
                    "service_id": service.id,
                    "name": "Who",
                    "type": "record",
                    "res_model": "res.users",
                }
            )
        chief = self._as(self.admin)["itsm.question"].browse(mine.id)
        chief.write({"res_model": "res.partner", "domain": "[('id', '>', 3)]"})
        self.assertEqual(chief.sudo().res_model_id.model, "res.partner")

    def test_keys_are_made_where_none_is_given(self):
        place = self._set("Place", question(False, name="A"), question(False, name="B"))
        service = self._service(
            questions=[
                question("q1", name="A"),
                question(False, name="B"),
                question("p", "set", included_set_id=place.id),
                question(False, "choice", "C", options={}),
            ],
            publish=False,
        )
        service.question_ids[3].option_ids = [
            Command.create({"name": "X"}),
            Command.create({"name": "Y"}),
        ]
        keys = [each["key"] for each in service._form_definition()["questions"]]
        self.assertEqual(len(set(keys)), 5)
        self.assertEqual([keys[0], keys[1], keys[4]], ["q1", "q2", "q3"])
        self.assertEqual(service.question_ids[3].option_ids.mapped("key"), ["o1", "o2"])

    def test_filters_that_cannot_be_used(self):
        """They would break the form for whoever opens it."""
        for domain in ("[('nowhere', '=', 1)]", "[('id', '=', mystery)]", "[(", "5"):
            with self.subTest(domain), self.assertRaises(ValidationError):
                self._service(
                    questions=[
                        question("r", "record", res_model="res.country", domain=domain)
                    ],
                    publish=False,
                )

    def test_a_manager_copies_a_set_of_an_administrator(self):
        lands = self._set("Lands", question("r", "record", res_model="res.country"))
        copied = lands.with_user(self.manager).copy()
        self.assertEqual(copied.question_ids.res_model, "res.country")
        with self.assertRaises(AccessError):
            copied.question_ids.res_model = "res.partner"
