"""Going back in the history of items: undoing revisions gives the states there were."""

from hypothesis import given
from hypothesis import strategies as st
from itsm_cmdb.tools import history

NAMES = st.text("ab", min_size=1, max_size=2)
RECORDS = st.tuples(st.integers(1, 4), NAMES).map(list)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(0, 3),
    st.floats(0, 2, width=16),
    st.text("xy", max_size=2),
    RECORDS,
    st.lists(RECORDS, max_size=3, unique_by=lambda each: each[0]),
    st.lists(st.sampled_from(["web", "db", "file"]), max_size=3, unique=True),
)
KEYS = st.sampled_from(["name", "owner_id", "active", "attributes.memory", "tags"])
WRITES = st.lists(st.dictionaries(KEYS, VALUES, max_size=4), max_size=8)


def plain(state):
    """Return a state with records as their ids, as a database holds them."""
    return {key: history.bare(value) for key, value in state.items()}


def lived(writes):
    """Return the states after each write, and the changes that each made."""
    states, changes = [{}], []
    for write in writes:
        new = {**states[-1], **write}
        new = {key: value for key, value in new.items() if not history.is_empty(value)}
        changes.append(history.differences(states[-1], new))
        states.append(new)
    return states, changes


@given(WRITES)
def test_undoing_revisions_gives_the_states_there_were(writes):
    """From the last state back to each one before: what a snapshot said then."""
    states, changes = lived(writes)
    for moment, snapshot in enumerate(states):
        later = [("changed", each) for each in reversed(changes[moment:])]
        found = history.state_before(states[-1], later)
        assert plain(found) == plain(snapshot)


@given(WRITES)
def test_redoing_revisions_gives_the_last_state(writes):
    """The same changes lead forward again."""
    states, changes = lived(writes)
    state = {}
    for each in changes:
        state = history.redo(state, each)
    assert plain(state) == plain(states[-1])


@given(WRITES, st.integers(0, 8))
def test_nothing_is_there_before_the_creation(writes, place):
    """Whoever goes back over the creation finds no item."""
    states, changes = lived(writes)
    later = [("changed", each) for each in reversed(changes)]
    later.insert(min(place, len(later)), ("created", None))
    assert history.state_before(states[-1], later) is None


@given(st.dictionaries(KEYS, VALUES), st.dictionaries(KEYS, VALUES))
def test_differences_lead_from_one_state_to_the_other(old, new):
    """And back; a state does not differ from itself."""
    changes = history.differences(old, new)
    there = history.redo(old, changes)
    back = history.undo(new, changes)
    assert not history.differences(there, new)
    assert not history.differences(back, old)
    assert not history.differences(old, old)
    assert set(changes) <= set(old) | set(new)


@given(VALUES, VALUES, VALUES)
def test_saying_the_same_is_an_equivalence(one, two, three):
    """Otherwise a chain of equal values could differ at its ends."""
    assert history.same(one, one)
    assert history.same(one, two) == history.same(two, one)
    if history.same(one, two) and history.same(two, three):
        assert history.same(one, three)


def test_a_renamed_record_is_the_same():
    """What a record is called is not what an item says."""
    assert history.same([3, "Ward 3"], [3, "Intensive care"])
    assert not history.same([3, "Ward 3"], [4, "Ward 3"])
    assert history.same([[1, "A"], [2, "B"]], [[2, "b"], [1, "a"]])


def test_numbers_are_not_truth_values():
    """Python thinks that 1 is True; an attribute of type yes or no does not."""
    assert not history.same(1, True)
    assert not history.same(0, False)
    assert not history.same(0, None)
    assert history.same(2, 2.0)
