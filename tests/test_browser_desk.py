"""The desk as people use it, in a real browser: a ticket from question to thanks.

A requester asks on the portal, an agent answers and solves it in the back office, the
requester confirms; once on a desktop and once on a phone. Any JavaScript error of our
pages fails the test (see ``page_factory``).
"""

import re

import pytest
from catalogue_pages import look
from outside import wait_for
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

DESKTOP, PHONE = (1280, 900), (375, 812)
PEOPLE = """
desk = env.ref("itsm_helpdesk.desk_it")
if not env["res.users"].search([("login", "=", "browser-nurse")]):
    new = env["res.users"].with_context(no_reset_password=True).create
    group = lambda name: [(6, 0, [env.ref(name).id])]
    nurse = new({"name": "Nora Nurse", "login": "browser-nurse",
                 "password": "browser-nurse", "email": "nora@example.com",
                 "group_ids": group("base.group_portal")})
    agent = new({"name": "Albert Agent", "login": "browser-agent",
                 "password": "browser-agent", "email": "albert@example.com",
                 "group_ids": group("itsm_helpdesk.group_itsm_agent")})
    other = new({"name": "Olga Other", "login": "browser-other",
                 "password": "browser-other", "email": "olga@example.com",
                 "group_ids": group("itsm_helpdesk.group_itsm_agent")})
    env.ref("itsm_helpdesk.team_it_line1").member_ids = [(4, agent.id), (4, other.id)]
    env.cr.commit()
"""


@pytest.fixture(scope="module")
def people(live_server):
    """A nurse on the portal and two agents of the IT desk."""
    live_server.shell(PEOPLE)


@pytest.fixture(autouse=True)
def _with_people(people):
    """Every scenario here has the people."""


def submit(page, subject, tmp_path):
    """Open a ticket on the portal with a photo; return its number and address."""
    photo = tmp_path / "door.txt"
    photo.write_text("what the door looks like")
    page.visitor.open("/my", ".o_portal, #wrap")
    page.visitor.open(
        "/my/tickets/new", "#itsm_ticket_form, a.o_itsm_card[href*='desk=']"
    )
    if page.locator("a.o_itsm_card[href*='desk=']").count():
        page.locator("a.o_itsm_card[href*='desk=']", has_text="IT").first.click()
    page.wait_for_selector("#itsm_ticket_form")
    look(page)
    page.locator("#itsm_type input").first.check()
    page.fill("#itsm_name", subject)
    page.fill("#itsm_description", "It is stuck since this morning.\nRoom 3.12.")
    for choice in ("urgency", "impact"):
        page.locator(f"#itsm_{choice} input").first.check()
    page.set_input_files("#itsm_attachments", str(photo))
    page.click("#itsm_ticket_form button[type=submit]")
    page.wait_for_url(re.compile(r"/my/tickets/\d+"))
    page.wait_for_selector(".o_itsm_steps")
    number = re.search(r"(INC|REQ|INQ|CMP)\d+", page.inner_text("#wrap"))[0]
    return number, re.search(r"/my/tickets/(\d+)", page.url)[1]


def answer(page, ticket_id, words):
    """Take the ticket, answer the requester and solve it, as an agent."""
    page.visitor.open(f"/odoo/itsm-tickets/{ticket_id}", ".o_form_view")
    page.click("button[name=action_take]")
    page.wait_for_selector(
        "button.o_arrow_button_current:has-text('In Progress')", state="attached"
    )
    page.click(".o-mail-Chatter-sendMessage")
    page.fill(".o-mail-Composer-input", words)
    page.click(".o-mail-Composer-send:not([disabled])")
    page.wait_for_selector(f".o-mail-Message:has-text('{words}')")
    page.locator(".o_form_statusbar button", has_text="Resolve").first.click()
    dialog = page.locator(".modal")
    dialog.locator("[name=resolution_code_id] input").click()
    page.visitor.choose_first()
    dialog.locator("[name=resolution] textarea").fill("The lock was oiled.")
    dialog.locator("button[name=action_apply]").click()
    page.wait_for_selector(".modal", state="detached")
    page.wait_for_selector("button[name=close]")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_from_question_to_confirmation(page_factory, size, tmp_path):
    """The requester asks, the agent answers and solves, the requester confirms."""
    requester = page_factory("browser-nurse", size)
    number, ticket_id = submit(
        requester, f"The door of room {size[0]} sticks", tmp_path
    )
    look(requester)
    files = requester.locator("#itsm_files >> xpath=..")
    expect(files).to_contain_text("door.txt")

    answer(page_factory("browser-agent"), ticket_id, "I am on my way.")

    requester.visitor.open("/my/tickets", f"a:has-text('{number}')")
    look(requester)
    requester.visitor.open(
        f"/my/tickets/{ticket_id}", ".o-mail-Message:has-text('I am on my way.')"
    )
    look(requester)
    expect(requester.locator("#wrap")).to_contain_text("The lock was oiled.")
    requester.click(".o_itsm_actions form[action$='/confirm'] button")
    # The steps stand on the page before, too; the message is on the next one only.
    requester.wait_for_selector(".alert-success")
    requester.wait_for_selector(".o_itsm_steps")
    expect(requester.locator("form[action$='/confirm']")).to_have_count(0)


def test_requester_reopens_with_a_reason(page_factory, live_server, tmp_path):
    """A solution that does not hold goes back to the agent, with the words why."""
    requester = page_factory("browser-nurse", PHONE)
    _number, ticket_id = submit(requester, "The screen flickers", tmp_path)
    agent = page_factory("browser-agent")
    answer(agent, ticket_id, "Please try again.")
    requester.visitor.open(f"/my/tickets/{ticket_id}", ".o_itsm_actions")
    look(requester)
    requester.click("details:has(#itsm_reason_reopen) summary")
    requester.fill("#itsm_reason_reopen", "It flickers again.")
    requester.click("form[action$='/reopen'] button")
    requester.wait_for_selector(".o-mail-Message:has-text('It flickers again.')")
    agent.visitor.open(
        f"/odoo/itsm-tickets/{ticket_id}",
        ".o-mail-Message:has-text('It flickers again.')",
    )
    # Where there is little room the bar folds into a list.
    agent.wait_for_selector(
        "button.o_arrow_button_current:has-text('In Progress')", state="attached"
    )


def test_agents_see_each_other(page_factory, tmp_path):
    """An agent sees who else has the ticket open and that they are writing."""
    requester = page_factory("browser-nurse")
    _number, ticket_id = submit(requester, "The keyboard is sticky", tmp_path)
    first = page_factory("browser-agent")
    first.visitor.open(f"/odoo/itsm-tickets/{ticket_id}", ".o_form_view")
    second = page_factory("browser-other")
    second.visitor.open(f"/odoo/itsm-tickets/{ticket_id}", ".o_form_view")
    second.wait_for_selector(".o_itsm_presence:has-text('Albert Agent')")
    first.click(".o-mail-Chatter-sendMessage")
    composer = first.locator(".o-mail-Composer-input")
    composer.press_sequentially("Have you tried …")
    first.wait_for_selector(".o_itsm_presence:has-text('Olga Other')")
    writing = second.locator(".o_itsm_presence", has_text="writing")

    def seen_while_writing():
        # Who pauses is soon not writing any more: however long it takes, go on.
        composer.press("e")
        return writing.is_visible()

    wait_for(seen_while_writing, "the other agent sees the writing")
