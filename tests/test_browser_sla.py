"""Service levels as people see them: the countdown, and “Why is it late?”.

The browser's own clock is put forward, so nothing here waits for time to pass.
"""

import json
import re
from datetime import datetime, timedelta, timezone

import pytest
from outside import check_width
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

DESKTOP, PHONE = (1400, 900), (375, 812)
# Whether a countdown tells the minutes to or since a moment, as far as it is drawn yet.
TELLS = """([css, moment, words]) => {
    const text = document.querySelector(css)?.innerText.trim() || "";
    const minutes = Math.floor(Math.abs(moment - Date.now()) / 60000) % 60;
    return [-1, 0, 1].some((lag) => text === words.replace("#", minutes + lag));
}"""
REASON = "Waiting for your photo"
TICKETS = f"""
import json
from datetime import datetime, timedelta
from freezegun import freeze_time
desk = env.ref("itsm_helpdesk.desk_it")
team = env.ref("itsm_helpdesk.team_it_line1")
agent = env["res.users"].with_context(no_reset_password=True).create({{
    "name": "Sandra Agent", "login": "sla-agent", "password": "sla-agent",
    "email": "sandra@example.com",
    "group_ids": [(6, 0, [env.ref("itsm_helpdesk.group_itsm_agent").id])],
}})
team.member_ids = [(4, agent.id)]
# Nothing else counts here.
env["itsm.sla.policy"].search([]).active = False
env["itsm.sla.policy"].create({{
    "name": "Two hours", "calendar_source": "always", "res_model": "itsm.ticket",
    "target_ids": [(0, 0, {{
        "metric": "resolution", "measure": "elapsed", "hours": 2, "warning": 75,
    }})],
}})
reason = env["itsm.pending.reason"].create({{
    "name": {REASON!r}, "code": "photo", "pauses_clock": True,
}})
def open_ticket(name):
    return env["itsm.ticket"].with_user(agent).create({{
        "name": name, "desk_id": desk.id, "team_id": team.id,
        "partner_id": agent.partner_id.id,
    }})
now = datetime.now()
with freeze_time(now - timedelta(hours=5)):
    late = open_ticket("The scanner is silent")
    late.action_take()
with freeze_time(now - timedelta(hours=4)):
    late.set_pending(reason)
with freeze_time(now - timedelta(hours=3)):
    late.resume()
fresh = open_ticket("The scale shows nothing")
env.cr.commit()
print("IDS", json.dumps([fresh.id, late.id]))
"""


@pytest.fixture(scope="module")
def tickets(live_server):
    """Ids of two tickets: one opened just now, one late after a pause."""
    printed = live_server.shell(TICKETS)
    return json.loads(re.search(r"IDS (.*)", printed)[1])


def countdown_of(page, standing):
    """Return the countdown of the form once it stands so."""
    found = page.locator(f".o_form_view [name=sla_deadline] [data-standing={standing}]")
    found.wait_for()
    return found


def tells(page, standing, deadline, words):
    """The countdown of the form tells the minutes as the page's clock has them."""
    css = f".o_form_view [name=sla_deadline] [data-standing={standing}]"
    page.wait_for_function(TELLS, arg=[css, deadline.timestamp() * 1000, words])


def deadline_of(page, ticket_id):
    """Return when a ticket's promise ends."""
    deadline = page.evaluate(
        """async (id) => {
            const [ticket] = await odoo.__WOWL_DEBUG__.root.env.services.orm.read(
                "itsm.ticket", [id], ["sla_deadline"]);
            return ticket.sla_deadline;
        }""",
        ticket_id,
    )
    return datetime.fromisoformat(deadline).replace(tzinfo=timezone.utc)


def open_timeline(page, ticket_id):
    """Open the tab with the picture of a ticket."""
    page.visitor.open(f"/odoo/itsm-tickets/{ticket_id}", ".o_form_view")
    # On a phone another window may lie over the tab.
    page.locator(".nav-link[name=service_levels]").dispatch_event("click")
    page.wait_for_selector(".o_itsm_sla_row")


def test_countdown_counts_without_reloading(page_factory, tickets):
    """What is left shrinks, turns amber, then red, on one and the same page."""
    page = page_factory("sla-agent")
    page.clock.install()
    page.visitor.open(f"/odoo/itsm-tickets/{tickets[0]}", ".o_form_view")
    page.evaluate("window.itsmSamePage = true")
    running = countdown_of(page, "running")
    deadline = deadline_of(page, tickets[0])
    tells(page, "running", deadline, "1 h # min")
    expect(running).to_have_class(re.compile(r"\btext-success\b"))

    page.clock.fast_forward("01:00:00")
    tells(page, "running", deadline, "# min")
    page.clock.fast_forward("00:45:00")
    warned = countdown_of(page, "warning")
    expect(warned).to_have_class(re.compile(r"\btext-warning-emphasis\b"))
    page.clock.fast_forward("00:20:00")
    late = countdown_of(page, "late")
    expect(late).to_have_class(re.compile(r"\btext-danger\b"))
    tells(page, "late", deadline, "# min late")
    # Not by colour alone: the words are there for those who cannot see it.
    expect(late).to_have_attribute("aria-label", re.compile("Late"))
    assert page.evaluate("window.itsmSamePage")


