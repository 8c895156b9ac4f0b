"""Somebody with a phone scans the label at a door: three taps, a photo, sent.

Any JavaScript error of our pages fails the test (see ``page_factory``).
"""

import re

import pytest
from outside import Database, check_width
from PIL import Image
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

PHONE = (375, 812)
# What a finger needs, in pixels.
TOUCH = 44
PREPARE = """
from odoo.fields import Command
nurse = env["res.users"].with_context(no_reset_password=True).create({
    "name": "Nina Nurse", "login": "scan-nurse", "password": "scan-nurse",
    "email": "scan-nurse@example.com", "tz": "UTC",
    "group_ids": [Command.set(env.ref("base.group_portal").ids)],
})
env["hr.employee"].create({
    "name": nurse.name, "work_contact_id": nurse.partner_id.id,
})
env["itsm.desk.pack"].search([("key", "=", "facilities")]).install()
env["itsm.desk.pack"].search([("key", "=", "vehicles")]).install()
house = env["itsm.location"].create({"name": "House A", "kind": "building"})
ward = env["itsm.location"].create({
    "name": "Ward 3", "code": "A-3", "kind": "room", "parent_id": house.id,
})
desk = env["itsm.desk.pack"].search([("key", "=", "vehicles")]).desk_id
car = env["itsm.bookable"].create({
    "name": "Blue Car", "code": "AB 123", "kind": "vehicle", "desk_id": desk.id,
    "location_id": house.id,
})
(ward | house)._ensure_tokens()
env.cr.commit()
print(ward.token, car.token)
"""


@pytest.fixture(scope="module")
def labels(live_server):
    """The tokens of a ward and of a car, and the database."""
    ward, car = live_server.shell(PREPARE).split()[-2:]
    return ward, car, Database(live_server)


@pytest.fixture
def visit(page_factory, labels):
    """Call with a login, or none, to get a phone."""

    def visit(login=None):
        return page_factory(login, PHONE)

    return visit


@pytest.fixture(scope="module")
def photo(tmp_path_factory):
    """A photo as large as a phone takes it."""
    path = tmp_path_factory.mktemp("photos") / "leak.jpg"
    Image.new("RGB", (3000, 4000), "teal").save(path, "JPEG")
    return path


def look(page):
    """Nothing is wider than the phone, and a finger hits what is to be tapped."""
    check_width(page)
    heights = page.eval_on_selector_all(
        ".o_itsm_place .o_itsm_tile, .o_itsm_place .o_itsm_choice, .o_itsm_place .btn",
        "found => found.map(each => each.getBoundingClientRect().height)",
    )
    assert heights
    assert all(height >= TOUCH for height in heights if height), heights


def ticket_of(page, database):
    """Return what the ticket says that the page shows."""
    (number,) = re.findall(r"/my/tickets/(\d+)", page.url)
    rows = database.rows(
        "SELECT s.code, l.name, c.code, t.id FROM itsm_ticket t "
        "JOIN itsm_service s ON s.id = t.service_id "
        "LEFT JOIN itsm_location l ON l.id = t.location_id "
        "JOIN itsm_channel c ON c.id = t.channel_id WHERE t.id = %s",
        int(number),
    )
    return rows[0]


def test_leak_in_under_half_a_minute(visit, labels, photo):
    """Scanned by somebody who has to sign in first, and then types nothing."""
    token, _car, database = labels
    page = visit()
    page.goto(f"/itsm/place/{token}")
    page.fill("input[name=login]", "scan-nurse")
    page.fill("input[name=password]", "scan-nurse")
    page.click(".oe_login_form button[type=submit]")
    page.wait_for_selector(".o_itsm_place")
    assert page.url.endswith(f"/itsm/place/{token}"), "back at the place"
    expect(page.locator(".o_itsm_place_head")).to_contain_text("Ward 3")
    look(page)

    page.goto(f"/itsm/place/{token}")
    page.locator(".o_itsm_tile", has_text="Water, Taps and Drains").click()
    page.wait_for_selector("#itsm_request_form")
    look(page)
    page.locator("[name=q_what][value=leak]").check()
    page.set_input_files("[name=q_photos]", photo)
    look(page)
    page.get_by_role("button", name="Send", exact=True).click()
    page.wait_for_url(re.compile(r"/my/tickets/\d+"))

    *facts, ticket_id = ticket_of(page, database)
    assert facts == ["facilities-leak", "Ward 3", "qr"]
    photos = database.rows(
        "SELECT name, mimetype FROM ir_attachment WHERE res_model = 'itsm.ticket' "
        "AND res_id = %s AND res_field IS NULL",
        ticket_id,
    )
    assert photos == [("leak.jpg", "image/jpeg")]


def test_what_is_missing_is_asked_for(visit, labels):
    """Sent too early: the page says what to tap, and keeps the rest."""
    token, _car, database = labels
    page = visit("scan-nurse")
    page.goto(f"/itsm/place/{token}")
    page.locator(".o_itsm_tile", has_text="Water, Taps and Drains").click()
    page.get_by_role("button", name="Send", exact=True).click()
    problem = page.locator("[data-question=what] .o_itsm_error")
    expect(problem).not_to_be_empty()
    look(page)
    page.locator("[name=q_what][value=blocked]").check()
    page.get_by_role("button", name="Send", exact=True).click()
    page.wait_for_url(re.compile(r"/my/tickets/\d+"))
    assert ticket_of(page, database)[:3] == ("facilities-leak", "Ward 3", "qr")


def test_all_questions_with_what_was_tapped(visit, labels):
    """Who has more to say gets the whole form; the place and the answers are there."""
    token, _car, database = labels
    page = visit("scan-nurse")
    page.goto(f"/itsm/place/{token}")
    page.locator(".o_itsm_tile", has_text="Water, Taps and Drains").click()
    page.locator("[name=q_what][value=leak]").check()
    page.get_by_role("button", name="All questions of this service").click()
    expect(page.locator(".o_itsm_place_head")).to_contain_text("Ward 3")
    expect(page.locator("[name=q_what][value=leak]")).to_be_checked()
    check_width(page)
    page.get_by_role("button", name="Send request").click()
    page.wait_for_url(re.compile(r"/my/tickets/\d+"))
    assert ticket_of(page, database)[:3] == ("facilities-leak", "Ward 3", "qr")


def test_label_of_a_car(visit, labels):
    """The thing is named, and its number plate is not asked for."""
    _ward, token, database = labels
    page = visit("scan-nurse")
    page.goto(f"/itsm/place/{token}")
    expect(page.locator(".o_itsm_place_head")).to_contain_text("Blue Car")
    expect(page.locator(".o_itsm_tile", has_text="Water")).to_have_count(0)
    look(page)
    page.locator(".o_itsm_tile", has_text="Car Is Broken").click()
    page.wait_for_selector("#itsm_request_form")
    expect(page.locator("[name=q_plate]")).to_have_count(0)
    look(page)
    page.locator("[name=q_what][value=tyre]").check()
    page.get_by_role("button", name="Send", exact=True).click()
    page.wait_for_url(re.compile(r"/my/tickets/\d+"))
    *facts, ticket_id = ticket_of(page, database)
    assert facts == ["vehicles-fault", "House A", "qr"]
    thing = database.value(
        "SELECT b.name->>'en_US' FROM itsm_ticket t "
        "JOIN itsm_bookable b ON b.id = t.bookable_id WHERE t.id = %s",
        ticket_id,
    )
    assert thing == "Blue Car"
