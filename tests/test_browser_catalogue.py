"""Requests from the catalogue, as everybody involved does their part in a browser.

A requester asks, those responsible approve on a phone and from a mail, three desks
deliver, the requester confirms and rates. Any JavaScript error of our pages fails the
test (see ``page_factory``).
"""

import re

import pytest
from catalogue_pages import (
    add_question,
    answers_of,
    approvals_of,
    choose,
    clock_of,
    decide,
    decide_on_portal,
    do_task,
    find,
    follow,
    look,
    mail_link,
    open_form,
    parts_of,
    question,
    save_question,
    send,
    tab_to,
    tick,
    ticket_of,
    visit,
    votes_of,
)
from outside import Database, make_data, wait_for
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

PHONE = (375, 812)
DRAFTS = "SELECT count(*) FROM itsm_request_draft WHERE values::text LIKE %s"
LAST_CHANGE = "%pharmacy%"
RUN_TASKS = "env.ref('itsm_helpdesk.ir_cron_run_tasks').method_direct_trigger()"


@pytest.fixture(scope="module")
def database(live_server):
    """The live server's database, with people and services."""
    make_data(live_server, "catalogue_data")
    return Database(live_server)


@pytest.fixture
def sign_in(page_factory, database):
    """Call with a login (and a size) to get that person's page."""

    return page_factory


def ask_for_armchair(page, room, *extras):
    """Ask for an armchair for 90 with extras; return the id of the ticket."""
    open_form(page, "椅", "Armchair")
    page.fill("[name=q_room]", room)
    page.fill("[name=q_price]", "90")
    for article in extras:
        page.locator("[name$='.article']").last.fill(article)
        page.locator("[name$='.count']").last.fill("2")
        page.get_by_role("button", name="Add a row").click()
        look(page)
    return send(page)


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


def resume_newcomer(page, database):
    """Leave the form, take it up from the home, and send what is complete."""
    expect(page.locator(".o_itsm_draft_status")).to_contain_text("Saved at")
    # It is saved now and then; what was changed last is saved, too.
    wait_for(lambda: database.value(DRAFTS, LAST_CHANGE), "the whole form is saved")
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
    expect(page.locator("form button[type=submit]:visible")).to_have_count(0)
    # A used link is gone: that is what its page says, and no fault of it.
    assert page.visitor.errors == [f"HTTP 410: {page.url}"]
    page.visitor.errors.clear()


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
    ticket_id = resume_newcomer(nurse, database)
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
        # One confirmation is asked for, not one for each part.
        expect(nurse.locator(".o_itsm_parts")).not_to_contain_text("confirm")
    assert parts_of(database, ticket_id) == [
        ("IT Service Desk", "resolved", "fulfilled"),
        ("House Services", "resolved", "fulfilled"),
    ]
    confirm_and_rate(nurse)

    assert ticket_of(database, ticket_id) == ("closed", "fulfilled", "confirmed")
    assert votes_of(database, ticket_id) == [
        ("Henry Head", "cast", "approve", "portal", "We need her."),
        ("Stella Staffing", "cast", "approve", "mail", "Welcome on board."),
    ]
    assert clock_of(database, ticket_id) == ("met", ["approval"])
    assert database.rows(
        "SELECT p.name, rating, feedback FROM rating_rating r "
        "JOIN res_partner p ON p.id = r.partner_id "
        "WHERE consumed AND res_model = 'itsm.ticket' AND res_id = %s",
        ticket_id,
    ) == [("Nadia Nurse", 5.0, "All was there on the first day.")]


def test_rejected_with_a_reason(sign_in, database):
    """The requester reads who rejected it and why; nothing is prepared."""
    nurse = sign_in("cat-nurse", PHONE)
    ticket_id = ask_for_armchair(
        nurse, "3.12", "Antidisestablishmentarianism cushion", "Rug"
    )
    reason = "We have <b>three</b> of them in the cellar."
    decide_on_portal(sign_in("cat-head"), "Armchair for 3.12", "Reject", reason)
    follow(nurse, ticket_id, "Rejected", "Henry Head")
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
    ticket_id = ask_for_armchair(nurse, "4.01")
    decide_on_portal(head, "Armchair for 4.01", "Approve")
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

    decide_on_portal(head, "Armchair for 4.01", "Approve")
    follow(nurse, ticket_id, "In preparation")
    do_task(agent, "Order the armchair")
    follow(nurse, ticket_id, "Ready")
    assert approvals_of(database, ticket_id) == ["void", "granted"]


