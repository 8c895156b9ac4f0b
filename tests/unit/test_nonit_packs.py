"""Packs: the files that are shipped, and what is refused."""

import copy
import re
from collections import Counter
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from itsm_helpdesk.tools import service_file
from itsm_nonit.tools import pack_texts, packs

FOLDER = Path(packs.__file__).parents[1] / "packs"
FILES = sorted(FOLDER.glob("*.json"))
SHIPPED = {path.stem: packs.read(path.read_bytes()) for path in FILES}
# Of each desk: what the catalogue needs to be of use.
DESK_NEEDS = ("ticket_categories", "pending_reasons", "closure_codes", "sla")


@pytest.fixture(params=SHIPPED)
def pack(request):
    """A copy of each shipped pack."""
    return copy.deepcopy(SHIPPED[request.param])


def problems(data):
    """Return what is wrong with a pack."""
    return packs.problems(data, service_file.validate)


# ----------------------------------------------------------------------
# What is shipped
# ----------------------------------------------------------------------


def test_every_pack_can_be_installed(pack):
    assert problems(pack) == []


def test_every_text_is_in_both_languages(pack):
    assert pack_texts.untranslated(pack) == []


def test_chinese_texts_have_chinese_marks(pack):
    """Keywords are divided by commas with a blank, as everywhere."""
    wrong = re.compile("[\u3400-\u9fff](,(?! )|[?!;(]|:(?![0-9]))")
    texts = [text["zh_CN"] for _path, text in pack_texts.texts(pack)]
    assert [text for text in texts if wrong.search(text)] == []


def test_every_pack_brings_a_whole_desk(pack):
    assert all(pack.get(part) for part in DESK_NEEDS)
    assert 4 <= len(packs.services(pack)) <= 12
    for service in packs.services(pack):
        for part in ("description", "keywords", "icon", "questions", "plan", "team"):
            assert service.get(part), f"{service['code']} has no {part}"
    priorities = {
        target["priority"]
        for policy in pack["sla"]
        for target in policy["targets"]
        if target["metric"] == "resolution"
    }
    assert priorities >= {"1", "2", "3", "4"}


def test_a_file_is_called_as_its_pack():
    found, refused = packs.read_all(FOLDER, service_file.validate)
    assert refused == []
    assert set(found) == {path.stem for path in FILES}
    assert [pack["sequence"] for pack in found.values()] == sorted(
        pack["sequence"] for pack in found.values()
    )


def test_packs_do_not_take_each_others_names():
    codes = Counter(code for pack in SHIPPED.values() for code in packs.codes(pack))
    desks = Counter(pack["desk"]["name"]["en_US"] for pack in SHIPPED.values())
    words = Counter(
        entry["name"]["en_US"]
        for pack in SHIPPED.values()
        for entry in pack["ticket_categories"]
    )
    for names in (codes, desks, words):
        assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize(
    ("part", "key"),
    [
        ("pending_reasons", "code"),
        ("closure_codes", "code"),
        ("resolution_codes", "code"),
    ],
)
def test_shared_words_are_the_same_everywhere(part, key):
    seen = {}
    for pack in SHIPPED.values():
        for entry in pack.get(part) or ():
            assert seen.setdefault(entry["code"], entry) == entry


@pytest.mark.parametrize("part", ["categories", "approval_policies", "question_sets"])
def test_shared_parts_of_catalogues_are_the_same_everywhere(part):
    seen = {}
    for pack in SHIPPED.values():
        for entry in pack["services"].get(part) or ():
            name = tuple(entry.get("path") or [entry["name"]["en_US"]])
            assert seen.setdefault(name, entry) == entry


def test_parts_in_other_packs_are_there():
    known = {code for pack in SHIPPED.values() for code in packs.codes(pack)}
    known.update(packs.OUTSIDE)
    for pack in SHIPPED.values():
        for code, others in packs.wanted_elsewhere(pack).items():
            assert set(others) <= known, f"{code} orders what no pack has"


def test_packs_do_not_need_each_other_in_circles():
    """Else neither of two could ever be removed before the other."""
    owner = {code: key for key, pack in SHIPPED.items() for code in packs.codes(pack)}
    needs = {
        key: {
            owner.get(other, key)
            for others in packs.wanted_elsewhere(pack).values()
            for other in others
        }
        - {key}
        for key, pack in SHIPPED.items()
    }
    assert set(TopologicalSorter(needs).static_order()) == set(SHIPPED)


def test_answers_are_handed_down_to_questions_that_are_there():
    asked = {
        service["code"]: {question["key"] for question in service["questions"]}
        for pack in SHIPPED.values()
        for service in packs.services(pack)
    }
    for pack in SHIPPED.values():
        for service in packs.services(pack):
            for order in service.get("orders") or ():
                mapping = order.get("mapping") or {}
                assert set(mapping.values()) <= asked[service["code"]]
                if order["service"] in asked:
                    assert set(mapping) <= asked[order["service"]], order


def test_conditions_ask_for_answers_that_can_be_given(pack):
    for service in packs.services(pack):
        options = {}
        for question in service["questions"]:
            for name in ("shown_if", "required_if"):
                _check_condition(question.get(name), options, question["key"])
            given = {option["key"] for option in question.get("options") or ()}
            options[question["key"]] = given
        for part in (*service["plan"], *(service.get("orders") or ())):
            _check_condition(part.get("condition"), options, service["code"])


