"""Ratings by codes, on phones of people who are not signed in, and what follows.

Any JavaScript error of our pages fails the test (see ``page_factory``).
"""

import json
import re
import threading
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

import pytest
from catalogue_pages import look, visit
from outside import Database, header_button
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

PHONE = (375, 812)
DATA = Path(__file__).with_name("rating_data.py")
RATINGS = """
    SELECT rating, feedback, itsm_way,
           (SELECT count(*) FROM itsm_rating_reason_rel WHERE rating_id = r.id)
      FROM rating_rating r JOIN itsm_ticket t ON t.id = r.itsm_ticket_id
     WHERE r.consumed AND t.number = %s
"""


@pytest.fixture(scope="module")
def made(live_server):
    """The addresses that codes hold, and the numbers of the tickets."""
    script = DATA.read_text(encoding="utf-8")
    return json.loads(live_server.shell(f"{script}\nmake(env)\n").splitlines()[-1])


@pytest.fixture
def database(live_server, made):
    """The live server's database, with people and finished work."""
    return Database(live_server)


def rate(page, grade, reason, comment):
    """Tap stars and a reason, write a word, send."""
    reasons = page.locator(".o_itsm_reason:visible")
    expect(reasons).to_have_count(0)
    page.locator(f"label[for=itsm_grade_{grade}]").click()
    page.locator(".o_itsm_reason:visible", has_text=reason).click()
    page.fill("#itsm_rating_comment", comment)
    look(page)
    page.get_by_role("button", name="Send rating").click()
    page.wait_for_selector(".fa-check-circle")
    look(page)


def used_up(page, path):
    """Open an address again and find that it was used: no fault of the page."""
    visit(page, path, ".fa-info-circle")
    expect(page.locator("form button[type=submit]:visible")).to_have_count(0)
    assert page.visitor.errors == [f"HTTP 410: {page.url}"]
    page.visitor.errors.clear()


def test_work_sheet_on_a_phone(page_factory, database, made):
    """The code on the signed sheet: that ticket, without a login, once."""
    number = made["numbers"][3]
    phone = page_factory(None, PHONE)
    for _scanner in range(2):
        visit(phone, made["sheet"])
    expect(phone.locator(".o_itsm_rate")).to_contain_text("Monitor flickers")
    stars = phone.locator(".o_itsm_stars label")
    for star in stars.all():
        box = star.bounding_box()
        assert box["width"] >= 44 and box["height"] >= 44, "too small for a finger"
    assert not database.rows(RATINGS, number), "opening must not rate"
    rate(phone, 5, "Friendly", "He even swept the floor.")
    assert database.rows(RATINGS, number) == [
        (5.0, "He even swept the floor.", "work_sheet", 1)
    ]
    used_up(phone, made["sheet"])


def test_low_rating_is_followed_up(page_factory, database, made):
    """A bad word from a mail reaches the team leader, who makes it good."""
    number = made["numbers"][0]
    phone = page_factory(None, PHONE)
    visit(phone, f"{made['mail']}?grade=1")
    expect(phone.locator("[name=grade]:checked")).to_have_value("1")
    praise = phone.locator(".o_itsm_reason:visible", has_text="Knew what to do")
    expect(praise).to_have_count(0)
    phone.locator(".o_itsm_reason:visible", has_text="Took too long").click()
    phone.get_by_role("button", name="Send rating").click()
    phone.wait_for_selector(".fa-check-circle")
    assert database.rows(RATINGS, number) == [(1.0, "", "mail", 1)]

    leader = page_factory("rate-leader")
    leader.visitor.open("/odoo/itsm-rating-followups", ".o_list_view")
    leader.locator(".o_data_row", has_text=number).locator("[name=ticket_id]").click()
    leader.locator("[name=heard] textarea").fill("She waited for a week.")
    header_button(leader, "action_listen").click()
    leader.wait_for_selector(".o_arrow_button_current[data-value=heard]")
    leader.locator("[name=made_good] textarea").fill("A new scale, and a spare one.")
    header_button(leader, "action_make_good").click()
    leader.wait_for_selector(".o_arrow_button_current[data-value=good]")
    assert database.value(
        "SELECT f.heard FROM itsm_rating_followup f JOIN itsm_ticket t"
        " ON t.id = f.ticket_id WHERE t.number = %s",
        number,
    ).startswith("She waited")


def test_sticker_for_a_stranger_and_a_colleague(page_factory, database, made):
    """Without a login a number and a telephone are asked for; with one, nothing."""
    _mail, bell, lamp, _sheet = made["numbers"]
    phone = page_factory(None, PHONE)
    visit(phone, made["desk"])
    phone.fill("[name=number]", bell)
    phone.fill("[name=phone]", "0000")
    phone.get_by_role("button", name="Go on").click()
    expect(phone.locator(".alert-danger")).to_be_visible()
    look(phone)
    expect(phone.locator("#wrap")).not_to_contain_text("Call bell")
    phone.fill("[name=phone]", "7002")
    phone.get_by_role("button", name="Go on").click()
    phone.wait_for_selector(".o_itsm_stars")
    expect(phone.locator("#wrap")).not_to_contain_text("Call bell")
    rate(phone, 4, "Fast", "Fine.")
    assert database.rows(RATINGS, bell) == [(4.0, "Fine.", "qr_desk", 1)]

    nurse = page_factory("rate-nurse", PHONE)
    visit(nurse, made["badge"])
    expect(nurse.locator(".o_itsm_rate")).to_contain_text("Lamp is dark")
    expect(nurse.locator(".o_itsm_rate")).to_contain_text("Artur Agent")
    rate(nurse, 3, "Took too long", "")
    assert database.rows(RATINGS, lamp) == [(3.0, "", "qr_badge", 1)]


def test_one_key_used_twice_at_once(live_server, database, made):
    """Two phones send at the same moment: one rating, and one that came too late."""
    script = f"{DATA.read_text(encoding='utf-8')}\n" + (
        "people = {u.login: u for u in env['res.users'].search("
        "[('login', '=like', 'rate-%')])}\n"
        "desk = env['itsm.desk'].search([('name', '=', 'Ward Technicians')])\n"
        "ticket = make_ticket(env, desk, people, 'Two at once')\n"
        "print(json.dumps([key(env, ticket), key(env, ticket), ticket.number]))\n"
        "env.cr.commit()\n"
    )
    first, second, number = json.loads(live_server.shell(script).splitlines()[-1])
    visitors = [opened(live_server.url, path) for path in (first, first, second)]
    barrier, answers = threading.Barrier(len(visitors)), []

    def send(visitor, grade):
        barrier.wait()
        answers.append(visitor(grade))

    threads = [
        threading.Thread(target=send, args=(visitor, str(grade)))
        for grade, visitor in enumerate(visitors, 3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 410, 410]
    assert len(database.rows(RATINGS, number)) == 1
    messages = (
        "SELECT count(*) FROM mail_message m JOIN rating_rating r"
        " ON r.message_id = m.id JOIN itsm_ticket t ON t.id = r.itsm_ticket_id"
        " WHERE t.number = %s"
    )
    assert database.value(messages, number) == 1


def opened(base, path):
    """Open a form without a browser; return what sends it, and then its status."""
    cookies = urllib.request.HTTPCookieProcessor(CookieJar())
    opener = urllib.request.build_opener(cookies)
    page = opener.open(base + path).read().decode()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]

    def send(grade):
        form = urllib.parse.urlencode({"csrf_token": token, "grade": grade})
        try:
            return opener.open(base + path, form.encode()).status
        except urllib.error.HTTPError as error:
            return error.code

    return send
