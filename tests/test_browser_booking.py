"""Booking on a phone: tap what is free, send, be refused what is taken, give it up.

The agent then hands a car over and takes it back at a desk's screen. Any JavaScript
error of our pages fails the test (see ``page_factory``).
"""

import re

import pytest
from outside import Database, check_width
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

PHONE = (375, 812)
PREPARE = """
import datetime
from odoo.fields import Command
new = env["res.users"].with_context(no_reset_password=True).create
portal, agent = (
    env.ref("base.group_portal"), env.ref("itsm_helpdesk.group_itsm_agent")
)
def person(login, name, group):
    return new({
        "name": name, "login": login, "password": login, "tz": "UTC",
        "email": f"{login}@example.com", "group_ids": [Command.set(group.ids)],
    })
person("book-ann", "Ann Phone", portal)
person("book-bob", "Bob Phone", portal)
gus = person("book-gus", "Gus Garage", agent)
desk = env["itsm.desk"].create({"name": "Garage", "resource_calendar_id": False})
team = env["itsm.team"].create({
    "name": "Garage", "desk_id": desk.id, "member_ids": [Command.set(gus.ids)],
})
desk.default_team_id = team
hours = env["resource.calendar"].create({
    "name": "Garage", "tz": "UTC",
    "attendance_ids": [Command.clear()] + [
        Command.create({
            "name": str(day), "dayofweek": str(day), "hour_from": 8, "hour_to": 18,
        })
        for day in range(7)
    ],
})
car = env["itsm.bookable"].create({
    "name": "Blue Car", "kind": "vehicle", "desk_id": desk.id, "capacity": 4,
    "resource_calendar_id": hours.id, "needs_handover": True, "has_meter": True,
    "meter": 500, "description": "Automatic. The key is at the gate.",
})
service = env["itsm.service"].create({
    "name": "Book a Blue Car", "desk_id": desk.id, "booking_kind": "vehicle",
    "booking_what_key": "what", "booking_from_key": "begin",
    "booking_to_key": "stop",
    "question_ids": [
        Command.create({"key": "what", "type": "record", "name": "Car",
                        "res_model": "itsm.bookable", "required": True,
                        "domain": "[('kind', '=', 'vehicle')]", "sequence": 1}),
        Command.create({"key": "begin", "type": "datetime", "name": "From",
                        "required": True, "sequence": 2}),
        Command.create({"key": "stop", "type": "datetime", "name": "To",
                        "required": True, "sequence": 3}),
        Command.create({"key": "where", "type": "char", "name": "Where to?",
                        "required": True, "sequence": 4}),
    ],
})
service.action_publish()
env.cr.commit()
print(car.id, service.id, datetime.date.today() + datetime.timedelta(days=1))
"""


@pytest.fixture(scope="module")
def garage(live_server):
    """The ids of car and service, the day of the booking, and the database."""
    car, service, day = live_server.shell(PREPARE).split()
    return int(car), int(service), day, Database(live_server)


@pytest.fixture
def sign_in(page_factory, garage):
    """Call with a login (and a size) to get that person's page."""
    return page_factory


def fits(page):
    """Nothing is wider than the phone, and what is tapped is large enough."""
    check_width(page)
    heights = page.eval_on_selector_all(
        ".o_itsm_time, .o_itsm_day, .o_itsm_thing",
        "found => found.map(each => each.getBoundingClientRect().height)",
    )
    assert all(height >= 44 for height in heights if height), heights


def choose(page, day, start, stop):
    """Tap the way from the home to the form of the car, filled in."""
    page.goto("/my/desk")
    page.get_by_role("link", name="Book a room, car or thing").click()
    page.wait_for_selector(".o_itsm_book")
    fits(page)
    page.locator(f".o_itsm_day[href*='{day}']").click()
    page.locator(".o_itsm_thing", has_text="Blue Car").click()
    page.wait_for_selector(".o_itsm_times")
    fits(page)
    page.locator(f".o_itsm_time[href*='from={day}T{start}']").click()
    page.wait_for_selector("#until")
    fits(page)
    page.locator(f".o_itsm_time[href*='to={day}T{stop}']").click()
    page.wait_for_selector("#itsm_request_form")
    expect(page.locator("[name=q_begin]")).to_have_value(f"{day}T{start}")
    expect(page.locator("[name=q_stop]")).to_have_value(f"{day}T{stop}")
    page.fill("[name=q_where]", "To the airport")


