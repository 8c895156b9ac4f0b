"""Rows find their items: normal values, junk, ordered rules, conflicts."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsm_cmdb.tools.identification import (
    NEW,
    Junk,
    Rule,
    agrees,
    check_values,
    identify,
    identity_values,
    normal_text,
    normal_values,
)

SERIAL = Rule(1, "Serial number", ("serial_number",), ("manufacturer_id",))
ASSET = Rule(2, "Asset code", ("asset_code",))
PAIR = Rule(3, "Host and domain", ("host_name", "domain_name"))
MAC = Rule(4, "MAC", ("mac_addresses",))
JUNK = Junk(
    frozenset(("n/a", "tobefilledbyo.e.m.", "无")), {"serial_number": frozenset(("1",))}
)


@pytest.mark.parametrize(
    ("value", "normal"),
    [
        ("  ＳＮ－００１ ", "sn-001"),
        ("sn 0 01", "sn001"),
        ("\u200bSN\ufeff1", "sn1"),
        ("Straße", "strasse"),
        (1234567, "1234567"),
    ],
)
def test_normal_text(value, normal):
    assert normal_text(value) == normal


@given(st.text(max_size=60))
def test_normal_form_is_stable_and_ignores_width_and_case(text):
    normal = normal_text(text)
    assert normal_text(normal) == normal
    assert normal_text(f" {text}\u3000") == normal
    assert normal_text(unicodedata.normalize("NFKC", text)) == normal


@pytest.mark.parametrize(
    "text",
    ["00:1B:21:3C:4D:5E", "00-1b-21-3c-4d-5e", "001B.213C.4D5E", "001b213c4d5e"],
)
def test_forms_of_a_mac(text):
    assert normal_values("mac_address", text) == ("001b213c4d5e",)


@pytest.mark.parametrize(
    "text", ["00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "001b21", "no mac", "", None]
)
def test_no_macs(text):
    assert normal_values("mac_addresses", text) == ()


@pytest.mark.parametrize(
    "value",
    ["N/A", "To Be Filled By O.E.M.", "无", "0", "-", "0000000", "--", "1", "", None],
)
def test_junk_never_identifies(value):
    assert identity_values(SERIAL, {"serial_number": value}, JUNK) == ()


def test_junk_of_one_key_is_a_value_of_another():
    assert identity_values(ASSET, {"asset_code": "1"}, JUNK) == ("1",)


def test_all_keys_of_a_rule_are_needed():
    values = {"host_name": "SRV1", "domain_name": "Hospital.Example"}
    assert identity_values(PAIR, values, JUNK) == ("srv1 | hospital.example",)
    assert identity_values(PAIR, {"host_name": "SRV1"}, JUNK) == ()


def test_several_cards_are_several_values():
    text = "00:1b:21:3c:4d:5e, 00:1b:21:3c:4d:5f 00:1b:21:3c:4d:5e"
    values = {"mac_addresses": text}
    assert identity_values(MAC, values, JUNK) == ("001b213c4d5e", "001b213c4d5f")


def test_checks():
    dell = check_values(SERIAL, {"manufacturer_id": 7})
    other = check_values(SERIAL, {"manufacturer_id": 8})
    unknown = check_values(SERIAL, {})
    assert agrees(dell, dell)
    assert agrees(dell, unknown)
    assert not agrees(dell, other)


def test_first_rule_wins():
    found = identify([(SERIAL, []), (ASSET, [5]), (PAIR, [5, 6])])
    assert (found.kind, found.token, found.rule) == ("match", 5, ASSET)


def test_several_candidates_are_refused():
    found = identify([(SERIAL, [5, 6]), (ASSET, [5])])
    assert (found.kind, found.token, found.candidates) == ("ambiguous", None, (5, 6))


def test_rules_that_disagree_are_refused():
    found = identify([(SERIAL, [5]), (ASSET, []), (PAIR, [6])])
    assert (found.kind, found.candidates) == ("conflict", (5, 6))
    assert found.rule == PAIR


def test_nothing_found_is_new():
    assert identify([(SERIAL, []), (ASSET, [])]) == NEW


@given(
    st.lists(st.lists(st.integers(1, 4), max_size=3), max_size=4),
    st.randoms(use_true_random=False),
)
def test_never_matches_what_a_rule_denies(candidates, random):
    """A match is in every rule's candidates that has some; their order is no matter."""
    hits = [
        (Rule(number, str(number), ("x",)), found)
        for number, found in enumerate(candidates)
    ]
    found = identify(hits)
    if found.kind == "match":
        assert all(found.token in each for each in candidates if each)
    shuffled = [(rule, random.sample(each, len(each))) for rule, each in hits]
    assert identify(shuffled).kind == found.kind
    assert identify(shuffled).token == found.token
