import json
import re
from datetime import date
from pathlib import Path

from lxml import html

from odoo.tests import TransactionCase, tagged
from odoo.tools.misc import file_path

from ..tools.form import checking, definition, reading
from ..tools.form.problems import Problem

RED = {"match": "all", "rules": [{"question": "c", "op": "equals", "value": "red"}]}
OPTIONS = [{"key": "red", "label": "Red"}, {"key": "blue", "label": "<b>Blue</b>"}]
COLUMNS = [
    {"key": "item", "type": "char", "label": "Item", "required": True},
    {"key": "count", "type": "number", "label": "Count", "minimum": 1},
    {"key": "land", "type": "record", "label": "Land", "model": "res.country"},
]
FORM = {
    "questions": [
        {"key": "intro", "type": "note", "label": "<script>x</script>"},
        {"key": "c", "type": "choice", "label": "Colour?", "options": OPTIONS},
        {"key": "s", "type": "section", "label": "More", "shown_if": RED},
        {"key": "a", "type": "char", "label": "Name", "required": True},
        {"key": "text", "type": "text", "label": "Text"},
        {"key": "m", "type": "choices", "label": "Many", "options": OPTIONS},
        {"key": "ok", "type": "boolean", "label": "Agreed"},
        {"key": "pay", "type": "money", "label": "Pay"},
        {"key": "day", "type": "date", "label": "Day", "minimum": 0},
        {"key": "when", "type": "datetime", "label": "When"},
        {"key": "who", "type": "person", "label": "Who"},
        {"key": "dept", "type": "department", "label": "Department"},
        {"key": "f", "type": "file", "label": "File", "extensions": ["pdf"]},
        {"key": "t", "type": "table", "label": "Goods", "columns": COLUMNS},
    ]
}


