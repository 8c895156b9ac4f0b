"""A dashboard as people see it: its figures are what SQL counts, for who may know.

A dashboard is drawn on a canvas, so the client's own model is asked what it shows.
Any JavaScript error fails the test (see ``page_factory``).
"""

import json
from pathlib import Path

import pytest
from outside import Database

pytestmark = pytest.mark.browser

DATA = Path(__file__).with_name("dashboard_data.py")
OPEN = "state IN ('new', 'approval', 'in_progress', 'pending')"
FIGURES = {
    "Open Now": OPEN,
    "Unassigned": f"{OPEN} AND user_id IS NULL",
    "Overdue": f"{OPEN} AND LEAST(due_at, sla_deadline) < now() AT TIME ZONE 'UTC'",
    "Opened Today": "opened_at >= date_trunc('day', now() AT TIME ZONE 'UTC')",
    "Not Answered Yet": f"{OPEN} AND first_response_at IS NULL",
}
# The sheet behind the dashboard: what each figure is called, and what it is.
READ = """() => {
    const loader = odoo.__WOWL_DEBUG__.root.env.services.spreadsheet_dashboard_loader;
    const model = loader.getActiveDashboard()?.model;
    if (!model) {
        return null;
    }
    const { getters } = model;
    const sheetId = getters.getSheetIds()[1];
    const read = (col, row) => getters.getEvaluatedCell({ sheetId, col, row });
    const found = {};
    for (let row = 1; row < getters.getNumberRows(sheetId); row++) {
        const value = read(1, row);
        if (value.value === "Loading..." || value.type === "error") {
            return null;
        }
        const cell = getters.getCell({ sheetId, col: 0, row });
        if (cell) {
            found[cell.content.slice(5, -2)] = value.value;
        }
    }
    return found;
}"""
FILTER = """(id) => {
    const loader = odoo.__WOWL_DEBUG__.root.env.services.spreadsheet_dashboard_loader;
    const { model } = loader.getActiveDashboard();
    const value = { operator: "in", ids: [id] };
    model.dispatch("SET_GLOBAL_FILTER_VALUE", { id: "department", value });
}"""


@pytest.fixture(scope="module")
def made(live_server):
    """The ids of the dashboard, a desk and a department."""
    script = DATA.read_text(encoding="utf-8")
    return json.loads(live_server.shell(f"{script}\nmake(env)\n").splitlines()[-1])


@pytest.fixture
def database(live_server, made):
    """The live server's database, with tickets."""
    return Database(live_server)


def counted(database, made, condition="TRUE"):
    """Return what SQL counts at the agent's desk for each figure."""
    return {
        title: database.value(
            f"SELECT count(*) FROM itsm_ticket WHERE active AND desk_id = %s"
            f" AND {figure} AND {condition}",
            made["desk"],
        )
        for title, figure in FIGURES.items()
    }


def wait_for_figures(page, wanted):
    """Wait until the dashboard shows these figures."""
    page.wait_for_function(
        f"(wanted) => {{ const found = ({READ})(); return found &&"
        " Object.entries(wanted).every(([title, n]) => found[title] === n); }",
        arg=wanted,
    )


def test_figures_equal_sql(page_factory, made, database):
    """An agent opens the dashboard of the day, and looks at one department."""
    page = page_factory("board-agent")
    page.visitor.open(f"/odoo/dashboards?dashboard_id={made['board']}", ".o-grid")
    wanted = counted(database, made)
    assert wanted["Open Now"] == 5
    assert wanted["Overdue"] == 1
    wait_for_figures(page, wanted)
    # Charts have something to show.
    assert page.locator(".o-figure canvas").count() >= 2
    page.evaluate(FILTER, made["department"])
    of_ward = counted(database, made, f"department_id = {made['department']}")
    assert of_ward["Open Now"] == 2
    wait_for_figures(page, of_ward)


def test_others_find_no_dashboard(page_factory, made):
    """Somebody without rights at any desk has none of them to choose."""
    page = page_factory("board-nobody")
    page.visitor.open("/odoo/dashboards", ".o_spreadsheet_dashboard_action")
    names = page.locator(".o_search_panel_category_value").all_inner_texts()
    assert not [name for name in names if "Service Desk" in name]
    assert page.evaluate(READ) is None
    answer = page.request.get(f"/spreadsheet/dashboard/data/{made['board']}")
    assert answer.status == 403
