import base64
import json
import re
import time
from pathlib import Path

from odoo.exceptions import UserError
from odoo.modules.module import get_module_path
from odoo.tests import tagged

from odoo.addons.itsm_helpdesk.tools import service_file

from .service_exchange_common import ExchangeCase, png

SCRIPT = '<script>alert(1)</script><img src="x" onerror="alert(2)"/>'
S = "services[x-printer]"


def question(key, **parts):
    return {"key": key, "type": "char", "label": {"en_US": key}, **parts}


@tagged("post_install", "-at_install")
class TestServiceExchangeHostile(ExchangeCase):
    """No file does harm, and each refusal is a sentence that names the place."""

    def _refused_file(self, content):
        outcome = self.Service._import_file(content)
        self.assertEqual(len(outcome.problems), 1)
        self.assertTrue(outcome.problems[0].text)
        return outcome.problems[0].text

    def test_files_that_are_none(self):
        texts = {
            self._refused_file(content)
            for content in (
                b"",
                b"\x00\x01\x02",
                b"\xff\xfe{}",
                b"Number;Subject",
                b"{}",
                b'{"format": "itsm-services", "version": 99}',
                b'{"format": "itsm-services", "version": 1, "version": 1}',
                b'{"format": NaN}',
                b"[" * 200_000,
            )
        }
        self.assertGreaterEqual(len(texts), 7)

    def test_large_files_are_not_even_read(self):
        start = time.monotonic()
        self._refused_file(b'{"a": "' + b"x" * 100_000_000 + b'"}')
        self._refused_file(b"[" + b"[]," * 5_000_000 + b"[]]")
        self.assertLess(time.monotonic() - start, 10)

    def test_every_problem_has_a_sentence(self):
        """A new code of the pure part needs its words."""
        Exchange = self.env["itsm.service.exchange"]
        params = dict.fromkeys(
            (
                *("limit", "size", "line", "column", "key", "value", "known"),
                *("minimum", "maximum", "version"),
            ),
            1,
        )
        source = "".join(
            path.read_text() for path in self._folder("tools/service_file").glob("*.py")
        )
        codes = set(re.findall(r'_refused\("(\w+)"', source))
        codes |= set(re.findall(r'problems\.add\(\s*[^,]+,\s*"(\w+)"', source))
        codes |= {"not_base64", "not_a_picture", "picture_too_large"}
        self.assertGreater(len(codes), 20)
        for code in codes - {"wrong_type"}:
            with self.subTest(code=code):
                problem = service_file.Problem("", code, params)
                self.assertNotIn("%", Exchange._problem_text(problem))
        for expected in re.findall(r'expected="(\w+)"', source):
            problem = service_file.Problem("", "wrong_type", {"expected": expected})
            self.assertTrue(Exchange._problem_text(problem))

    def _folder(self, name):
        return Path(get_module_path("itsm_helpdesk"), *name.split("/"))

    def test_wrong_parts_are_named_with_their_place(self):
        cases = {
            f"{S}.ticket_type": {"ticket_type": "malware"},
            f"{S}.impact": {"impact": "9"},
            f"{S}.questions[a].type": {"questions": [question("a", type="html")]},
            f"{S}.questions[a].default.field": {
                "questions": [
                    question("a", default={"kind": "employee", "field": "password"})
                ]
            },
            f"{S}.picture": {"picture": base64.b64encode(b"GIF89a no more").decode()},
        }
        for path, parts in cases.items():
            with self.subTest(path=path):
                self.assertIn(path, self._refused(self._document(parts)))

    def test_an_unknown_model_is_missing(self):
        data = self._document(
            {"questions": [question("a", type="record", model="fleet.spaceship")]}
        )
        outcome = self._imported(data)
        self.assertEqual([m.path for m in outcome.missing], [f"{S}.questions[a].model"])

    def test_who_makes_forms_does_not_open_records(self):
        """Models and filters are the administrators', in files too."""
        data = self._document(
            {
                "questions": [
                    question(
                        "who",
                        type="record",
                        model="res.users",
                        domain="[('password', 'like', 'a%')]",
                    )
                ]
            }
        )
        problems = self._refused(data, self._as(self.manager))
        self.assertEqual(list(problems), [f"{S}.questions[who]"])

    def test_a_broken_form_is_refused(self):
        for parts in (
            {"questions": [question("a", pattern="(a+)+$")]},
            {"questions": [question("a_html")]},
            {"questions": [question("a", minimum=3, maximum=2, type="number")]},
        ):
            with self.subTest(parts=parts):
                problems = self._refused(self._document(parts))
                self.assertEqual(list(problems), [f"{S}.questions"])

    def test_script_is_cleaned_or_only_text(self):
        data = self._document(
            {
                **{
                    name: {"en_US": SCRIPT, "zh_CN": SCRIPT}
                    for name in ("name", "description", "details", "keywords")
                },
                "questions": [
                    question("a", label={"en_US": SCRIPT}, help={"en_US": SCRIPT})
                ],
                "plan": [
                    {
                        "key": "t1",
                        "name": {"en_US": SCRIPT},
                        "description": {"en_US": SCRIPT, "zh_CN": f"<p>{SCRIPT}</p>"},
                    }
                ],
            }
        )
        data["services"][0]["details"]["zh_CN"] = f"<p>你好 {SCRIPT}</p>"
        data["services"][0]["details"]["en_US"] = f"<p>Hello {SCRIPT}</p>"
        self._imported(data)
        service = self.Service.search([("code", "=", "x-printer")])
        for language in ("en_US", "zh_CN"):
            spoken = service.with_context(lang=language)
            for html in (spoken.details, spoken.plan_task_ids.description or ""):
                self.assertNotIn("script", html)
                self.assertNotIn("onerror", html)
            # Plain texts are kept; whoever shows them escapes them.
            self.assertEqual(spoken.name, SCRIPT)
        self.assertIn("你好", service.with_context(lang="zh_CN").details)

    def test_svg_is_refused(self):
        svg = base64.b64encode(b"<svg onload='alert(1)'/>").decode()
        self.assertIn(f"{S}.picture", self._refused(self._document({"picture": svg})))

    def test_a_picture_bomb_is_refused(self):
        bomb = png(size=(8_000, 8_000))
        self.assertIn(f"{S}.picture", self._refused(self._document({"picture": bomb})))

    def test_one_bad_service_keeps_all_out(self):
        data = self._document(
            {"code": "good", "category": ["New", "Newer"]},
            {"code": "bad", "impact": "9"},
            {"code": "worse", "desk": "Nowhere"},
        )
        problems = self._refused(data)
        self.assertEqual(
            set(problems), {"services[bad].impact", "services[worse].desk"}
        )

    def test_a_circle_with_what_is_here(self):
        first = self._bare(name="First", code="first")
        second = self._bare(name="Second", code="second")
        self.env["itsm.service.order"].create(
            {"service_id": first.id, "child_service_id": second.id}
        )
        data = self._document({"code": "second", "orders": [{"service": "first"}]})
        self.assertEqual(list(self._refused(data)), ["services[second].orders[1]"])

    def test_a_desk_that_one_does_not_run(self):
        manager = self._as(self.manager)
        problems = self._refused(
            self._document({"desk": "Exchange Facilities"}), manager
        )
        self.assertEqual(list(problems), [f"{S}.desk"])
        problems = self._refused(
            self._document({"desk": "X"}), manager, desk=self.desk_other
        )
        self.assertEqual(list(problems), [f"{S}.desk"])

    def test_a_service_of_another_desk_is_not_taken_over(self):
        self._bare(name="Theirs", code="x-printer", desk_id=self.desk_other.id)
        problems = self._refused(self._document({}), self._as(self.manager))
        self.assertEqual(list(problems), [f"{S}.code"])

    def test_agents_import_nothing(self):
        for user in (self.agent, self.auditor, self.requester):
            problems = self._refused(self._document({}), self._as(user))
            self.assertEqual(list(problems), [f"{S}.desk"])

    def test_only_system_administrators_bring_actions(self):
        action = {"name": "Exchange Greet"}
        plan = [{"key": "t1", "name": {"en_US": "Greet"}, "action": action}]
        data = self._document({"plan": plan})
        manager = self._as(self.manager)
        outcome = self._imported(data, manager)
        self.assertEqual(
            [remark.path for remark in outcome.left_out], [f"{S}.plan[t1].action"]
        )
        task = self.Service.search([("code", "=", "x-printer")]).plan_task_ids
        self.assertFalse(task.server_action_id)
        self._imported(data)
        self.assertEqual(task.server_action_id, self.action)
        # Who may not choose it does not lose it either.
        data["services"][0]["cost"] = 5
        outcome = self._imported(data, self._as(self.manager))
        self.assertEqual(outcome.updated, ["x-printer"])
        self.assertFalse(outcome.left_out)
        self.assertEqual(task.server_action_id, self.action)

    def test_policies_are_made_by_those_who_may(self):
        service = self._full()
        data = self._read(self._file_of(service))
        self._forget(service)
        manager = self._as(self.manager)
        outcome = self._imported(data, manager, dry_run=True)
        left_out = [remark.path for remark in outcome.left_out]
        self.assertIn("services[x-workplace].approval_policy", left_out)

    def test_a_published_question_keeps_its_type(self):
        service = self._bare(code="x-printer")
        self.env["itsm.question"].create(
            {"service_id": service.id, "name": "Size", "key": "size"}
        )
        service.action_publish()
        data = self._document({"questions": [question("size", type="boolean")]})
        self.assertEqual(list(self._refused(data)), [f"{S}.questions"])
        self.assertEqual(service.question_ids.type, "char")

    def test_what_cannot_come_back_does_not_go_out(self):
        sets = self.env["itsm.question.set"].create([{"name": "Same"}] * 2)
        service = self._bare()
        for index, question_set in enumerate(sets):
            self.env["itsm.question"].create(
                {
                    "service_id": service.id,
                    "key": f"s{index}",
                    "name": "Set",
                    "type": "set",
                    "included_set_id": question_set.id,
                }
            )
        with self.assertRaises(UserError):
            service._export_file()

    def test_problems_are_told_in_the_language_of_the_user(self):
        data = json.loads(json.dumps(self._document({"owner": "root"})))
        for language in ("en_US", "zh_CN"):
            env = self.env(context={"lang": language})
            self.assertIn(f"{S}.owner", self._refused(data, env))
