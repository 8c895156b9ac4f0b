"""Timing: the sides of a comparison by turns, so that a busy machine is fair."""

import gc
import statistics
import time


def seconds(action):
    """Return the seconds that ``action`` takes, without a collection in between."""
    gc.collect()
    gc.disable()
    try:
        start = time.perf_counter()
        action()
        return time.perf_counter() - start
    finally:
        gc.enable()


def by_turns(sides, rounds):
    """Return ``{name: median milliseconds}`` of actions that take turns.

    :param sides: ``{name: function that times its action once, in seconds}``
    """
    taken = {name: [] for name in sides}
    for _round in range(rounds):
        for name, measure in sides.items():
            taken[name].append(measure() * 1000)
    return {name: statistics.median(times) for name, times in taken.items()}
