"""What the browser asks of the server when it opens a spreadsheet dashboard."""

import json
from datetime import datetime, timedelta


def questions(env, dashboard):
    """Yield each data source of a dashboard as a function that asks it.

    The filters at the top are as they are when the dashboard opens: a period, and
    nothing else.
    """
    data = json.loads(dashboard.sudo().spreadsheet_data)
    days = _days(data)
    for pivot in data["pivots"].values():
        yield _pivot(env, pivot, _domain(pivot["domain"], pivot, days))
    for listing in data["lists"].values():
        yield _listing(env, listing, _domain(listing["domain"], listing, days))
    for sheet in data["sheets"]:
        for figure in sheet["figures"]:
            chart = figure["data"]
            if chart["type"].startswith("odoo_"):
                domain = chart["searchParams"]["domain"]
                yield _chart(env, chart["metaData"], _domain(domain, chart, days))


def _days(data):
    """Return how many days the filter by period has, e.g. of ``last_90_days``."""
    defaults = [each.get("defaultValue") or "" for each in data["globalFilters"]]
    return next(
        (int(each.split("_")[1]) for each in defaults if each.startswith("last_")), None
    )


def _domain(domain, source, days):
    match = source["fieldMatching"].get("period")
    if not match or not days:
        return domain
    now = datetime.now().replace(hour=0, minute=0, second=0, microsecond=0)
    end = now + timedelta(days=1 + days * match["offset"])
    return [
        *domain,
        (match["chain"], ">=", str(end - timedelta(days=days))),
        (match["chain"], "<", str(end)),
    ]


def _measures(Model, names):
    return [
        name if name == "__count" else f"{name}:{Model._fields[name].aggregator}"
        for name in names
    ]


def _pivot(env, pivot, domain):
    Model = env[pivot["model"]]
    measures = _measures(Model, [each["fieldName"] for each in pivot["measures"]])
    rows = [each["fieldName"] for each in pivot["rows"]]
    sets = [rows[:count] for count in range(len(rows) + 1)]
    return lambda: Model.formatted_read_grouping_sets(domain, sets, measures)


def _chart(env, chart, domain):
    Model = env[chart["resModel"]].with_context(fill_temporal=True)
    measures = _measures(Model, [chart["measure"]])
    if "__count" not in measures:
        measures.append("__count")
    return lambda: Model.formatted_read_group(domain, chart["groupBy"], measures)


def _listing(env, listing, domain):
    Model = env[listing["model"]]
    wanted = {
        name: {"fields": {"display_name": {}}}
        if Model._fields[name].type == "many2one"
        else {}
        for name in listing["columns"]
    }
    order = ", ".join(
        f"{each['name']} {'ASC' if each['asc'] else 'DESC'}"
        for each in listing["orderBy"]
    )
    return lambda: Model.web_search_read(domain, wanted, limit=20, order=order)
