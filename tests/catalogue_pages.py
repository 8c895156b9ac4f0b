"""The catalogue as people see it, and what the database says of it.

Helpers of ``test_browser_catalogue.py``; each takes a page of ``page_factory`` or a
``Database``.
"""

import re

import pytest
from outside import check_width
from playwright.sync_api import expect

CURRENT_STEP = ".o_itsm_steps li[aria-current=step]"

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
    check_width(page)


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
    page.get_by_role("link", name="Request this service").click()
    page.wait_for_selector("#itsm_request_form")
    look(page)


def send(page, button="Send request"):
    """Send the form; return the id of the ticket that it leads to."""
    page.get_by_role("button", name=button).click()
    # The address of a form that was given back goes on after the number.
    page.wait_for_url(re.compile(r"/my/tickets/\d+(?!/)\b"))
    look(page)
    return int(re.search(r"/my/tickets/(\d+)", page.url)[1])


def question(page, key):
    """Return a question of the form."""
    return page.locator(f".o_itsm_question[data-question={key}]")


def tick(page, key, *values):
    """Choose answers of a question."""
    for value in values:
        page.check(f"[name=q_{key}][value={value}]")


def tab_to(page, selector):
    """Press the tabulator until an element has the focus."""
    for _time in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("css => document.activeElement.matches(css)", selector):
            return
    pytest.fail(f"{selector} on {page.url} cannot be reached with the tabulator")


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


def follow(page, ticket_id, step, words="", ready=None):
    """See on the portal how far the request is."""
    visit(page, f"/my/tickets/{ticket_id}", CURRENT_STEP)
    expect(page.locator(f"{CURRENT_STEP} .o_itsm_step_label")).to_have_text(step)
    expect(page.locator(".o_itsm_steps")).to_contain_text(words)
    if ready is not None:
        expect(page.locator(".o_itsm_part")).to_have_count(3)
        expect(page.locator(".o_itsm_part .fa-check-circle")).to_have_count(ready)


# ----------------------------------------------------------------------------
# The back office
# ----------------------------------------------------------------------------


def do_task(page, name, checks=()):
    """Do a task that stands among “My Tasks”, with its checklist."""
    page.visitor.open("/odoo/itsm-my-tasks", ".o_kanban_view")
    page.locator(".o_kanban_record", has_text=name).click()
    page.click("button[name=action_start]:visible")
    page.wait_for_selector(".o_arrow_button_current[data-value=doing]")
    for check in checks:
        row = page.locator("[name=check_ids] .o_data_row", has_text=check)
        row.locator("[name=is_done] input").click()
        expect(row.locator("[name=is_done] input")).to_be_checked()
    page.click("button[name=action_done]:visible")
    page.wait_for_selector(".o_arrow_button_current[data-value=done]")


def choose(page, field, name):
    """Choose a record in a field of a form."""
    page.locator(f".o_field_widget[name={field}] input").fill(name)
    page.locator(".o-autocomplete--dropdown-menu a", has_text=name).first.click()
    expect(page.locator(f".o_field_widget[name={field}] input")).to_have_value(name)


def add_question(page, label, kind, options=()):
    """Add a question to a service's form; its dialog stays open."""
    page.locator("[name=question_ids]").get_by_text(
        "Add a question", exact=True
    ).click()
    dialog = page.locator(".modal")
    dialog.locator("[name=name] input").first.fill(label)
    dialog.locator("[name=type] input").click()
    page.locator(".o_select_menu_item", has_text=kind).first.click()
    for number, option in enumerate(options, 1):
        dialog.get_by_text("Add an option").click()
        row = dialog.locator(f".o_data_row:nth-child({number}).o_selected_row")
        row.locator("[name=name] input").fill(option)
    return dialog


def save_question(page, label):
    """Save the question in the dialog; the service's form lists it."""
    page.locator(".modal .o_form_button_save").click()
    page.wait_for_selector(".modal", state="detached")
    page.wait_for_selector(f"[name=question_ids] .o_data_cell:has-text('{label}')")


# ----------------------------------------------------------------------------
# The database
# ----------------------------------------------------------------------------


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


def parts_of(database, ticket_id):
    """Return desk, state and code of the resolution of the tickets of the parts."""
    return database.rows(
        "SELECT d.name->>'en_US', t.state, r.code FROM itsm_ticket t "
        "JOIN itsm_desk d ON d.id = t.desk_id "
        "JOIN itsm_resolution_code r ON r.id = t.resolution_code_id "
        "WHERE t.parent_id = %s ORDER BY t.id",
        ticket_id,
    )


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
        "SELECT DISTINCT r.code FROM itsm_sla_segment s "
        "JOIN itsm_sla_clock c ON c.id = s.clock_id "
        "JOIN itsm_pending_reason r ON r.id::text = s.cause "
        "WHERE c.res_model = 'itsm.ticket' AND c.res_id = %s AND s.phase = 'paused'",
        ticket_id,
    )
    return state, [code for (code,) in pauses]
