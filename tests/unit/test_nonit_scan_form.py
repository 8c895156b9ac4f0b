"""The short form behind a label: only what nobody knows yet."""

from itsm_nonit.tools import scan_form

TITLES = {scan_form.PHOTOS: "Photo", scan_form.WORDS: "Words"}


def q(key, kind="char", **more):
    return {"key": key, "type": kind, "label": key, **more}


def when(key):
    rule = {"question": key, "op": "is_set"}
    return {"match": "all", "rules": [{"match": "any", "rules": [rule]}]}


def keys(questions, raw=()):
    form = scan_form.shorten({"questions": questions}, dict.fromkeys(raw, 1), TITLES)
    return [question["key"] for question in form["questions"]]


def test_required_and_unknown():
    asked = [
        q("place", "location", required=True),
        q("what", "choice", required=True),
        q("when", "date"),
        q("who", required_if=when("what")),
    ]
    assert keys(asked, ["place"]) == ["what", "who", "scan_photos", "scan_words"]


def test_own_questions_for_photos_and_words_come_last():
    asked = [
        q("pictures", "file", extensions=["pdf"]),
        q("story", "text"),
        q("what", "choice", required=True),
        q("more", "text"),
    ]
    assert keys(asked) == ["what", "pictures", "story"]
    form = scan_form.shorten({"questions": asked}, {}, TITLES)
    assert form["questions"][1]["extensions"] == ["pdf"]


def test_required_files_stay_in_their_place():
    asked = [q("proof", "file", required=True), q("what", required=True)]
    assert keys(asked) == ["proof", "what", "scan_words"]


def test_what_a_question_depends_on_is_asked_too():
    asked = [
        q("a", "boolean"),
        q("b", "boolean", shown_if=when("a")),
        q("c", required=True, shown_if=when("b")),
        q("d", "text", shown_if=when("c")),
    ]
    assert keys(asked) == ["a", "b", "c", "scan_photos", "scan_words"]


def test_notes_stay_where_their_reason_is_asked():
    asked = [
        q("always", "note"),
        q("what", "choice", required=True),
        q("why", "note", shown_if=when("what")),
        q("lost", "note", shown_if=when("other")),
        q("other"),
        q("part", "section"),
    ]
    assert keys(asked)[:3] == ["always", "what", "why"]
    assert {"lost", "other", "part"}.isdisjoint(keys(asked))


def test_nothing_to_ask():
    assert keys([]) == ["scan_photos", "scan_words"]


def test_what_a_label_answers():
    asked = {
        "questions": [
            q("place", "location"),
            q("from", "location"),
            q("car", "record", model="itsm.bookable"),
            q("other", "record", model="res.partner"),
            q("plate"),
        ]
    }
    assert scan_form.known(asked, 7, 9, "plate", "AB 1") == {
        "place": "7",
        "car": "9",
        "plate": "AB 1",
    }
    assert scan_form.known(asked, 0, 0, "", "AB 1") == {}


def test_form_that_asks_where():
    """Then the answer counts, else the label."""
    for kinds, asks in ((("char", "location"), True), (("char",), False), ((), False)):
        questions = [{"key": kind, "type": kind} for kind in kinds]
        assert scan_form.asks_place({"questions": questions}) is asks
    assert scan_form.asks_place({}) is False
