"""Requests from the catalogue, as everybody involved does their part in a browser.

A requester asks, those responsible approve on a phone and from a mail, three desks
deliver, the requester confirms and rates. Any JavaScript error of our pages fails the
test (see ``page_factory``).
"""

import re
from pathlib import Path

import pytest
from outside import Database
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

PHONE = (375, 812)
DATA = Path(__file__).with_name("catalogue_data.py")
RUN_TASKS = "env.ref('itsm_helpdesk.ir_cron_run_tasks').method_direct_trigger()"
CURRENT_STEP = ".o_itsm_steps li[aria-current=step]"


@pytest.fixture(scope="module")
def database(live_server):
    """The live server's database, with people and services."""
    live_server.shell(f"{DATA.read_text(encoding='utf-8')}\nmake(env)\n")
    return Database(live_server)


@pytest.fixture
def sign_in(page_factory, database):
    """Call with a login (and a size) to get that person's page."""

    def sign_in(login=None, *size):
        page = page_factory(login, *size)
        page.set_default_timeout(20_000)
        return page

    return sign_in


# ----------------------------------------------------------------------------
# The portal
# ----------------------------------------------------------------------------


def visit(page, path, selector="#wrap"):
    """Open a page of the portal; nothing of it is wider than the screen."""
    page.visitor.open(path, selector)
    look(page)


def look(page):
    """Wait until the page's scripts are there, and measure it."""
    page.wait_for_selector("body[is-ready=true]", state="attached")
    width, inner = page.evaluate(
        "[document.documentElement.scrollWidth, window.innerWidth]"
    )
    assert width <= inner, f"{page.url} is {width} px wide on {inner} px"


def find(page, words, service):
    """Type a part of a word on the home and open the service that is suggested."""
    visit(page, "/my/desk")
    page.locator(".o_itsm_desk input[name=search]").press_sequentially(words)
    page.get_by_role("option", name=service).click()
    page.wait_for_url(re.compile(r"/my/services/\d+"))
    expect(page.locator("h1")).to_have_text(service)
    look(page)


def open_form(page, words, service):
    """Find a service and open its form."""
    find(page, words, service)
    page.get_by_role("link", name="Request", exact=True).click()
    page.wait_for_selector("#itsm_request_form")
    look(page)


def send(page, button="Send request"):
    """Send the form; return the id of the ticket that it leads to."""
    page.get_by_role("button", name=button).click()
    page.wait_for_url(re.compile(r"/my/tickets/\d+"))
    look(page)
    return int(re.search(r"/my/tickets/(\d+)", page.url)[1])


def question(page, key):
    """Return a question of the form."""
    return page.locator(f".o_itsm_question[data-question={key}]")


def tick(page, key, *values):
    """Choose answers of a question."""
    for value in values:
        page.check(f"[name=q_{key}][value={value}]")


def ask_for_armchair(page, price="90"):
    """Ask for an armchair; return the id of the ticket."""
    open_form(page, "椅", "Armchair")
    page.fill("[name=q_room]", "3.12")
    page.fill("[name=q_price]", price)
    return send(page)


def decide(page, verb, text=""):
    """Open “Approve” or “Reject”, write a few words and send them."""
    page.locator("summary", has_text=verb).click()
    page.fill(f"#itsm_approval_{verb.lower()}", text)
    look(page)
    page.get_by_role("button", name=f"{verb} now").click()


def decide_on_portal(page, title, verb, text=""):
    """Decide on what stands among “My approvals”, coming from the home."""
    visit(page, "/my")
    tile = page.locator("a[href='/my/approvals']").first
    expect(tile).to_contain_text(re.compile(r"[1-9]"))
    tile.click()
    page.locator(".o_itsm_approval_waits", has_text=title).click()
    page.wait_for_selector("#itsm_approval_decide")
    look(page)
    decide(page, verb, text)
    page.wait_for_selector(".alert-success")
    look(page)


# ----------------------------------------------------------------------------
# The back office and the database
# ----------------------------------------------------------------------------