def send(page):
    """Send the form."""
    page.get_by_role("button", name="Send request").click()


def test_booking_on_a_phone(sign_in, garage):
    """Two people want one car: one has it, the other reads when it is free."""
    car, _service, day, database = garage
    ann, bob = sign_in("book-ann", PHONE), sign_in("book-bob", PHONE)
    choose(ann, day, "09:00", "11:00")
    choose(bob, day, "09:00", "10:00")
    send(ann)
    ann.wait_for_url(re.compile("done=requested"))
    booked = ann.locator("#itsm_bookings")
    expect(booked).to_contain_text("Blue Car")
    expect(booked).to_contain_text("Confirmed")
    send(bob)
    refused = bob.locator("#itsm_errors")
    expect(refused).to_contain_text("“Blue Car” is taken at that time")
    expect(refused).to_contain_text("Free on that day:")
    expect(refused).not_to_contain_text("Ann")
    # What was typed is still there; another time does it.
    expect(bob.locator("[name=q_where]")).to_have_value("To the airport")
    bob.fill("[name=q_begin]", f"{day}T11:00")
    bob.fill("[name=q_stop]", f"{day}T12:00")
    send(bob)
    bob.wait_for_url(re.compile("done=requested"))
    # The page shows both as taken.
    ann.goto(f"/my/desk/book/{car}?day={day}")
    expect(ann.locator(f"[href*='from={day}T08:30']")).to_have_count(1)
    for hour in ("09:00", "10:30", "11:30"):
        expect(ann.locator(f"[href*='from={day}T{hour}']")).to_have_count(0)
    # Bob does not need it any more; the time is free again.
    bob.goto("/my/desk/book")
    bob.locator(".o_itsm_booking", has_text="Blue Car").get_by_role("button").click()
    bob.wait_for_url(re.compile("done=cancelled"))
    ann.reload()
    expect(ann.locator(f"[href*='from={day}T11:30']")).to_have_count(1)
    states = "SELECT state FROM itsm_booking WHERE bookable_id = %s ORDER BY id"
    assert database.rows(states, car) == [("confirmed",), ("cancelled",)]


def test_hand_over_and_return(sign_in, garage):
    """The agent writes down the mileage, and what came back damaged."""
    car, _service, day, database = garage
    ann, gus = sign_in("book-ann", PHONE), sign_in("book-gus")
    choose(ann, day, "08:00", "08:30")
    send(ann)
    ann.wait_for_url(re.compile("done=requested"))
    gus.goto("/odoo/itsm-handover")
    row = gus.locator(".o_data_row", has_text="8:00")
    row.get_by_role("button", name="Hand Over").click()
    dialog = gus.locator(".modal")
    dialog.locator("[name=meter] input").fill("520")
    dialog.get_by_role("button", name="Hand Over").click()
    row.get_by_role("button", name="Take Back").click()
    dialog.locator("[name=meter] input").fill("590")
    dialog.get_by_label("Damaged").check()
    dialog.locator("[name=damage] textarea").fill("Left mirror broken")
    dialog.get_by_role("button", name="Take Back").click()
    expect(dialog).to_have_count(0)
    expect(row).to_have_count(0)
    found = database.rows(
        "SELECT booking.state, booking.distance, ticket.type, request.state"
        " FROM itsm_booking booking"
        " JOIN itsm_ticket ticket ON ticket.id = booking.damage_ticket_id"
        " JOIN itsm_ticket request ON request.id = booking.ticket_id"
        " WHERE booking.bookable_id = %s AND booking.returned_at IS NOT NULL",
        car,
    )
    assert [(*each[:1], float(each[1]), *each[2:]) for each in found] == [
        ("returned", 70.0, "incident", "resolved")
    ]
