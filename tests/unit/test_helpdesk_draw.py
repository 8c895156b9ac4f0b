"""The prize draw can be repeated by anybody, and is fair."""

import hashlib
import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from itsm_helpdesk.tools import draw

seeds = st.text(min_size=1, max_size=40)
counts = st.dictionaries(
    st.integers(min_value=1, max_value=10_000),
    st.integers(min_value=1, max_value=4),
    max_size=30,
)
prizes = st.integers(min_value=0, max_value=40)
# Of chi-square with n degrees of freedom, exceeded with a probability of 1 in 10 000.
LIMITS = {9: 33.7, 11: 37.4}


def run(seed, entered, number):
    return draw.winners(draw.lots(seed, draw.entry_keys("D1", entered)), number)


def chi_square(counted, expected):
    return sum((counted[k] - e) ** 2 / e for k, e in expected.items())


def seeds_of(count):
    """Return seeds as the addon makes them, but always the same ones."""
    source = random.Random(20_260_331)
    return [f"{source.getrandbits(256):064x}" for _index in range(count)]


@given(seeds, counts, prizes, st.randoms())
def test_same_seed_same_winners(seed, entered, number, rnd):
    """Whatever the order in which the database gives the entries."""
    shuffled = list(entered.items())
    rnd.shuffle(shuffled)
    assert run(seed, entered, number) == run(seed, dict(shuffled), number)


@given(seeds, counts, prizes)
def test_each_person_wins_once_and_as_many_as_can(seed, entered, number):
    people = [lot.person for lot in run(seed, entered, number)]
    assert len(people) == len(set(people)) == min(number, len(entered))
    assert set(people) <= set(entered)


@given(seeds, counts, st.integers(min_value=1, max_value=10))
def test_more_prizes_take_nothing_from_the_first(seed, entered, number):
    """Who gets the first prizes does not depend on how many there are."""
    assert run(seed, entered, number + 3)[:number] == run(seed, entered, number)


@given(seeds, counts)
def test_lots_are_plain_sha256(seed, entered):
    """What the record says can be checked without this code."""
    for lot in draw.lots(seed, draw.entry_keys("D1", entered)):
        text = seed + "\n" + lot.key
        assert lot.digest == hashlib.sha256(text.encode()).hexdigest()
        assert lot.key.startswith(f"D1-{lot.person}-")


@given(seeds, counts)
def test_entries_of_a_person_have_keys_of_their_own(seed, entered):
    keys = draw.entry_keys("D1", entered)
    assert len(keys) == sum(entered.values())
    assert Counter(keys.values()) == Counter(entered)


@given(counts, st.integers(min_value=1, max_value=10_000))
def test_fingerprint_tells_lists_apart(entered, person):
    keys = list(draw.entry_keys("D1", entered))
    assert draw.digest_of_list(reversed(keys)) == draw.digest_of_list(keys)
    assert draw.digest_of_list([*keys, f"D2-{person}-1"]) != draw.digest_of_list(keys)


def test_published_example():
    """As in the documentation; a change of the algorithm breaks old records."""
    ordered = draw.lots("abc/42", {"D1-7-1": 7, "D1-8-1": 8, "D1-9-1": 9})
    assert [lot.person for lot in ordered] == [
        person
        for _digest, person in sorted(
            (hashlib.sha256(f"abc/42\nD1-{p}-1".encode()).hexdigest(), p)
            for p in (7, 8, 9)
        )
    ]
    assert draw.commitment("abc") == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )
    assert draw.full_seed("abc", "42") == "abc/42"
    assert draw.full_seed("abc", "") == "abc"


def test_fair_with_one_entry_each():
    """Each of ten people wins the first prize as often, over many seeds."""
    entered = dict.fromkeys(range(1, 11), 1)
    won = Counter(run(seed, entered, 1)[0].person for seed in seeds_of(10_000))
    assert chi_square(won, dict.fromkeys(entered, 1000)) < LIMITS[9]


def test_fair_for_each_place():
    """Not only the first place: also the third of three prizes."""
    entered = dict.fromkeys(range(1, 11), 1)
    won = Counter(run(seed, entered, 3)[2].person for seed in seeds_of(10_000))
    assert chi_square(won, dict.fromkeys(entered, 1000)) < LIMITS[9]


def test_fair_with_several_entries():
    """Who has three entries wins three times as often as who has one."""
    entered = {person: 1 + person % 3 for person in range(12)}
    total = sum(entered.values())
    won = Counter(run(seed, entered, 1)[0].person for seed in seeds_of(12_000))
    expected = {p: 12_000 * count / total for p, count in entered.items()}
    assert chi_square(won, expected) < LIMITS[11]


def test_fair_with_neighbouring_seeds():
    """Seeds that differ in one digit are as good as others."""
    entered = dict.fromkeys(range(1, 11), 1)
    won = Counter(run(f"seed {n}", entered, 1)[0].person for n in range(10_000))
    assert chi_square(won, dict.fromkeys(entered, 1000)) < LIMITS[9]