def do_task(page, name, checks=()):
    """Do a task that stands among “My Tasks”, with its checklist."""
    page.visitor.open("/odoo/itsm-my-tasks", ".o_kanban_view")
    page.locator(".o_kanban_record", has_text=name).click()
    page.click("button[name=action_start]:visible")
    page.wait_for_selector(".o_arrow_button_current[data-value=doing]")
    for check in checks:
        row = page.locator("[name=check_ids] .o_data_row", has_text=check)
        row.locator("[name=is_done] input").check()
    page.click("button[name=action_done]:visible")
    page.wait_for_selector(".o_arrow_button_current[data-value=done]")


def mail_link(database, login):
    """Return the way to decide that the last mail to somebody shows."""
    body = database.value(
        "SELECT m.body_html FROM mail_mail m "
        "JOIN mail_mail_res_partner_rel r ON r.mail_mail_id = m.id "
        "JOIN res_users u ON u.partner_id = r.res_partner_id "
        "WHERE u.login = %s ORDER BY m.id DESC LIMIT 1",
        login,
    )
    return re.search(r"/approval/[^\"?&]+", body)[0]


def ticket_of(database, ticket_id):
    """Return state, code of the resolution and of the closure."""
    return database.rows(
        "SELECT t.state, r.code, c.code FROM itsm_ticket t "
        "LEFT JOIN itsm_resolution_code r ON r.id = t.resolution_code_id "
        "LEFT JOIN itsm_closure_code c ON c.id = t.closure_code_id WHERE t.id = %s",
        ticket_id,
    )[0]


def answers_of(database, ticket_id):
    """Return the answers that are kept."""
    return database.value("SELECT answers FROM itsm_ticket WHERE id = %s", ticket_id)


def votes_of(database, ticket_id):
    """Return who decided what, how and with which words, in order."""
    return database.rows(
        "SELECT p.name, v.state, v.decision, v.way, v.comment "
        "FROM itsm_approval_vote v "
        "JOIN itsm_approval a ON a.id = v.approval_id "
        "JOIN res_partner p ON p.id = v.partner_id "
        "WHERE a.res_model = 'itsm.ticket' AND a.res_id = %s ORDER BY v.id",
        ticket_id,
    )


def approvals_of(database, ticket_id):
    """Return the states of the approvals, in order."""
    rows = database.rows(
        "SELECT state FROM itsm_approval "
        "WHERE res_model = 'itsm.ticket' AND res_id = %s ORDER BY id",
        ticket_id,
    )
    return [state for (state,) in rows]


def clock_of(database, ticket_id):
    """Return the state of the ticket's clock and what it waited for."""
    state = database.value(
        "SELECT state FROM itsm_sla_clock "
        "WHERE res_model = 'itsm.ticket' AND res_id = %s",
        ticket_id,
    )
    pauses = database.rows(
        "SELECT s.cause FROM itsm_sla_segment s "
        "JOIN itsm_sla_clock c ON c.id = s.clock_id "
        "WHERE c.res_model = 'itsm.ticket' AND c.res_id = %s AND s.phase = 'paused'",
        ticket_id,
    )
    return state, {cause for (cause,) in pauses}


# ----------------------------------------------------------------------------
# The scenarios
# ----------------------------------------------------------------------------


def fill_newcomer(page):
    """Fill in the form; questions come and go with what is ticked."""
    page.fill("[name=q_first_name]", "Ada")
    page.fill("[name=q_start]", "2099-12-01")
    for key in ("role", "areas", "phone_kind"):
        expect(question(page, key)).to_be_hidden()
    tick(page, "needs", "account", "badge", "phone")
    tick(page, "role", "nurse")
    tick(page, "areas", "house", "pharmacy")
    tick(page, "phone_kind", "mobile")
    page.uncheck("[name=q_needs][value=phone]")
    expect(question(page, "phone_kind")).to_be_hidden()


def resume_newcomer(page):
    """Leave the form, take it up from the home, and send what is complete."""
    expect(page.locator(".o_itsm_draft_status")).to_contain_text("Saved at")
    visit(page, "/my/desk")
    page.locator(".o_itsm_wait_draft", has_text="New Employee").click()
    expect(page.locator("[name=q_first_name]")).to_have_value("Ada")
    expect(page.locator("[name=q_role][value=nurse]")).to_be_checked()
    expect(page.locator("[name=q_phone_kind]:checked")).to_have_value("")
    look(page)
    page.get_by_role("button", name="Send request").click()
    expect(question(page, "last_name").locator(".o_itsm_error")).not_to_be_empty()
    expect(page.locator("[name=q_last_name]")).to_be_focused()
    page.fill("[name=q_last_name]", "Byron")
    return send(page)


