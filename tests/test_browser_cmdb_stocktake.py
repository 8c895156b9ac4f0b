"""A stock-take on a phone, from its start to the signature.

A counter scans with typed codes, as a hand scanner types them; a manager who did not
count signs off. Any JavaScript error of our pages fails the test.
"""

import pytest
from outside import Database, header_button, wait_for
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

PHONE = (375, 812)
DATA = """
def make(env):
    group = "itsm_cmdb.group_cmdb_%s"
    quiet = env(context=dict(env.context, no_reset_password=True))
    people = quiet["res.users"].create([
        {
            "name": name, "login": login, "password": login, "tz": "UTC",
            "email": f"{login}@example.com",
            "group_ids": [(6, 0, [env.ref(group % role).id])],
        }
        for login, name, role in [
            ("st-lead", "Lena Lead", "engineer"),
            ("st-count", "Cleo Counter", "engineer"),
            ("st-boss", "Boris Boss", "manager"),
        ]
    ])
    # Its greeting would cover the screen of a phone.
    people.odoobot_state = "disabled"
    house = env["itsm.location"].create({"name": "Counted House", "kind": "building"})
    rooms = env["itsm.location"].create([
        {"name": f"Room {n}", "code": f"DOOR-{n}", "parent_id": house.id}
        for n in (1, 2)
    ])
    printer = env["itsm.ci.class"].search([("code", "=", "printer")])
    stages = printer.effective_lifecycle_id.stage_ids
    in_use = stages.filtered(lambda stage: stage.status == "in_use")[:1]
    env["itsm.ci"].create([
        {
            "name": f"Printer {code}", "class_id": printer.id, "asset_code": code,
            "location_id": room.id, "stage_id": in_use.id,
            "company_id": env.company.id,
        }
        for code, room in [
            ("CNT-1", rooms[0]), ("CNT-2", rooms[1]), ("CNT-3", rooms[0]),
        ]
    ])
    env["itsm.ci.stocktake"].create({
        "name": "Count of the house", "location_ids": [(6, 0, house.ids)],
        "leader_ids": [(6, 0, people[0].ids)], "counter_ids": [(6, 0, people[1].ids)],
    })
    env.cr.commit()
make(env)
"""
NOTED = (
    "SELECT FROM itsm_ci_stocktake_line WHERE stocktake_id = %s AND note IS NOT NULL"
)
STATE = "SELECT state, signed_by_id IS NOT NULL FROM itsm_ci_stocktake WHERE id = %s"


@pytest.fixture(scope="module")
def database(live_server):
    """The live server's database, with three printers in a house of two rooms."""
    live_server.shell(DATA)
    return Database(live_server)


@pytest.fixture
def sign_in(page_factory, database):
    """Call with a login (and a size) to get that person's page."""

    return page_factory


def open_sheet(page, sheet_id):
    """Open the form of the stock-take."""
    page.visitor.open(f"/odoo/itsm-stocktakes/{sheet_id}", ".o_form_view")


def press(page, name):
    """Press a button of the form's header, which a phone keeps in a menu."""
    header_button(page, name).click()


def agree(page):
    """Say yes to what is asked."""
    page.locator(".modal-footer .btn-primary").click()


def scan(page, code, kind, text=""):
    """Type a code as a scanner does; the screen says what it is."""
    page.locator(".o_itsm_stocktake input[name=code]").fill(code)
    page.keyboard.press("Enter")
    feedback = page.locator(f".o_itsm_feedback_{kind}")
    expect(feedback).to_contain_text(text)
    fits(page)


def fits(page):
    """Nothing of the screen is wider than the phone."""
    wide = page.evaluate(
        "(() => {const e = document.querySelector('.o_itsm_stocktake');"
        " return [e.scrollWidth, e.clientWidth, window.innerWidth];})()"
    )
    assert wide[0] <= wide[1] <= wide[2], wide


