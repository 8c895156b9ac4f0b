"""Reports over a million tickets of three years, as the manager of a large desk.

Each screen of the Reporting menu with each of its pivots and graphs, as the browser
asks for them when it opens, and the first page of its list; the same over all three
years; each dashboard with all its sources, one after the other; and what it takes to
keep the figures up to date.
"""

import statistics
import time
from ast import literal_eval

import dashboards
import report_history
from lxml import etree

from odoo.tools.safe_eval import safe_eval

TICKETS, ROUNDS, CHANGED = 1_000_000, 3, 1_000
MENU = "itsm_helpdesk.itsm_menu_reporting"


def ms(action, rounds=ROUNDS):
    """Return the median time of an action in milliseconds, with warm caches."""
    times = []
    for _round in range(rounds + 1):
        desk_env.invalidate_all()
        start = time.perf_counter()
        action()
        times.append((time.perf_counter() - start) * 1000)
    return round(statistics.median(times[1:]), 1)


def screens():
    """Return the actions of the menu."""
    menus = desk_env["ir.ui.menu"].search(
        [("id", "child_of", env.ref(MENU).id)], order="sequence"
    )
    return [
        menu.action.sudo()
        for menu in menus
        if menu.action and menu.action._name == "ir.actions.act_window"
    ]


def defaults(action, context):
    """Return the domain that a screen always has, what it begins with, and by what."""
    Model = desk_env[action.res_model]
    arch = etree.fromstring(
        Model.get_views([(action.search_view_id.id, "search")])["views"]["search"][
            "arch"
        ]
    )
    domain = safe_eval(action.domain or "[]", {"uid": desk_env.uid})
    chosen, groups = [], []
    for node in arch.iter("filter"):
        if context.get(f"search_default_{node.get('name')}"):
            chosen += safe_eval(node.get("domain") or "[]", {"uid": desk_env.uid})
            group = literal_eval(node.get("context") or "{}").get("group_by")
            groups += [group] if group else []
    return domain, domain + chosen, groups


def fields_of(arch, *kinds):
    """Return the group-bys of a view, of a kind."""
    return [
        f"{node.get('name')}:{node.get('interval', 'month')}"
        if node.get("interval")
        else node.get("name")
        for node in arch.iter("field")
        if node.get("type") in kinds
    ]


def measures_of(Model, arch):
    names = fields_of(arch, "measure")
    shown = Model.fields_get(names, ["aggregator"])
    return [
        f"{name}:{shown[name]['aggregator']}" for name in names if name in shown
    ] + ["__count"]


def starts(names):
    return [names[:n] for n in range(len(names) + 1)]


def measure_pivot(Model, arch, domain, groups):
    rows, columns = groups or fields_of(arch, "row"), fields_of(arch, "col")
    sets = [row + column for row in starts(rows) for column in starts(columns)]
    measures = measures_of(Model, arch)
    return ms(lambda: Model.formatted_read_grouping_sets(domain, sets, measures))


def measure_graph(Model, arch, domain, groups):
    groups = groups or fields_of(arch, None, "row", "col")
    # A graph shows what its first measure says; the others are offered.
    measures = measures_of(Model, arch)[:1]
    return ms(lambda: Model.formatted_read_group(domain, groups, measures))


def measure_list(Model, arch, domain, groups):
    wanted = {
        node.get("name"): {}
        for node in arch.iter("field")
        if node.get("optional") != "hide" and node.get("name") in Model._fields
    }
    for name in wanted:
        if Model._fields[name].type == "many2one":
            wanted[name] = {"fields": {"display_name": {}}}
    return ms(
        lambda: Model.web_search_read(domain, wanted, limit=80, count_limit=10_001)
    )


MEASURES = {"pivot": measure_pivot, "graph": measure_graph, "list": measure_list}


def measure_screen(action):
    """Measure the views of a screen; each is named after the screen's path."""
    context = safe_eval(action.context or "{}", {"uid": desk_env.uid})
    Model = desk_env[action.res_model].with_context(fill_temporal=0)
    always, domain, groups = defaults(action, context)
    for view_id, kind in action.views:
        if kind in MEASURES:
            arch = etree.fromstring(
                Model.get_views([(view_id, kind)])["views"][kind]["arch"]
            )
            measure = MEASURES[kind]
            key = f"{action.path or action.name}_{kind}"
            opened[f"{key}_ms"] = measure(Model, arch, domain, groups)
            if kind != "list":
                whole[f"{key}_of_all_ms"] = measure(Model, arch, always, groups)


def measure_dashboards():
    """Measure each dashboard: the sum of all it asks, as if on a single core."""
    ours = env["ir.model.data"].search(
        [("model", "=", "spreadsheet.dashboard"), ("module", "=like", "%itsm%")]
    )
    for each in ours.sorted("name"):
        dashboard = desk_env["spreadsheet.dashboard"].browse(each.res_id)
        opened[f"{each.name}_ms"] = round(
            sum(ms(ask) for ask in dashboards.questions(desk_env, dashboard)), 1
        )


def report(times, title):
    """Keep what was measured, and what took longest."""
    results.update(times)
    results[title] = max(times, key=times.get)
    results[f"{title}_ms"] = max(times.values())


def draw_up():
    """Make all facts from nothing, as the job does; return how many seconds it took."""
    Refresh = env["itsm.fact.refresh"]
    env.cr.execute("DELETE FROM itsm_fact_change")
    Refresh._note_everything(Refresh._fact_models())
    env.cr.commit()
    start = time.perf_counter()
    Refresh._cron_refresh()
    taken = round(time.perf_counter() - start, 1)
    for fact in Refresh._fact_models():
        env.cr.execute(f'ANALYZE "{env[fact]._table}"')
    env.cr.commit()
    return taken


manager = report_history.ensure(env, TICKETS)
results["tickets"] = env["itsm.ticket"].search_count([])
results["rebuild_s"] = draw_up()
desk_env = env(user=manager.id)
opened, whole = {}, {}
for screen in screens():
    measure_screen(screen)
measure_dashboards()
report(opened, "slowest")
report(whole, "slowest_of_all")

newest = env["itsm.ticket"].search([], order="id desc", limit=CHANGED)
env.cr.execute("UPDATE itsm_ticket SET priority = '1' WHERE id IN %s", [newest._ids])
start = time.perf_counter()
for fact in env["itsm.fact.refresh"]._fact_models():
    env[fact]._fact_refresh()
results["refresh_1000_ms"] = round((time.perf_counter() - start) * 1000, 1)
start = time.perf_counter()
for fact in env["itsm.fact.refresh"]._fact_models():
    env[fact]._fact_refresh()
results["refresh_nothing_ms"] = round((time.perf_counter() - start) * 1000, 1)
env.cr.rollback()
