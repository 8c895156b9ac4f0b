"""The form of a change says what comes next, and what is missing before it.

An implementer submits, a coordinator is refused, fills what is missing and accepts. Any
JavaScript error of our pages fails the test.
"""

import re

import pytest
from outside import check_width, header_button
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

PHONE = (375, 812)
DATA = """
def make(env):
    from datetime import timedelta
    from odoo import fields

    quiet = env(context=dict(env.context, no_reset_password=True))
    people = quiet["res.users"].create([
        {
            "name": name, "login": login, "password": login, "tz": "UTC",
            "email": f"{login}@example.com",
            "group_ids": [(6, 0, [env.ref(f"itsm_change.group_change_{role}").id])],
        }
        for login, name, role in [
            ("gate-imp", "Ian Implementer", "user"),
            ("gate-coord", "Cleo Coordinator", "coordinator"),
        ]
    ])
    # Its greeting would cover the screen of a phone.
    people.odoobot_state = "disabled"
    server = env["itsm.ci.class"].search([("code", "=", "server")])
    item = env["itsm.ci"].create({
        "name": "Gate server", "class_id": server.id, "company_id": env.company.id,
    })
    start = fields.Datetime.today() + timedelta(days=90, hours=22)
    change = env["itsm.change"].with_user(people[0]).create({
        "name": "Behind the gates", "implementer_id": people[0].id,
        "reason": "Too old.", "planned_start": start,
        "planned_end": start + timedelta(hours=2),
        "ci_link_ids": [(0, 0, {"ci_id": item.id})],
        "implementation_plan": "<p>Do it.</p>", "test_plan": "<p>Look.</p>",
    })
    env.cr.commit()
    print(change.id)
make(env)
"""
PANEL = ".o_form_view .alert[name^=next_step]:visible"


@pytest.fixture(scope="module")
def change_id(live_server):
    """The id of a draft whose back-out plan is missing."""
    return int(live_server.shell(DATA).split()[-1])


@pytest.fixture
def open_change(page_factory, change_id):
    """Call with a login (and a size) to get the form of the change."""

    def open_change(login, *size):
        page = page_factory(login, *size)
        page.visitor.open(f"/odoo/itsm-changes/{change_id}", ".o_form_view")
        return page

    return open_change


def is_in_state(page, state):
    """The status bar shows a state."""
    expect(
        page.locator(f".o_statusbar_status [data-value={state}].o_arrow_button_current")
    ).to_have_count(1)


def test_from_draft_to_accepted(open_change):
    """What is missing is told, refused, and gone when it is filled."""
    page = open_change("gate-imp")
    panel = page.locator(PANEL)
    expect(panel).to_contain_text("submit it to a change coordinator")
    expect(panel).to_contain_text("Write the back-out plan.")
    header_button(page, "action_submit").click()
    is_in_state(page, "assess")
    expect(page.locator("button[name=action_accept]:visible")).to_have_count(0)

    page = open_change("gate-coord")
    panel = page.locator(PANEL)
    expect(panel).to_contain_text("still missing")
    expect(panel).to_contain_text("Write the back-out plan.")
    accept = header_button(page, "action_accept")
    expect(accept).not_to_have_class(re.compile("btn-primary"))
    accept.click()
    refusal = page.locator(".modal-dialog")
    expect(refusal).to_contain_text("Write the back-out plan.")
    page.visitor.errors.clear()
    refusal.locator("button.btn-primary").click()

    page.locator(".o_notebook a[name=plans]").click()
    page.locator("div[name=backout_plan] .odoo-editor-editable").fill("Restore it.")
    page.locator(".o_form_button_save").click()
    expect(panel).not_to_contain_text("Write the back-out plan.")
    expect(panel).to_contain_text("There is a back-out plan")


def test_on_a_phone(open_change):
    """The panel is read without scrolling sideways."""
    page = open_change("gate-coord", PHONE)
    expect(page.locator(PANEL)).to_contain_text("Next:")
    check_width(page)
