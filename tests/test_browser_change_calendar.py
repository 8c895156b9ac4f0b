"""The calendar of changes in a browser: seen, filtered, dragged, subscribed to.

Times are those of the person's zone, eight hours ahead of the database's. Any
JavaScript error of our pages fails the test (see ``page_factory``).
"""

import re
from datetime import datetime

import pytest
from outside import Database, check_width, make_data, wait_for
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

ZONE = "Asia/Shanghai"
SCREEN = (1366, 900)
PHONE = (375, 812)
ENTRY = ".o_calendar_renderer .fc-event"


@pytest.fixture(scope="module")
def database(live_server):
    """The live server's database, with a month of changes."""
    make_data(live_server, "change_calendar_data")
    return Database(live_server)


@pytest.fixture
def coordinator(page_factory, database):
    """A coordinator's page."""

    def sign_in(size=SCREEN):
        page = page_factory("change-cal", size)
        # A browser shows the times of its own zone.
        session = page.context.new_cdp_session(page)
        session.send("Emulation.setTimezoneOverride", {"timezoneId": ZONE})
        return page

    return sign_in


def fact(database, name, column="planned_start"):
    """Return a fact about a change."""
    return database.value(
        f"SELECT {column} FROM itsm_change WHERE name = %s",
        name,
    )


def form(page, database, name):
    """Open the form of a change."""
    page.visitor.open(f"/odoo/itsm.change/{fact(database, name, 'id')}", ".o_form_view")


def calendar(page, database, name):
    """Open the calendar where a change is, from its form."""
    form(page, database, name)
    page.locator("button[name=action_show_on_calendar]").click()
    expect(entry(page, name)).to_be_visible()


def entry(page, name, kind="change"):
    """Return an entry of the calendar."""
    return page.locator(f"{ENTRY}.o_itsm_change_{kind}", has_text=name).first


def scale(page, name):
    """Show a month, a week or a day."""
    page.locator(".o_view_scale_selector button, .scale_button_selection").first.click()
    page.locator(f".o_scale_button_{name}").click()


def cell(page, day):
    """Return a day of the month."""
    return page.locator(f".fc-daygrid-day[data-date='{day}']")


def drag(page, name, day):
    """Drag a change to a day of the month, and wait until the month is drawn anew.

    Entries are replaced when the calendar has loaded, whether the change may stay
    there or goes back: those of before are marked, and the last of them is gone.
    """
    expect(entry(page, name)).to_be_visible()
    page.locator(ENTRY).evaluate_all("all => all.forEach((e) => (e.dataset.old = 1))")
    wait_for(lambda: lifted(page, name, day), f"{name} is held over {day}")
    page.mouse.up()
    expect(page.locator(f"{ENTRY}[data-old]")).to_have_count(0)


def lifted(page, name, day):
    """Take an entry to a day; return whether it is in the hand, else let it go."""
    entry(page, name).hover()
    page.mouse.down()
    cell(page, day).hover(position={"x": 20, "y": 60})
    if page.locator(".fc-event-dragging").is_visible():
        return True
    page.mouse.up()
    return False


def test_month_week_and_day(coordinator, database):
    """Each kind in its colour; the legend hides it; a click tells and opens."""
    page = coordinator()
    calendar(page, database, "Move the mailboxes")
    shown = {
        "change": "Move the mailboxes",
        "outage": "Move the mailboxes",
        "freeze": "Quarter closing",
        "maintenance": "Monday evening",
    }
    colours = set()
    for kind, name in shown.items():
        found = entry(page, name, kind)
        expect(found).to_be_visible()
        colours.add(re.search(r"o_calendar_color_\d+", found.get_attribute("class"))[0])
    assert len(colours) == len(shown)
    # 22:00 in Shanghai is 14:00 in the database.
    expect(entry(page, "Move the mailboxes")).to_contain_text("10:00 PM")
    expect(entry(page, "Renew the switch")).to_have_class(re.compile("o_event_hatched"))
    legend = page.locator(".o_calendar_filter_item[data-value=freeze]")
    legend.locator("input").click()
    expect(entry(page, "Quarter closing", "freeze")).to_have_count(0)
    legend.locator("input").click()
    expect(entry(page, "Quarter closing", "freeze")).to_be_visible()
    for name in ("week", "day"):
        scale(page, name)
        expect(page.locator(f".fc-timeGrid{name.title()}-view")).to_be_visible()
        expect(entry(page, "Move the mailboxes")).to_be_visible()
    entry(page, "Move the mailboxes").click()
    popover = page.locator(".o_cw_popover")
    expect(popover).to_contain_text("Cleo Calendar")
    popover.locator(".o_cw_popover_edit").click()
    page.wait_for_selector(".o_form_view")
    page.wait_for_url(re.compile(f"/{fact(database, 'Move the mailboxes', 'id')}$"))