def test_count_on_a_phone(sign_in, database):
    """Start, choose a room, scan, review and sign off."""
    sheet_id = database.value(
        "SELECT id FROM itsm_ci_stocktake WHERE name = 'Count of the house'"
    )
    leader = sign_in("st-lead")
    open_sheet(leader, sheet_id)
    press(leader, "action_start")
    leader.wait_for_selector(".o_arrow_button_current[data-value=counting]")

    counter = sign_in("st-count", PHONE)
    open_sheet(counter, sheet_id)
    press(counter, "action_count")
    counter.wait_for_selector(".o_itsm_stocktake_rooms")
    fits(counter)
    counter.get_by_label("Name or code of the room").fill("DOOR-1")
    rooms = counter.locator(".o_itsm_stocktake_rooms button")
    # What was looked for has come; before that the list is still to change.
    expect(rooms).to_have_count(1)
    rooms.filter(has_text="DOOR-1").click()
    pending = counter.locator(".o_itsm_stocktake_pending")
    expect(pending).to_have_count(2)

    scan(counter, "cnt-1", "expected", "Printer CNT-1")
    expect(counter.locator(".o_itsm_done")).to_have_text("1")
    expect(pending).to_have_count(1)
    scan(counter, "CNT-1", "already", "You have seen it already")
    scan(counter, "CNT-2", "moved", "Room 2")
    scan(counter, "FOUND-9", "unknown", "FOUND-9")
    counter.get_by_label("Note").fill("Behind the door")
    counter.get_by_label("Note").press("Tab")
    wait_for(lambda: database.rows(NOTED, sheet_id), "the note is kept")
    # One scan too many is taken back.
    scan(counter, "TYPO", "unknown", "TYPO")
    counter.locator(".o_itsm_undo").click()
    expect(counter.locator(".o_itsm_stocktake_scans li")).to_have_count(3)
    scan(counter, "DOOR-2", "room", "Room 2")
    # A hand scanner types wherever the focus is.
    counter.locator("h1").click()
    counter.keyboard.type("CNT-2")
    counter.keyboard.press("Enter")
    expect(counter.locator(".o_itsm_feedback_already")).to_be_visible()
    assert database.rows(
        "SELECT result, note FROM itsm_ci_stocktake_line WHERE stocktake_id = %s "
        "ORDER BY result, item_name",
        sheet_id,
    ) == [
        ("moved", None),
        ("pending", None),
        ("seen", None),
        ("unknown", "Behind the door"),
    ]

    review(leader, sheet_id)
    boss = sign_in("st-boss")
    open_sheet(boss, sheet_id)
    press(boss, "action_sign_off")
    agree(boss)
    boss.wait_for_selector(".o_arrow_button_current[data-value=signed]")
    assert database.rows(STATE, sheet_id) == [("signed", True)]
    assert database.rows(
        "SELECT c.asset_code, c.status, l.name FROM itsm_ci c "
        "LEFT JOIN itsm_location l ON l.id = c.location_id "
        "WHERE c.asset_code LIKE 'CNT-%%' ORDER BY 1"
    ) == [
        ("CNT-1", "in_use", "Room 1"),
        ("CNT-2", "in_use", "Room 1"),
        ("CNT-3", "missing", "Room 1"),
    ]


def review(page, sheet_id):
    """End the count and decide on the unknown label."""
    open_sheet(page, sheet_id)
    press(page, "action_review")
    agree(page)
    page.wait_for_selector(".o_arrow_button_current[data-value=review]")
    page.locator(".oe_stat_button", has_text="To Decide").click()
    row = page.locator(".o_data_row", has_text="FOUND-9")
    row.locator("[name=decision]").click()
    row.locator("[name=decision] input").click()
    page.locator(".o_select_menu_item", has_text="Leave as is").click()
    row.locator("[name=decision_reason] input").fill("A toy")
    page.locator(".o_list_button_save").locator("visible=true").first.click()
    expect(page.locator(".o_data_row.o_selected_row")).to_have_count(0)


def test_screen_without_a_stocktake(sign_in):
    """Opened by itself, the screen says what to do."""
    page = sign_in("st-count", PHONE)
    page.visitor.open("/odoo/itsm-count", ".o_itsm_stocktake")
    expect(page.get_by_role("alert")).to_contain_text("Open a stock-take first")
