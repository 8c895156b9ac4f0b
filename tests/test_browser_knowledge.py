"""An article is suggested while somebody types, helps, and no ticket is opened.

And the agent puts one into the solution with one click. Any JavaScript error of our
pages fails the test (see ``page_factory``).
"""

import re
from pathlib import Path

import pytest
from catalogue_pages import look, visit
from outside import Database, wait_for
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

PHONE = (375, 812)
LANGUAGES = {"kb-wang": "zh_CN"}
DATA = Path(__file__).with_name("knowledge_data.py")
ENGLISH, CHINESE = "Printer jams: take out the paper", "打印机卡纸：取出纸张"
DEFLECTED = "SELECT count(*) FROM itsm_article_use WHERE kind = 'deflected'"
TICKETS = "SELECT count(*) FROM itsm_ticket"
LAST_SEARCH = (
    "SELECT text, place, result_count, is_opened FROM itsm_article_search"
    " ORDER BY id DESC LIMIT 1"
)


@pytest.fixture(scope="module")
def database(live_server):
    """The live server's database, with articles and readers."""
    live_server.shell(f"{DATA.read_text(encoding='utf-8')}\nmake(env)\n")
    return Database(live_server)


@pytest.fixture
def sign_in(page_factory, database):
    """Call with a login (and a size) to get that person's page, in their language."""

    def in_language(login, *size):
        page = page_factory(login, *size)
        chosen = {"name": "frontend_lang", "value": LANGUAGES.get(login, "en_US")}
        page.context.add_cookies([{**chosen, "url": page.url}])
        return page

    return in_language


def begin_ticket(page, words):
    """Begin a new ticket with a subject, as a person types it."""
    visit(page, "/my/tickets/new")
    desk = page.locator(".o_itsm_card", has_text="IT Service Desk")
    if desk.count():
        desk.click()
    page.wait_for_selector("#itsm_ticket_form")
    look(page)
    page.locator("#itsm_name").press_sequentially(words)


def suggested(page, name):
    """Return the article that is suggested beside a form."""
    return page.locator(".o_itsm_known_answer", has_text=name)


@pytest.mark.parametrize(
    ("login", "words", "name"),
    [("kb-nurse", "My printer jams", ENGLISH), ("kb-wang", "打印机卡纸了", CHINESE)],
)
def test_helped_without_a_ticket(sign_in, database, login, words, name):
    """The article opens over the form; it helps, and the ticket is not opened."""
    tickets, deflected = database.value(TICKETS), database.value(DEFLECTED)
    page = sign_in(login, PHONE)
    begin_ticket(page, words)
    suggested(page, name).click()
    dialog = page.locator("dialog[open]")
    expect(dialog.locator("h2").first).to_have_text(name)
    expect(dialog.locator("li")).to_have_count(2)
    look(page)
    dialog.locator("[data-known=helped]").click()
    page.wait_for_url(re.compile(r"/my/knowledge/\d+\?done=helped"))
    expect(page.locator(".alert-success")).to_be_visible()
    look(page)
    assert database.value(TICKETS) == tickets
    assert database.value(DEFLECTED) == deflected + 1
    [(text, *facts)] = database.rows(LAST_SEARCH)
    assert (text, facts) == (words.casefold(), ["new_ticket", 1, True])


def test_form_stays_as_it_was(sign_in, database):
    """Who looks at an article and goes on has lost nothing, by keyboard too."""
    page = sign_in("kb-nurse")
    begin_ticket(page, "printer")
    expect(suggested(page, ENGLISH)).to_be_visible()
    page.keyboard.press("Tab")
    expect(suggested(page, ENGLISH)).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open]")
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(suggested(page, ENGLISH)).to_be_focused()
    expect(page.locator("#itsm_name")).to_have_value("printer")
    # Who goes on to complain leaves nothing among the searches.
    key = page.locator("[name=portal_key]").input_value()
    noted = "SELECT count(*) FROM itsm_article_search WHERE key = %s"
    assert database.value(noted, key) == 1
    page.get_by_role("link", name="I want to complain").click()
    page.fill("#itsm_text", "Nobody comes.")
    page.get_by_role("button", name="Send the complaint").click()
    page.wait_for_url(re.compile(r"/my/tickets/\d+"))
    assert database.value(noted, key) == 0


def test_suggested_on_the_form_of_a_service(sign_in, database):
    """A service has its articles; more come with free words."""
    service = database.value("SELECT id FROM itsm_service WHERE code = 'kb-toner'")
    page = sign_in("kb-wang", PHONE)
    visit(page, f"/my/services/{service}/request")
    expect(suggested(page, CHINESE)).to_be_visible()
    page.locator("[name=q_more]").press_sequentially("codes of doors")
    expect(suggested(page, "Codes of doors")).to_be_visible()
    look(page)


def test_found_from_the_home(sign_in, database):
    """The search of the home suggests answers; what is missing is a gap."""
    page = sign_in("kb-nurse")
    visit(page, "/my/desk")
    page.locator("input[name=search]").press_sequentially("pirnter")
    page.get_by_role("option", name=ENGLISH).click()
    page.wait_for_url(re.compile(r"/my/knowledge/\d+"))
    look(page)
    page.get_by_role("button", name="Yes").click()
    page.wait_for_url(re.compile("done=thanks"))
    page.fill("#itsm_article_comment", "Which cover?")
    page.get_by_role("button", name="Send comment").click()
    page.wait_for_url(re.compile("done=comment"))
    asked = "SELECT helpful, comment FROM itsm_article_feedback WHERE to_handle"
    assert database.rows(asked) == [(True, "Which cover?")]
    visit(page, "/my/knowledge?search=zeppelin")
    expect(page.locator(".o_itsm_empty")).to_contain_text("zeppelin")
    agent = sign_in("kb-agent")
    agent.visitor.open("/odoo/itsm-knowledge-gaps", ".o_list_view")
    row = agent.locator(".o_data_row", has_text="zeppelin")
    row.get_by_role("button", name="Write Article").click()
    expect(
        agent.locator("[name=name] input, [name=name] textarea").first
    ).to_have_value("Zeppelin")


def test_agent_inserts_an_answer(sign_in, database):
    """What is known stands on the ticket; one click puts it into the solution."""
    ticket = "SELECT id FROM itsm_ticket WHERE name = 'Printer jams on ward nine'"
    ticket_id = database.value(ticket)
    page = sign_in("kb-agent")
    page.visitor.open(f"/odoo/itsm-tickets/{ticket_id}", ".o_itsm_known_row")
    row = page.locator(".o_itsm_known_row", has_text=ENGLISH)
    row.locator(".o_itsm_known_insert").click()
    expect(row.locator(".badge")).to_be_visible()
    solution = "SELECT resolution FROM itsm_ticket WHERE id = %s"
    wait_for(
        lambda: "Pull the paper" in (database.value(solution, ticket_id) or ""),
        "the answer in the solution",
    )
    row.locator(".o_itsm_known_reply").click()
    expect(page.locator(".modal .o_mail_composer_form")).to_be_visible()
