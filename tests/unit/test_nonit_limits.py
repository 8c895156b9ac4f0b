"""Monthly limits of goods: which one counts, and what is too much."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsm_nonit.tools import limits
from itsm_nonit.tools.limits import Amount, Limit

PAPER, PEN = 1, 2
OFFICE, ALL = 11, 10
# Radiology has two wards below it.
RADIOLOGY, WARD, OTHER = 100, 101, 200
DEPARTMENTS = {
    RADIOLOGY: (RADIOLOGY,),
    WARD: (WARD, RADIOLOGY),
    OTHER: (OTHER,),
    None: (),
}


def amount(quantity, product=PAPER, department=RADIOLOGY):
    return Amount(product, quantity, (OFFICE, ALL), DEPARTMENTS[department])


def ids(rules, *where):
    return {limit.id for limit in limits.governing(rules, amount(1, *where))}


def test_a_limit_is_for_its_product_or_category():
    rules = [
        Limit(1, 10, product=PAPER),
        Limit(2, 20, category=OFFICE),
        Limit(3, 30, category=ALL),
        Limit(4, 40, category=99),
    ]
    assert ids(rules) == {1, 2, 3}
    assert ids(rules, PEN) == {2, 3}


def test_the_nearest_department_counts():
    rules = [
        Limit(1, 10, product=PAPER),
        Limit(2, 50, product=PAPER, department=RADIOLOGY),
        Limit(3, 5, product=PAPER, department=WARD),
    ]
    assert ids(rules, PAPER, OTHER) == {1}
    assert ids(rules, PAPER, RADIOLOGY) == {2}
    assert ids(rules, PAPER, WARD) == {3}
    assert ids(rules, PAPER, None) == {1}


def test_refusing_and_approving_limits_of_one_thing_both_count():
    rules = [
        Limit(1, 10, product=PAPER, beyond="approval"),
        Limit(2, 20, product=PAPER, beyond="refuse"),
    ]
    assert ids(rules) == {1, 2}


def test_each_department_by_itself_or_all_below_one_together():
    each = Limit(1, 10, product=PAPER)
    together = Limit(2, 10, product=PEN, department=RADIOLOGY)
    asked = [
        amount(3),
        amount(4, department=WARD),
        amount(3, PEN),
        amount(4, PEN, WARD),
        amount(5, PEN, OTHER),
    ]
    used = limits.pools([each, together], asked)
    assert used == {
        limits.Pool(each, RADIOLOGY): 3,
        limits.Pool(each, WARD): 4,
        limits.Pool(together, RADIOLOGY): 7,
    }


@pytest.mark.parametrize(
    ("before", "own", "left", "beyond"),
    [(0, 10, 10, False), (8, 2, 2, False), (8, 3, 2, True), (12, 1, 0, True)],
)
def test_what_is_left(before, own, left, beyond):
    rules = [Limit(1, 10, product=PAPER)]
    mine = [amount(own)]
    (use,) = limits.uses(rules, mine, [*mine, amount(before)])
    assert (use.left, use.is_beyond) == (left, beyond)


def test_sums_of_fractions_are_not_beyond_by_rounding():
    rules = [Limit(1, 0.3, product=PAPER)]
    mine = [amount(0.1)] * 3
    (use,) = limits.uses(rules, mine, mine)
    assert not use.is_beyond


@given(
    st.lists(
        st.tuples(
            st.sampled_from([PAPER, PEN]),
            st.sampled_from([RADIOLOGY, WARD, OTHER, None]),
            st.integers(1, 50),
        )
    )
)
def test_everything_is_counted_once_for_each_thing(asked):
    """Whatever the departments: no amount slips out of a limit for each of them."""
    rules = [
        Limit(1, 5, product=PAPER),
        Limit(2, 9, product=PAPER, department=RADIOLOGY),
    ]
    amounts = [amount(number, product, where) for product, where, number in asked]
    used = limits.pools(rules, amounts)
    paper = [number for product, _where, number in asked if product == PAPER]
    assert sum(used.values()) == sum(paper)
