"""A disturbance is announced; staff say “Me too”; the all-clear ends it.

Any JavaScript error of our pages fails the test (see ``page_factory``).
"""

import pytest
from outside import Database, header_button, wait_for
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

PHONE = (375, 812)
TITLE = "The lifts stand still"
DATA = """
team = env.ref("itsm_helpdesk.team_it_line1")
users = env["res.users"].with_context(no_reset_password=True).create([
    {"name": name, "login": login, "password": login, "tz": "UTC",
     "email": f"{login}@example.com",
     "group_ids": [(6, 0, [env.ref(group).id])]}
    for login, name, group in (
        ("nt-leader", "Nora Leader", "itsm_helpdesk.group_itsm_leader"),
        ("nt-nurse", "Nadia Notice", "base.group_portal"),
        ("nt-porter", "Paul Porter", "base.group_portal"),
    )
])
team.leader_id = users[0]
team.member_ids = [(4, users[0].id)]
team.desk_id.portal_published = True
ticket = env["itsm.ticket"].create({
    "name": "Secret of the lift", "type": "incident", "desk_id": team.desk_id.id,
    "team_id": team.id, "user_id": users[0].id, "partner_id": users[2].partner_id.id,
})
env.cr.commit()
print(ticket.id)
"""


@pytest.fixture(scope="module")
def ticket(live_server):
    """The database, and the id of a ticket that many are hit by."""
    return Database(live_server), int(live_server.shell(DATA).split()[-1])


def announce(page, ticket_id):
    """Announce what a ticket is about, and send it."""
    page.visitor.open(f"/odoo/itsm-tickets/{ticket_id}", ".o_form_view")
    header_button(page, "action_announce").click()
    title = page.locator("[name=name] input, [name=name] textarea").first
    expect(title).to_have_value("{{service}} does not work right now")
    title.fill(TITLE)
    header_button(page, "action_send").click()
    dialog = page.locator(".modal")
    expect(dialog.locator("[name=people_count]")).not_to_have_text("0")
    dialog.get_by_role("button", name="Send Now").click()
    expect(dialog).to_have_count(0)


def test_notice_me_too_all_clear(page_factory, ticket):
    database, ticket_id = ticket
    leader = page_factory("nt-leader")
    announce(leader, ticket_id)

    nurse = page_factory("nt-nurse", PHONE)
    nurse.visitor.open("/my/desk", ".o_itsm_desk")
    banner = nurse.locator("article", has_text=TITLE)
    banner.get_by_role("button", name="Me too").click()
    expect(nurse.get_by_role("status").first).to_contain_text("Thank you")
    nurse.visitor.open("/my/tickets/new", ".o_itsm_portal")
    expect(nurse.locator("article", has_text=TITLE)).to_contain_text("We know")
    nurse.visitor.open("/my/tickets", ".o_itsm_portal")
    joined = nurse.locator(".o_itsm_joined_list")
    expect(joined).to_contain_text(TITLE)
    expect(joined).not_to_contain_text("Secret")
    # Whose ticket it is need not join it.
    porter = page_factory("nt-porter", PHONE)
    porter.visitor.open("/my/desk", ".o_itsm_desk")
    expect(porter.get_by_role("button", name="Me too")).to_have_count(0)
    count = "SELECT affected_count FROM itsm_ticket WHERE id = %s"
    assert database.value(count, ticket_id) == 2

    leader.visitor.open(f"/odoo/itsm-tickets/{ticket_id}", ".o_form_view")
    resolve(leader)
    alert = leader.locator(".alert-success")
    alert.get_by_role("button", name="Send All-Clear").click()
    dialog = leader.locator(".modal")
    expect(dialog.locator("[name=body]")).to_contain_text("works again")
    dialog.get_by_role("button", name="Send Now").click()
    expect(dialog).to_have_count(0)
    expect(alert).to_have_count(0)
    cleared = (
        "SELECT cleared_at IS NOT NULL FROM itsm_announcement WHERE ticket_id = %s"
    )
    wait_for(lambda: database.value(cleared, ticket_id), "the all-clear")

    nurse.visitor.open("/my/desk", ".o_itsm_desk")
    expect(nurse.locator("article.alert-success")).to_contain_text(TITLE)
    expect(nurse.get_by_role("button", name="Me too")).to_have_count(0)


def resolve(page):
    """Solve the ticket in its dialog."""
    page.locator(".o_form_statusbar button", has_text="Resolve").first.click()
    dialog = page.locator(".modal")
    dialog.locator("[name=resolution_code_id] input").click()
    page.visitor.choose_first()
    dialog.locator("[name=resolution] textarea").fill("The fuse was changed.")
    dialog.locator("button[name=action_apply]").click()
    expect(dialog).to_have_count(0)