@tagged("post_install", "-at_install")
class TestFormPage(TransactionCase):
    """What the page of a request form shows, and how it is put into words."""

    def _render(self, raw, errors=None):
        text = self.env["ir.qweb"]._render(
            "itsm_helpdesk.service_form_questions",
            {
                "definition": FORM,
                "raw": raw,
                "errors": errors or {},
                "lookups": {},
                "lookup_url": "/find",
                "max_file_mb": "25",
                "max_file_bytes": 25,
                "env": self.env,
            },
        )
        return html.fromstring(str(text))

    def test_every_input_has_a_label(self):
        page = self._render({"t": [{"item": "Cable"}]})
        for control in page.xpath("//input | //select | //textarea"):
            if control.get("type") == "hidden" or control.xpath("ancestor::template"):
                continue
            labelled = control.xpath("ancestor::label") or page.xpath(
                "//label[@for=$id]", id=control.get("id")
            )
            self.assertTrue(labelled, control.get("name"))

    def test_questions_are_named_hidden_and_required(self):
        page = self._render({"c": "blue"})
        self.assertTrue(page.xpath("//fieldset[@id='q_s']/@hidden"))
        self.assertFalse(page.xpath("//*[@name='q_a']/@required"))
        page = self._render({"c": "red"}, {"a": "Name: wrong"})
        self.assertFalse(page.xpath("//fieldset[@id='q_s']/@hidden"))
        self.assertTrue(page.xpath("//*[@name='q_a']/@required"))
        self.assertEqual(page.xpath("//*[@name='q_a']/@aria-invalid"), ["true"])
        self.assertEqual(page.xpath("string(//*[@id='q_a_error'])"), "Name: wrong")
        for question in FORM["questions"]:
            place = f"q_{question['key']}"
            self.assertTrue(page.xpath("//*[@id=$id or @name=$id]", id=place))

    def test_what_was_typed_stands_in_the_inputs(self):
        page = self._render(
            {
                "c": "red",
                "m": ["blue"],
                "ok": "1",
                "pay": 3.5,
                "text": "</textarea><b>",
                "when": "2026-06-15T08:00",
                "who": "Nobody of this name",
                "t": [{"item": "Cable", "count": "x"}],
            }
        )
        self.assertEqual(page.xpath("//*[@name='q_c'][@checked]/@value"), ["red"])
        self.assertEqual(page.xpath("//*[@name='q_m'][@checked]/@value"), ["blue"])
        self.assertTrue(page.xpath("//*[@name='q_ok']/@checked"))
        self.assertEqual(page.xpath("//*[@name='q_pay']/@value"), ["3.50"])
        self.assertEqual(page.xpath("//*[@name='q_when']/@value"), ["2026-06-15T08:00"])
        typed = page.xpath("//*[@name='n_who']/@value")
        self.assertEqual(typed, ["Nobody of this name"])
        self.assertEqual(page.xpath("//*[@name='q_t.0.item']/@value"), ["Cable"])
        self.assertEqual(page.xpath("string(//*[@name='q_text'])"), "</textarea><b>")
        self.assertFalse(page.xpath("//script | //b"))

    def test_rules_for_the_browser_are_complete(self):
        page = self._render({})
        rules = json.loads(page.xpath("//*[@data-rules]/@data-rules")[0])
        self.assertEqual(
            [rule["key"] for rule in rules], [each["key"] for each in FORM["questions"]]
        )
        self.assertEqual(rules[2]["shown_if"], RED)
        self.assertEqual(len(rules[-1]["columns"]), len(COLUMNS))

    def test_people_are_searched_for_by_more_than_a_letter(self):
        contact = self.env["res.partner"].create({"name": "Zenobia"})
        self.env["hr.employee"].create(
            {"name": "Zenobia", "work_contact_id": contact.id}
        )
        Page = self.env["itsm.form.page"]
        self.assertEqual(Page._lookup(FORM, "who", "Z"), [])
        found = Page._lookup(FORM, "who", "zeno")
        self.assertEqual([each["name"] for each in found], ["Zenobia"])
        self.assertEqual(Page._lookup(FORM, "who", "__"), [])
        self.assertEqual(Page._lookup(FORM, "a", "zeno"), [])
        self.assertEqual(Page._lookup(FORM, "nothing", "zeno"), [])
        self.assertTrue(Page._lookup(FORM, "t.land", "belg"))

    def test_who_is_not_offered_is_not_sent_unseen(self):
        page = self._render({"who": 2**30})
        for name in ("q_who", "n_who"):
            self.assertEqual(page.xpath(f"//*[@name='{name}']/@value"), [""])

    def test_amounts_name_their_currency(self):
        lines = self.env["itsm.form.page"]._page(FORM, {}, currency="CHF")
        labels = {
            line["key"]: line["label"]
            for section in lines["sections"]
            for line in section["lines"]
        }
        self.assertIn("CHF", labels["pay"])
        self.assertNotIn("CHF", labels["day"])

    def test_every_problem_has_a_sentence(self):
        """Each code that the pure code can raise is found, and takes its params."""
        Messages = self.env["itsm.form.messages"]
        texts = {**Messages._answer_texts(), **Messages._definition_texts()}
        source = "".join(
            Path(file_path(f"itsm_helpdesk/tools/form/{name}.py")).read_text()
            for name in (
                "checking",
                "conditions",
                "files",
                "moments",
                "patterns",
                "values",
            )
        )
        codes = set(re.findall(r'(?:Problem|RefusedError)\(\s*"(\w+)"', source))
        self.assertLessEqual(codes, set(texts))
        raw = {"c": "red", "t": [{"count": "0"}], "day": "2026-01-01", "pay": "1.234"}
        result = reading.read(FORM, raw, today=date(2026, 6, 15))
        sentences = Messages._sentences(FORM, result.problems)
        self.assertEqual(set(sentences), {"a", "day", "pay", "t.0.item", "t.0.count"})
        self.assertTrue(all(sentences.values()))
        bad = {"questions": [{"key": "", "type": "char"}, *FORM["questions"]]}
        findings = checking.check(bad)
        self.assertEqual(len(Messages._finding_sentences(bad, findings)), len(findings))
        self.assertIn("Colour:", Messages._sentence(Problem("not_text"), "Colour?"))
        self.assertEqual(len(list(definition.flatten(FORM))), 17)