def decide_by_mail(page, database, ticket_id):
    """Open the link of the mail twice, decide, and find it used."""
    link = mail_link(database, "cat-staff")
    for _time in range(2):
        visit(page, link)
    assert votes_of(database, ticket_id)[1][1] == "waiting", "opening must not decide"
    decide(page, "Approve", "Welcome on board.")
    page.wait_for_selector(".fa-check-circle")
    visit(page, link, ".fa-info-circle")
    assert not page.locator("form button[type=submit]:visible").count()
    # A used link is gone: that is what its page says, and no fault of it.
    assert page.visitor.errors == [f"HTTP 410: {page.url}"]
    page.visitor.errors.clear()


def follow(page, ticket_id, step, words="", ready=None):
    """See on the portal how far the request is."""
    visit(page, f"/my/tickets/{ticket_id}", CURRENT_STEP)
    expect(page.locator(f"{CURRENT_STEP} .o_itsm_step_label")).to_have_text(step)
    expect(page.locator(".o_itsm_steps")).to_contain_text(words)
    if ready is not None:
        expect(page.locator(".o_itsm_part")).to_have_count(3)
        expect(page.locator(".o_itsm_part .fa-check-circle")).to_have_count(ready)


def confirm_and_rate(page):
    """Confirm that everything is there, and give five stars with a word."""
    page.get_by_role("button", name="Yes, I have everything").click()
    page.wait_for_selector(".alert-success")
    page.locator("label[for=itsm_grade_5]").click()
    page.fill("#itsm_rating_comment", "All was there on the first day.")
    page.get_by_role("button", name="Send rating").click()
    page.wait_for_url(re.compile("done=rated"))


def test_new_employee_from_one_form(sign_in, database):
    """Asked once, approved twice, delivered by three desks, confirmed and rated."""
    nurse = sign_in("cat-nurse")
    find(nurse, "新员", "New Employee")
    open_form(nurse, "newcom", "New Employee")
    fill_newcomer(nurse)
    ticket_id = resume_newcomer(nurse)
    answers = answers_of(database, ticket_id)
    assert answers["needs"] == ["account", "badge"]
    assert not answers.get("phone_kind"), "the answer to a hidden question was kept"
    assert clock_of(database, ticket_id)[0] == "paused"

    follow(nurse, ticket_id, "Waiting for approval", "Henry Head")
    decide_on_portal(sign_in("cat-head", PHONE), "Ada Byron", "Approve", "We need her.")
    follow(nurse, ticket_id, "Waiting for approval", "Stella Staffing")
    decide_by_mail(sign_in(None, PHONE), database, ticket_id)
    follow(nurse, ticket_id, "In preparation", "Henry Head, Stella Staffing", 0)

    work = {
        "cat-it": ("Create the account", ["Mailbox", "Ward system"]),
        "cat-house": ("Print the badge", []),
        "cat-office": ("Prepare the welcome folder", []),
    }
    for number, (login, (task, checks)) in enumerate(work.items(), 1):
        step = "Ready" if number == len(work) else "In preparation"
        do_task(sign_in(login), task, checks)
        follow(nurse, ticket_id, step, ready=number)
    confirm_and_rate(nurse)

    assert ticket_of(database, ticket_id) == ("closed", "fulfilled", "confirmed")
    assert votes_of(database, ticket_id) == [
        ("Henry Head", "cast", "approve", "portal", "We need her."),
        ("Stella Staffing", "cast", "approve", "mail", "Welcome on board."),
    ]
    assert clock_of(database, ticket_id) == ("met", {"approval"})
    assert database.rows(
        "SELECT p.name, rating, feedback FROM rating_rating r "
        "JOIN res_partner p ON p.id = r.partner_id "
        "WHERE consumed AND res_model = 'itsm.ticket' AND res_id = %s",
        ticket_id,
    ) == [("Nadia Nurse", 5.0, "All was there on the first day.")]
    assert_parts(database, ticket_id)