def test_countdown_sleeps_while_nobody_looks(page_factory, tickets):
    """A hidden page does not count; once it is seen again it catches up."""
    page = page_factory("sla-agent")
    page.clock.install()
    page.visitor.open(f"/odoo/itsm-tickets/{tickets[0]}", ".o_form_view")
    countdown_of(page, "running")
    look = """value => {
        Object.defineProperty(document, "hidden", { value, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
    }"""
    page.evaluate(look, True)
    page.clock.fast_forward("03:00:00")
    countdown_of(page, "running")
    page.evaluate(look, False)
    countdown_of(page, "late")


def test_countdown_counts_seconds_at_the_end(page_factory, tickets):
    """In the last minute each second counts; in the list, too."""
    page = page_factory("sla-agent")
    page.clock.install()
    page.visitor.open("/odoo/itsm-tickets?view_type=list", ".o_data_row")
    cell = page.locator(".o_data_row", has_text="The scale").locator(
        "[data-standing] .o_itsm_sla_left"
    )
    moment = deadline_of(page, tickets[0])
    page.clock.pause_at(moment - timedelta(seconds=30.1))
    # A little more than is counted, so that the page has time to draw.
    page.clock.run_for(200)
    expect(cell).to_have_text("30 s")
    page.clock.run_for(5_000)
    expect(cell).to_have_text("25 s")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_picture_tells_why(page_factory, tickets, size):
    """The pause is there with its reason, the sums in words, the table beside it."""
    page = page_factory("sla-agent", size)
    open_timeline(page, tickets[1])
    row = page.locator(".o_itsm_sla_row")
    expect(row).to_have_count(1)
    # All at once: the picture may be drawn anew in between.
    looks = row.locator(".o_itsm_sla_part").evaluate_all(
        "all => all.map((e) => /o_itsm_sla_(running|paused|late)/.exec(e.className)[1])"
    )
    assert [look for i, look in enumerate(looks) if [look] != looks[i - 1 : i]] == [
        "running",
        "paused",
        "running",
        "late",
    ]
    expect(row.locator(".o_itsm_sla_told")).to_contain_text(REASON)
    words = row.locator(".o_itsm_sla_words")
    expect(words.locator("li").nth(2)).to_be_visible()
    expect(words).to_contain_text("1:00")
    expect(words).to_contain_text(REASON)
    row.locator(".o_itsm_sla_table summary").press("Enter")
    expect(row.locator("table")).to_be_visible()
    expect(row.locator("table")).to_contain_text(REASON)
    check_width(page)


def test_picture_by_keyboard(page_factory, tickets):
    """The tab key reaches the stretches, the arrows walk them, the words follow."""
    page = page_factory("sla-agent")
    open_timeline(page, tickets[1])
    row = page.locator(".o_itsm_sla_row")
    row.locator("button[name=request_waiver]").focus()
    page.keyboard.press("Tab")
    focused = page.locator(".o_itsm_sla_part:focus")
    expect(focused).to_have_class(re.compile("o_itsm_sla_running"))
    for _step in range(row.locator(".o_itsm_sla_part").count()):
        if "o_itsm_sla_paused" in focused.get_attribute("class"):
            break
        page.keyboard.press("ArrowRight")
    expect(focused).to_have_attribute("aria-label", re.compile(re.escape(REASON)))
    page.wait_for_selector(f".o_itsm_sla_told:has-text('Paused: {REASON}')")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_waiver_from_the_picture(page_factory, tickets):
    """An agent asks for a waiver of this clock; correcting times is for managers."""
    page = page_factory("sla-agent")
    open_timeline(page, tickets[1])
    expect(page.locator("button[name=correct_times]")).to_have_count(0)
    page.click("button[name=request_waiver]")
    dialog = page.locator(".modal")
    dialog.locator("[name=reason] input").fill("The photo came by post.")
    dialog.locator(
        ".modal-footer button.btn-primary, .o_form_button_save"
    ).first.click()
    page.wait_for_selector(".modal", state="detached")
    page.wait_for_selector(".o-mail-Message:has-text('The photo came by post.')")


def test_picture_follows_the_ticket(page_factory, tickets):
    """A button of the form changes the clocks, and the picture with them."""
    page = page_factory("sla-agent")
    open_timeline(page, tickets[0])
    expect(page.locator(".o_itsm_sla_part.o_itsm_sla_paused")).to_have_count(0)
    page.locator(".o_form_statusbar button", has_text="Let It Wait").first.click()
    dialog = page.locator(".modal")
    dialog.locator("[name=pending_reason_id] input").fill(REASON)
    page.visitor.choose_first()
    dialog.locator("button[name=action_apply]").click()
    page.wait_for_selector(".modal", state="detached")
    page.wait_for_selector(".o_itsm_sla_row .o_itsm_sla_told", state="attached")
    page.wait_for_selector(".o_itsm_sla_row header .fa-pause")