def test_dragged_where_the_state_allows(coordinator, database):
    """The hour stays; into a freeze is told of; what has begun goes back."""
    page = coordinator()
    calendar(page, database, "Renew the switch")
    drag(page, "Renew the switch", "2031-05-15")
    assert fact(database, "Renew the switch") == datetime(2031, 5, 15, 14)
    expect(cell(page, "2031-05-15").locator(".fc-event")).to_contain_text("Renew")
    assert fact(database, "Renew the switch", "planned_end") == datetime(
        2031, 5, 15, 16
    )
    expect(page.locator(".o_notification")).to_have_count(0)
    drag(page, "Renew the switch", "2031-05-28")
    expect(page.locator(".o_notification")).to_contain_text("Quarter closing")
    assert fact(database, "Renew the switch") == datetime(2031, 5, 28, 14)
    drag(page, "Patch the firewall", "2031-05-08")
    dialog = page.locator(".modal-dialog")
    expect(dialog).to_contain_text("Patch the firewall")
    dialog.locator(".btn-primary").click()
    assert fact(database, "Patch the firewall") == datetime(2031, 5, 20, 14)
    day = cell(page, "2031-05-20")
    expect(day.locator(".fc-event", has_text="Patch the firewall")).to_be_visible()
    # The dialog is what the test is about; it is no mistake of the page.
    page.visitor.errors.clear()


def test_a_slot_is_found_and_taken(coordinator, database):
    """Best first, with reasons; one click gives the change its dates."""
    page = coordinator()
    form(page, database, "Replace the core")
    page.locator("button[name=action_find_slot]").click()
    dialog = page.locator(".modal")
    dialog.locator("button[name=action_search]:visible").click()
    rows = dialog.locator(".o_data_row")
    expect(rows.first).to_be_visible()
    expect(rows.first.locator("[name=reasons] li").first).to_be_visible()
    rows.first.locator("button[name=action_take]").click()
    expect(dialog).to_have_count(0)
    assert fact(database, "Replace the core")


def test_subscribed_to_on_a_phone(coordinator, database, live_server, page_factory):
    """The address is made, read by a program without a login, and revoked."""
    page = coordinator(PHONE)
    page.visitor.open("/odoo/itsm-change-calendar", ".o_calendar_renderer")
    page.locator(".o_itsm_change_subscribe").click()
    dialog = page.locator(".modal")
    dialog.locator("button[name=action_renew]:visible").click()
    expect(
        dialog.locator("[name=address] a, [name=address] span").first
    ).to_contain_text(".ics")
    check_width(page)
    token = database.value("SELECT token FROM itsm_change_feed WHERE token IS NOT NULL")
    stranger = page_factory().request
    address = f"{live_server.url}/itsm/changes/{token}.ics"
    answer = stranger.get(address)
    assert answer.ok
    assert answer.text().startswith("BEGIN:VCALENDAR")
    dialog.locator("button[name=action_revoke]:visible").click()
    # Asked in a dialog of its own; the one below has a button like it, too.
    question = page.locator(".modal", has_text="The address ends at once")
    question.locator(".btn-primary").click()
    wait_for(
        lambda: not database.value("SELECT count(token) FROM itsm_change_feed"),
        "the address is revoked",
    )
    assert stranger.get(address).status == 404
