"""A meeting of the advisory board, from its agenda to its minutes.

A coordinator makes the agenda and invites; one member votes on the screen of the
meeting, another one on the portal; the coordinator closes it. Any JavaScript error of
our pages fails the test.
"""

import re

import pytest
from catalogue_pages import look, visit
from outside import Database, wait_for
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

PHONE = (375, 812)
DATA = """
def make(env):
    from datetime import timedelta
    from odoo import fields
    from odoo.fields import Command

    quiet = env(context=dict(env.context, no_reset_password=True))
    people = quiet["res.users"].create([
        {
            "name": name, "login": login, "password": login, "tz": "UTC",
            "email": f"{login}@example.com",
            "group_ids": [Command.set([env.ref(group).id])],
        }
        for login, name, group in [
            ("cab-coord", "Cleo Coordinator", "itsm_change.group_change_coordinator"),
            ("cab-in", "Berta Board", "itsm_change.group_change_user"),
            ("cab-out", "Bea Ward", "base.group_portal"),
            ("cab-imp", "Ian Implementer", "itsm_change.group_change_user"),
        ]
    ])
    # Its greeting would cover the screen of a phone.
    people.odoobot_state = "disabled"
    coordinator, inside, outside, implementer = people
    Policy = env["itsm.approval.policy"]
    Policy.search([("res_model", "=", "itsm.change")]).active = False
    line = {"approver_type": "role", "role": "cab", "rule": "all"}
    step = {"name": "The Board", "line_ids": [Command.create(line)]}
    Policy.create({
        "name": "The board", "res_model": "itsm.change",
        "step_ids": [Command.create(step)],
    })
    env["itsm.cab"].search([]).active = False
    board = env["itsm.cab"].create({
        "name": "Board of the House",
        "member_ids": [
            Command.create({"user_id": user.id}) for user in (inside, outside)
        ],
    })
    start = fields.Datetime.today() + timedelta(days=60, hours=22)
    for name, risk in (("Small change", "low"), ("Big change", "high")):
        change = env["itsm.change"].create({
            "name": name, "implementer_id": implementer.id, "reason": "Too old.",
            "description": "<ul><li>Stop it</li><li>Replace it</li></ul>",
            "planned_start": start, "planned_end": start + timedelta(hours=2),
        })
        change._write_system({"risk": risk, "state": "authorize"})
        change.with_user(coordinator)._ask_approval()
    meeting = env["itsm.cab.meeting"].with_user(coordinator).create({
        "cab_id": board.id, "start": fields.Datetime.now() + timedelta(days=1),
        "present_ids": [Command.set(inside.partner_id.ids)],
    })
    env.cr.commit()
    print(meeting.id)
make(env)
"""
ROWS = ".o_field_widget[name=agenda_ids] .o_data_row"
APPROVED = (
    "SELECT count(*) FROM itsm_approval_vote AS vote"
    " JOIN itsm_approval AS approval ON approval.id = vote.approval_id"
    " WHERE vote.state = 'cast' AND approval.name LIKE %s"
)
OUTCOMES = (
    "SELECT change.name, agenda.outcome, agenda.moved_to_id IS NOT NULL"
    " FROM itsm_cab_agenda AS agenda JOIN itsm_change AS change"
    " ON change.id = agenda.change_id WHERE agenda.meeting_id = %s ORDER BY 1"
)


@pytest.fixture(scope="module")
def meeting_id(live_server):
    """The id of a meeting whose agenda is empty; two changes wait for its board."""
    return int(live_server.shell(DATA).split()[-1])


def row_of(page, change):
    """Return the row of a change on the agenda."""
    return page.locator(ROWS, has_text=change)


def test_a_meeting(page_factory, meeting_id, live_server):
    """Agenda by risk, votes here and there, outcomes, and what moves on."""
    database = Database(live_server)
    path = f"/odoo/itsm-board-meetings/{meeting_id}"
    chair = page_factory("cab-coord")
    chair.visitor.open(path, ".o_form_view")
    chair.locator("button[name=action_fill_agenda]:visible").click()
    expect(chair.locator(ROWS)).to_have_count(2)
    expect(chair.locator(ROWS).first).to_contain_text("Big change")
    chair.locator("button[name=action_invite]:visible").click()
    expect(chair.locator("button[name=action_open_event]")).to_be_visible()
    expect(chair.locator("button[name=action_vote_approve]")).to_have_count(0)

    member = page_factory("cab-in")
    member.visitor.open(path, ".o_form_view")
    row_of(member, "Big change").locator("button[name=action_vote_approve]").click()
    member.locator(".modal-dialog button[name=action_confirm]").click()
    expect(row_of(member, "Big change")).to_contain_text("For: Berta Board")
    expect(
        row_of(member, "Big change").locator("button[name=action_vote_approve]")
    ).to_have_count(0)
    expect(row_of(member, "Small change")).to_contain_text("Waiting for")

    guest = page_factory("cab-out", PHONE)
    visit(guest, "/my/approvals", ".o_itsm_approvals")
    guest.locator("a", has_text="Big change").first.click()
    facts = guest.locator(".o_itsm_approval_facts")
    expect(facts).to_contain_text(re.compile(r"• Stop it\s+• Replace it"))
    look(guest)
    guest.locator("summary.btn-success").click()
    guest.locator("form[action$='/approve'] button[type=submit]").click()
    expect(guest.locator(".alert-success")).to_be_visible()
    wait_for(lambda: database.value(APPROVED, "%Big change") == 2, "the second vote")

    chair.visitor.open(path, ".o_form_view")
    expect(row_of(chair, "Big change")).to_contain_text("Bea Ward")
    chair.locator("button[name=action_close]:visible").click()
    chair.locator(".modal-dialog button.btn-primary").click()
    expect(chair.locator("button[name=action_send_minutes]:visible")).to_be_visible()
    assert database.rows(OUTCOMES, meeting_id) == [
        ("Big change", "approved", False),
        ("Small change", "deferred", True),
    ]
    chair.locator("button[name=action_send_minutes]:visible").click()
    expect(chair.locator(".o-mail-Message").first).to_contain_text("Big change")
