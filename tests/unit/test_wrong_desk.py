"""The ranking of desks that a request may belong to."""

from itsm_helpdesk.tools.wrong_desk import SERVICE, TEAM, rank, seems_wrong


def test_every_desk_is_there_once():
    ranked = rank([1], {(TEAM, 5): 1}, [], [(TEAM, 5), (TEAM, 6)], limit=6)
    assert [one.place for one in ranked] == [(TEAM, 5), (SERVICE, 1), (TEAM, 6)]


def test_limit_cuts_proposals_but_no_desk():
    ranked = rank(range(1, 10), {}, [], [(TEAM, 5), (TEAM, 6)], limit=2)
    assert [one.place for one in ranked] == [
        (SERVICE, 1),
        (SERVICE, 2),
        (TEAM, 5),
        (TEAM, 6),
    ]


def test_history_by_share():
    """Where all like it went weighs more than what its words mean."""
    assert rank([7], {(SERVICE, 9): 4}, [], [], 6)[0].place == (SERVICE, 9)
    history = {(SERVICE, 9): 2, (SERVICE, 8): 1}
    assert [one.place[1] for one in rank([], history, [], [], 6)] == [9, 8]


def test_alike_is_the_weakest_witness():
    ranked = rank([1], {}, [2], [], 6)
    assert [one.place[1] for one in ranked] == [1, 2]
    assert ranked[1].reasons == ["alike"]


def test_seems_wrong():
    assert seems_wrong([7], [1], 0)
    assert not seems_wrong([7, 1], [1], 0), "its own desk has something like it"
    assert not seems_wrong([], [1], 0), "words that mean nothing"
    assert seems_wrong([], [1], 3), "three like it were moved before"
    assert not seems_wrong([1, 7], [1], 3)