def assert_parts(database, ticket_id):
    """Two parts at two desks were resolved by themselves; all tasks are done."""
    parts = database.rows(
        "SELECT d.name->>'en_US', t.state, r.code FROM itsm_ticket t "
        "JOIN itsm_desk d ON d.id = t.desk_id "
        "JOIN itsm_resolution_code r ON r.id = t.resolution_code_id "
        "WHERE t.parent_id = %s ORDER BY t.id",
        ticket_id,
    )
    assert parts == []
    tasks = database.rows(
        "SELECT k.state, count(*) FROM itsm_task k "
        "JOIN itsm_ticket t ON t.id = k.ticket_id "
        "WHERE %s IN (t.id, t.parent_id) GROUP BY k.state",
        ticket_id,
    )
    assert tasks == [("done", 3)]


def test_rejected_with_a_reason(sign_in, database):
    """The requester reads who rejected it and why; nothing is prepared."""
    nurse = sign_in("cat-nurse", PHONE)
    ticket_id = ask_for_armchair(nurse)
    reason = "We have <b>three</b> of them in the cellar."
    decide_on_portal(sign_in("cat-head"), "Armchair", "Reject", reason)
    follow(nurse, ticket_id, "Refused", "Henry Head")
    expect(nurse.locator("[aria-labelledby=itsm_next]")).to_contain_text(reason)
    assert ticket_of(database, ticket_id) == ("cancelled", None, "refused")
    tasks = "SELECT DISTINCT state FROM itsm_task WHERE ticket_id = %s"
    assert database.rows(tasks, ticket_id) == [("cancelled",)]


def test_request_without_an_agent(sign_in, database, live_server):
    """A plan that runs by itself delivers what was asked for."""
    nurse = sign_in("cat-nurse")
    open_form(nurse, "wif", "Guest network")
    nurse.fill("[name=q_guest]", "Grace Guest")
    ticket_id = send(nurse)
    follow(nurse, ticket_id, "In preparation")
    live_server.shell(RUN_TASKS)
    follow(nurse, ticket_id, "Ready")
    expect(nurse.locator("#itsm_conversation")).to_contain_text("open-sesame")
    assert ticket_of(database, ticket_id)[:2] == ("resolved", "fulfilled")
    nobody = "SELECT user_id FROM itsm_task WHERE ticket_id = %s"
    assert database.rows(nobody, ticket_id) == [(None,)]


def test_form_given_back_is_approved_anew(sign_in, database):
    """What was approved and then corrected has to be approved once more."""
    nurse, head = sign_in("cat-nurse", PHONE), sign_in("cat-head")
    ticket_id = ask_for_armchair(nurse, "90")
    decide_on_portal(head, "Armchair", "Approve")
    agent = sign_in("cat-house")
    agent.visitor.open(f"/odoo/itsm-tickets/{ticket_id}", ".o_form_view")
    agent.locator("button", has_text="Give Back the Form").first.click()
    remark = "The price is that of a stool."
    agent.locator(".modal [name=reason] textarea").fill(remark)
    agent.locator(".modal button[name=action_apply]:visible").click()
    agent.wait_for_selector(".alert:has-text('with the requester for corrections')")

    visit(nurse, "/my/desk")
    nurse.locator(".o_itsm_wait_form").click()
    expect(nurse.locator(".o_itsm_waits")).to_contain_text(remark)
    look(nurse)
    nurse.fill("[name=q_price]", "450")
    send(nurse, "Send corrected form")
    follow(nurse, ticket_id, "Waiting for approval", "Henry Head")
    assert approvals_of(database, ticket_id) == ["void", "waiting"]
    assert answers_of(database, ticket_id)["price"] == 450

    decide_on_portal(head, "Armchair", "Approve")
    follow(nurse, ticket_id, "In preparation")
    do_task(agent, "Order the armchair")
    follow(nurse, ticket_id, "Ready")
    assert approvals_of(database, ticket_id) == ["void", "granted"]
