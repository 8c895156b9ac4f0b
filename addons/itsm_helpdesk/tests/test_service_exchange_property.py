from html import escape

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.fields import Command
from odoo.tests import tagged

from .service_exchange_common import ExchangeCase, rule

words = st.text("aB <&>\"'é龙\n-", min_size=1, max_size=12).filter(str.strip)
lines = words.map(lambda text: " ".join(text.split()))
translated = st.tuples(lines, st.none() | lines)
numbers = st.none() | st.integers(-9, 9) | st.sampled_from([0.5, -2.25])
plain_types = ("char", "text", "number", "date", "boolean", "person", "section", "note")


@st.composite
def questions(draw):
    """Return what questions are made of, in order."""
    result = []
    for index in range(draw(st.integers(0, 4))):
        kind = draw(st.sampled_from((*plain_types, "choice", "table", "file")))
        entry = {
            "key": f"k{index}",
            "type": kind,
            "name": draw(translated),
            "help": draw(st.none() | translated),
            "required": draw(st.booleans()),
        }
        before = [e["key"] for e in result if e["type"] not in ("section", "note")]
        if before and draw(st.booleans()):
            entry["shown_if"] = rule(draw(st.sampled_from(before)))
        if kind == "choice":
            entry["options"] = draw(st.lists(translated, min_size=1, max_size=3))
        elif kind == "table":
            entry["columns"] = draw(st.lists(translated, min_size=1, max_size=2))
        elif kind == "number":
            entry["minimum"] = draw(numbers)
            entry["decimals"] = draw(st.integers(0, 6))
        elif kind == "char":
            entry["max_length"] = draw(st.integers(0, 99))
        elif kind == "file":
            entry["extensions"] = draw(st.sampled_from([False, "pdf", "pdf, png"]))
        result.append(entry)
    return result


@st.composite
def tasks(draw):
    """Return what the tasks of a plan are made of, in order."""
    result = []
    for index in range(draw(st.integers(0, 4))):
        after = draw(st.sets(st.integers(0, index - 1))) if index else set()
        result.append(
            {
                "name": draw(translated),
                "duration": draw(st.sampled_from([0, 0.25, 3, 40.5])),
                "is_required": draw(st.booleans()),
                "after": after,
                "checks": draw(st.lists(translated, max_size=2)),
            }
        )
    return result


services = st.fixed_dictionaries(
    {
        "name": translated,
        "description": st.none() | translated,
        "keywords": st.none() | translated,
        "details": st.none() | st.tuples(lines, lines),
        "cost": st.sampled_from([0, 0.01, 99.9, 1234567.89]),
        "sequence": st.integers(0, 99),
        "for_others": st.booleans(),
        "auto_resolve": st.booleans(),
        "impact": st.sampled_from("123"),
        "team": st.booleans(),
        "questions": questions(),
        "tasks": tasks(),
    }
)


@tagged("post_install", "-at_install")
class TestServiceExchangeProperty(ExchangeCase):
    """Whatever a service is made of: out, in and out again is the same file."""

    @settings(
        max_examples=12,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(services)
    def test_out_in_out(self, drawn):
        with self.env.cr.savepoint() as savepoint:
            service = self._make(drawn)
            content = self._file_of(service)
            self._forget(service)
            outcome = self._imported(self._read(content))
            self.assertEqual(outcome.created, ["drawn"])
            self.assertFalse(outcome.missing + outcome.left_out)
            found = self.Service.search([("code", "=", "drawn")])
            self.assertEqual(
                self._file_of(found).decode().splitlines(),
                content.decode().splitlines(),
            )
            again = self._imported(self._read(content))
            self.assertEqual(again.unchanged, ["drawn"])
            savepoint.rollback()

    def _make(self, drawn):
        service = self._bare(
            code="drawn",
            cost=drawn["cost"],
            sequence=drawn["sequence"],
            for_others=drawn["for_others"],
            auto_resolve=drawn["auto_resolve"],
            impact=drawn["impact"],
            team_id=self.team1.id if drawn["team"] else False,
        )
        for name in ("name", "description", "keywords"):
            self._say(service, name, drawn[name])
        if drawn["details"]:
            english, chinese = (escape(text) for text in drawn["details"])
            service.details = f"<p>{english}</p><p>same</p>"
            terms = service._fields["details"].get_trans_terms(service.details)
            service.update_field_translations("details", {"zh_CN": {terms[0]: chinese}})
        for index, entry in enumerate(drawn["questions"]):
            self._make_question(service, entry, index)
        made = self.env["itsm.plan.task"]
        for index, entry in enumerate(drawn["tasks"]):
            made += self._make_task(service, made, entry, index)
        return service

    def _say(self, record, name, texts):
        if texts:
            record[name] = texts[0]
            record.with_context(lang="zh_CN")[name] = texts[1] or texts[0]

    def _make_question(self, service, entry, index):
        question = self.env["itsm.question"].create(
            {
                "service_id": service.id,
                "sequence": index,
                "name": entry["name"][0],
                "option_ids": [
                    Command.create({"key": f"o{n}", "sequence": n, "name": texts[0]})
                    for n, texts in enumerate(entry.get("options", ()))
                ],
                "column_ids": [
                    Command.create({"key": f"c{n}", "sequence": n, "name": texts[0]})
                    for n, texts in enumerate(entry.get("columns", ()))
                ],
                "has_minimum": entry.get("minimum") is not None,
                "minimum": entry.get("minimum") or 0,
                **{
                    name: entry[name]
                    for name in (
                        *("key", "type", "required", "shown_if", "decimals"),
                        *("max_length", "extensions"),
                    )
                    if name in entry
                },
            }
        )
        self._say(question, "name", entry["name"])
        self._say(question, "help", entry["help"])
        inner = [*entry.get("options", ()), *entry.get("columns", ())]
        rows = [*question.option_ids.sorted(), *question.column_ids.sorted()]
        for record, texts in zip(rows, inner, strict=True):
            self._say(record, "name", texts)

    def _make_task(self, service, made, entry, index):
        task = self.env["itsm.plan.task"].create(
            {
                "service_id": service.id,
                "sequence": index,
                "name": entry["name"][0],
                "duration": entry["duration"],
                "is_required": entry["is_required"],
                "predecessor_ids": [made[number].id for number in entry["after"]],
                "check_ids": [
                    Command.create({"name": texts[0], "sequence": number})
                    for number, texts in enumerate(entry["checks"])
                ],
            }
        )
        self._say(task, "name", entry["name"])
        for check, texts in zip(task.check_ids.sorted(), entry["checks"], strict=True):
            self._say(check, "name", texts)
        return task