def _check_condition(condition, options, where):
    """Check that each rule is about an earlier question and one of its options.

    :param options: ``{key of a question: keys of its options}``
    """
    for rule in (condition or {}).get("rules", ()):
        if "rules" in rule:
            _check_condition(rule, options, where)
            continue
        assert rule["question"] in options, f"{where}: {rule}"
        known, value = options[rule["question"]], rule.get("value")
        if known and rule["op"] not in ("is_set", "is_empty"):
            wanted = value if isinstance(value, list) else [value]
            assert set(wanted) <= known, f"{where}: {rule}"


def test_policies_decide_by_answers_that_their_services_ask(pack):
    policies = {
        policy["name"]["en_US"]: policy
        for policy in pack["services"].get("approval_policies") or ()
    }
    for service in packs.services(pack):
        policy = policies.get(service.get("approval_policy"), {"steps": ()})
        keys = {question["key"] for question in service["questions"]}
        for step in policy["steps"]:
            wanted = set(re.findall(r"'answers\.(\w+)'", step.get("condition") or ""))
            assert wanted <= keys, f"{service['code']}: {wanted - keys}"


def test_people_and_numbers_of_one_database_are_in_no_pack(pack):
    for policy in pack["services"].get("approval_policies") or ():
        assert not policy.get("fallback")
        assert not service_file.records_by_number(policy.get("domain") or "[]")
        for step in policy["steps"]:
            assert not any(line.get("users") for line in step["lines"])


# ----------------------------------------------------------------------
# What is refused
# ----------------------------------------------------------------------


def broken(change):
    """Return what is wrong with the first pack after a change."""
    data = copy.deepcopy(SHIPPED["facilities"])
    change(data)
    return "\n".join(problems(data))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data.pop("desk"), "desk: needed"),
        (lambda data: data.update(colour=1), "colour: not known"),
        (lambda data: data.update(version=2), "version: must be one of"),
        (lambda data: data.update(version=True), "version: must be one of"),
        (lambda data: data.update(icon="wrench"), "icon: no "),
        (lambda data: data.update(name="Facilities"), "name: no text"),
        (lambda data: data["desk"].update(hours="never"), "desk.hours"),
        (lambda data: data.update(teams={}), "teams: must be a list"),
        (lambda data: data["teams"].append(3), "teams[5]: must be an object"),
        (lambda data: data["teams"].append(data["teams"][0]), "is there twice"),
        (lambda data: data["ticket_categories"][0].update(team="x"), "no team “x”"),
        (
            lambda data: data["sla"][0]["targets"].append(data["sla"][0]["targets"][0]),
            "is there twice",
        ),
        (
            lambda data: data["sla"][0]["targets"][0].update(hours=0),
            "hours: no number",
        ),
        (
            lambda data: data["services"]["services"][0].update(code="leak"),
            "does not begin with “facilities-”",
        ),
        (
            lambda data: data["services"]["services"][0].update(urgency="4"),
            "urgency: must be one of 1, 2, 3",
        ),
        (
            lambda data: data["services"]["services"][0].update(desk="IT"),
            "desk: is not",
        ),
        (
            lambda data: data["services"]["services"][0].update(team="Nobody"),
            "there is no team “Nobody”",
        ),
        (
            lambda data: data["services"]["services"][0].update(ticket_category=["X"]),
            "ticket_category: there is no “X”",
        ),
        (
            lambda data: data["services"]["services"][0].update(category=["X"]),
            "category: is none of the pack's",
        ),
        (
            lambda data: data["services"]["services"][0]["plan"][0].update(
                team={"name": "Nobody"}
            ),
            "there is no team “Nobody”",
        ),
        (
            lambda data: data["services"]["services"][0].update(nonsense=1),
            "nonsense",
        ),
        (lambda data: data["services"].pop("format"), "format: needed"),
        (lambda data: data["services"].update(services=[]), "services: needed"),
        (
            lambda data: data["settings"].append({"service": "facilities-x"}),
            "there is no service “facilities-x”",
        ),
        (
            lambda data: data["settings"].append(
                {"service": "facilities-leak", "booking": {"what": "car"}}
            ),
            "there is no question “car”",
        ),
        (lambda data: data.update(bookables=[{"code": "x"}]), "needs a code"),
    ],
)
def test_unsound_packs_are_refused(change, said):
    assert said in broken(change)


def test_texts_of_one_language_are_found():
    data = {"name": {"en_US": "Door", "zh_CN": ""}, "help": {"en_US": "No"}}
    assert len(pack_texts.untranslated(data)) == 2
    assert pack_texts.untranslated([{"en_US": "Door", "zh_CN": "Door"}])
    assert not pack_texts.untranslated([{"en_US": "A4", "zh_CN": "A4"}])


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b'"x"'])
def test_what_is_no_pack_is_refused(content):
    with pytest.raises(packs.PackRefused):
        packs.read(content)


def test_an_unsound_file_is_left_out(tmp_path):
    content = (FOLDER / "facilities.json").read_bytes()
    for name in ("facilities", "other"):
        (tmp_path / f"{name}.json").write_bytes(content)
    (tmp_path / "torn.json").write_bytes(content[:99])
    found, refused = packs.read_all(tmp_path, service_file.validate)
    assert set(found) == {"facilities"}
    assert len(refused) == 2
    assert "is called “other”" in refused[0]
    assert refused[1].startswith("torn.json: No JSON")


def test_first_translation_counts_in_the_dictionary():
    data = [{"en_US": "a", "zh_CN": "一"}, {"en_US": "a", "zh_CN": "二"}]
    assert pack_texts.dictionary(data) == {"a": {"en_US": "a", "zh_CN": "一"}}