def test_service_made_by_hand(sign_in, database):
    """A manager makes a service without code, tries it and publishes it."""
    owner = sign_in("cat-owner")
    owner.visitor.open("/odoo/itsm-services", ".o_kanban_view")
    owner.click(".o-kanban-button-new")
    owner.locator("[name=name] input").fill("Loan of a device")
    choose(owner, "desk_id", "House Services")
    owner.click(".nav-link[name=form]")
    add_question(owner, "Which device?", "One of several", ["Laptop", "Tablet"])
    save_question(owner, "Which device?")
    add_question(owner, "Until when?", "Date").locator("[name=required] input").check()
    save_question(owner, "Until when?")
    dialog = add_question(owner, "Which programs?", "Short text")
    shown = dialog.locator("[name=shown_if]")
    shown.locator(".o_itsm_condition_begin").click()
    shown.get_by_label("Question").select_option(label="Which device?")
    shown.get_by_label("Value").select_option(label="Laptop")
    save_question(owner, "Which programs?")
    owner.click(".o_form_button_save")
    try_by_hand(owner, database)
    owner.get_by_role("button", name="Publish", exact=True).click()
    owner.wait_for_selector(".o_arrow_button_current[data-value=published]")

    nurse = sign_in("cat-nurse")
    open_form(nurse, "loan", "Loan of a device")
    fill_loan(nurse)
    ticket_id = send(nurse)
    assert "Spreadsheet" in answers_of(database, ticket_id).values()


def fill_loan(page):
    """Fill in the form that was made by hand; its third question comes and goes."""
    programs = page.get_by_label("Which programs?")
    expect(programs).to_be_hidden()
    page.get_by_label("Laptop").check()
    programs.fill("Spreadsheet")
    page.get_by_label("Tablet").check()
    expect(programs).to_be_hidden()
    page.get_by_label("Laptop").check()
    page.get_by_label("Until when?").fill("2099-12-01")


def try_by_hand(page, database):
    """Try the form before it is published: it tells what would happen."""
    count = (
        "SELECT (SELECT count(*) FROM itsm_ticket), (SELECT count(*) FROM itsm_task)"
    )
    before = database.rows(count)
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Test", exact=True).click()
    form = opened.value
    form.on("pageerror", lambda error: page.visitor.errors.append(str(error)))
    look(form)
    fill_loan(form)
    form.get_by_role("button", name="Show what would happen").click()
    expect(form.locator("#itsm_preview_box")).to_contain_text("Spreadsheet")
    assert database.rows(count) == before, "a test must not be stored"
    form.close()


def test_request_by_keyboard(sign_in, database):
    """From the home to the number of the request with Tab, Space and Enter only."""
    page = sign_in("cat-nurse")
    visit(page, "/my/desk")
    tab_to(page, "input[name=search]")
    page.keyboard.type("joiner")
    page.keyboard.press("Enter")
    for here, link in [
        (r"search=joiner", ".o_itsm_service_card"),
        (r"/my/services/\d+$", "a[href$='/request']"),
    ]:
        page.wait_for_url(re.compile(here))
        look(page)
        tab_to(page, link)
        page.keyboard.press("Enter")
    page.wait_for_selector("#itsm_request_form")
    look(page)
    for field, text in [
        ("[name=q_first_name]", "Grace"),
        ("[name=q_last_name]", "Hopper"),
        ("[name=q_start]", "12012099"),
        ("[name=q_needs][value=account]", " "),
        ("[name=q_role]", " "),
    ]:
        tab_to(page, field)
        page.keyboard.type(text)
    tab_to(page, "#itsm_request_form button[type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/my/tickets/\d+"))
    answers = answers_of(database, int(re.search(r"/tickets/(\d+)", page.url)[1]))
    assert answers["needs"] == ["account"]
    assert answers["role"] == "nurse"
    assert answers["start"] == "2099-12-01"


def test_pages_fit_a_phone(sign_in):
    """Pages that the other scenarios do not show on a phone fit one too."""
    # Not the nurse: what is left behind is offered to its owner again.
    page = sign_in("cat-head", PHONE)
    for path in (
        "/my/services",
        "/my/services?search=nothing-like-it",
        "/my/approvals?filterby=asked",
        "/my/approvals?filterby=decided",
        "/my/approvals/absence",
        "/my/tickets",
        "/my/tickets/new",
    ):
        visit(page, path)
    open_form(page, "newcom", "New Employee")
    tick(page, "needs", "account", "badge", "phone")
    look(page)
    page.get_by_role("button", name="Send request").click()
    expect(question(page, "phone_kind").locator(".o_itsm_error")).not_to_be_empty()
    look(page)
