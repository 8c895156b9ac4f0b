"""Impact: what it costs by what it reaches, in a small and in a large graph.

The same failure, which reaches a site of a thousand items, is asked in a graph of
10 000 items and in one of 100 000; then one that reaches all. The dependencies of one
item, and what a screen and a ticket get, are measured in the large one.
"""

import cmdb_graph
import timing

SMALL, LARGE, ROUNDS = 10_000, 100_000, 9


def impact_of(number):
    """Return a measure of the impact of one item, from an empty cache."""
    source = cmdb_graph.item(env, number)

    def measure():
        env.invalidate_all()
        return timing.seconds(lambda: len(source.impact()))

    measure.reaches = len(source.impact())
    return measure


def measure_site(prefix):
    """Measure the failure of a site's core."""
    site = impact_of(1)
    results[f"{prefix}_reaches"] = site.reaches
    results[f"{prefix}_ms"] = round(timing.by_turns({"site": site}, ROUNDS)["site"], 1)


cmdb_graph.clear(env)
results["small_relations"] = cmdb_graph.grow(env, SMALL)
measure_site("site_in_small")
results["large_relations"] = cmdb_graph.grow(env, LARGE)
measure_site("site_in_large")
results["site_large_to_small"] = round(
    results["site_in_large_ms"] / results["site_in_small_ms"], 2
)

times = timing.by_turns({"site": impact_of(1), "all": impact_of(0)}, ROUNDS)
results["all_reaches"] = impact_of(0).reaches
results["all_ms"] = round(times["all"])
results["all_to_site"] = round(times["all"] / times["site"], 1)
results["all_to_site_reached"] = round(
    results["all_reaches"] / results["site_in_large_reaches"], 1
)

core, root, last = (cmdb_graph.item(env, number) for number in (1, 0, 1000))
results["site_report_ms"] = round(
    timing.by_turns({"report": lambda: timing.seconds(core.impact_report)}, ROUNDS)[
        "report"
    ]
)
results["all_report_ms"] = round(
    timing.by_turns({"report": lambda: timing.seconds(root.impact_report)}, 3)["report"]
)
results["dependencies"] = len(last.dependencies())
results["dependencies_ms"] = round(
    timing.by_turns({"up": lambda: timing.seconds(last.dependencies)}, 3)["up"]
)
cmdb_graph.clear(env)
