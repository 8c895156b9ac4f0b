"""A technician works with a phone in a house with a poor network.

Whatever is done without a network is kept on the phone, also when its page is thrown
away, and reaches the desk once, in order, when the network is back. Any JavaScript
error of our pages fails the test (see ``page_factory``).
"""

import re

import pytest
from outside import Database, check_width, make_data, wait_for
from PIL import Image
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

PHONE = (375, 812)
# What a finger needs, in pixels.
TOUCH = 44
JOBS = ".o_itsm_job"
SCREEN = ".o_itsm_field_screen"


@pytest.fixture(scope="module")
def database(live_server):
    """The live server's database, with a technician and the day's work."""
    make_data(live_server, "field_work_data")
    return Database(live_server)


@pytest.fixture
def phone(page_factory, database):
    """The technician's phone, with the day's work on its screen."""
    page = page_factory("field-tech", PHONE)
    open_day(page)
    yield page
    page.context.set_offline(False)


@pytest.fixture(scope="module")
def photo(tmp_path_factory):
    """A photo as large as a phone takes it."""
    path = tmp_path_factory.mktemp("photos") / "leak.jpg"
    Image.new("RGB", (3000, 4000), "teal").save(path, "JPEG")
    return path


def open_day(page):
    """Open “My Work” by its address."""
    page.goto(f"{page.visitor.url}/odoo/itsm-my-work")
    page.wait_for_selector(SCREEN)
    look(page)


def look(page):
    """Nothing is wider than the phone, and a finger hits every button."""
    check_width(page)
    small = page.evaluate(
        """touch => [...document.querySelectorAll('.o_itsm_field_work button')]
            .filter(el => el.offsetParent && el.offsetHeight < touch)
            .map(el => el.outerHTML.slice(0, 80))""",
        TOUCH,
    )
    assert not small


def open_job(page, title):
    """Open a task or ticket from the list."""
    page.locator(JOBS, has_text=title).click()
    expect(page.locator(f"{SCREEN} h1")).to_have_text(title)
    look(page)


def above_foot(page, selector):
    """What was found does not lie under the buttons at the foot of the screen."""
    low, foot = page.evaluate(
        """selector => [
            document.querySelector(selector).getBoundingClientRect().bottom,
            document.querySelector('.o_itsm_field_foot').getBoundingClientRect().top,
        ]""",
        selector,
    )
    assert low <= foot, f"{selector} ends at {low}, under the foot at {foot}"


def press(page, name):
    """Press a button of the work's screen."""
    page.locator(SCREEN).get_by_role("button", name=name, exact=True).click()


def sign(page):
    """Sign with a finger."""
    canvas = page.locator(".o_itsm_finger_pad canvas")
    # Waits until it stands still and can be drawn on.
    canvas.hover()
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 40)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(box["x"] + 20 + 25 * step, box["y"] + 40 + 20 * (step % 3))
    page.mouse.up()
    expect(page.get_by_role("button", name="Sign Again")).to_be_visible()


def waiting(page):
    """Return the place that says how many entries wait."""
    return page.locator(".o_itsm_waiting_count")


def offline(page):
    """Take the network away."""
    page.context.set_offline(True)


def online(page):
    """Give the network back, and wait until all was sent."""
    page.context.set_offline(False)
    expect(waiting(page)).to_have_count(0)


def steps(database, title):
    """Return the verbs that reached the desk for a ticket, in their order."""
    rows = database.rows(
        "SELECT s.verb FROM itsm_visit_step s JOIN itsm_visit v ON v.id = s.visit_id "
        "JOIN itsm_ticket t ON t.id = v.ticket_id WHERE t.name = %s ORDER BY s.id",
        title,
    )
    return [verb for (verb,) in rows]


def visit_of(database, title, *names):
    """Return columns of the visit for a ticket."""
    rows = database.rows(
        f"SELECT {', '.join(names)} FROM itsm_visit v "
        "JOIN itsm_ticket t ON t.id = v.ticket_id WHERE t.name = %s",
        title,
    )
    assert len(rows) == 1
    return rows[0]


def test_work_without_a_network(phone, database, photo):
    """Begun, pictured, repaired and signed in a cellar: sent once, in order."""
    title = "Pipe leaks under the sink"
    places = phone.locator(".o_itsm_place h2")
    expect(places).to_have_text([re.compile("Cellar"), re.compile("Kitchen")])
    expect(phone.locator(JOBS, has_text="Paint the wall")).to_have_count(0)
    open_job(phone, title)
    expect(phone.locator(SCREEN)).to_contain_text("The porter has the key.")
    expect(phone.locator("a[href^='tel:']")).to_be_visible()
    offline(phone)
    press(phone, "Start")
    expect(phone.locator(".o_itsm_offline")).to_be_visible()
    expect(phone.locator(".o_itsm_clock")).to_be_visible()
    for kind in ("before", "after"):
        phone.set_input_files(f"input[name=photo_{kind}]", photo)
    expect(phone.locator(".o_itsm_photos img")).to_have_count(2)
    phone.get_by_label("Add a part").fill("wash")
    expect(phone.locator(".o_itsm_found li")).to_have_count(1)
    above_foot(phone, ".o_itsm_found")
    press(phone, "Tap washer Units")
    press(phone, "One more")
    expect(phone.get_by_label("Quantity of Tap washer")).to_have_value("2")
    press(phone, "Pause")
    press(phone, "Go On")
    phone.fill("[name=note]", "New washer.")
    look(phone)
    press(phone, "Finish")
    press(phone, "Finish Without a Signature")
    expect(phone.locator(".alert-danger")).to_be_visible()
    phone.select_option("[name=code]", "solved")
    expect(phone.locator("[name=signed_by]")).to_have_value("Nina Nurse")
    sign(phone)
    look(phone)
    press(phone, "Finish")
    expect(phone.locator(".o_itsm_ended")).to_contain_text("kept on this phone")
    expect(waiting(phone)).to_have_text("9")
    assert not steps(database, title)
    online(phone)
    expect(phone.locator(".o_itsm_ended .o_itsm_qr")).to_be_visible()
    address = phone.locator(".o_itsm_ended a").get_attribute("href")
    assert re.search(r"/itsm/rate/[\w-]{32}$", address)
    look(phone)
    assert steps(database, title) == [
        *("start", "photo", "photo", "part", "part", "pause", "resume"),
        *("sign", "finish"),
    ]
    names = ("v.state", "v.note", "v.signed_by", "v.parts_cost::int", "t.state")
    assert visit_of(database, title, *names) == (
        *("done", "New washer.", "Nina Nurse", 5),
        "resolved",
    )
    press(phone, "My Work")
    expect(phone.locator(JOBS, has_text=title)).to_have_count(0)


def test_page_is_thrown_away(phone, database):
    """What was done and what was typed is there when the phone is opened again."""
    title = "Dishwasher stands still"
    open_job(phone, title)
    offline(phone)
    press(phone, "Start")
    expect(waiting(phone)).to_have_text("1")
    phone.fill("[name=note]", "Pump is blocked, by a sp")
    phone.locator("[name=note]").press_sequentially("oon.")
    # Long enough for what is typed to be kept: it is, after each pause of typing.
    wait_for(lambda: typed(phone, "spoon"), "keeping what was typed")
    phone.goto("about:blank")
    phone.context.set_offline(False)
    open_day(phone)
    expect(phone.locator(f"{SCREEN} h1")).to_have_text(title)
    expect(phone.locator("[name=note]")).to_have_value("Pump is blocked, by a spoon.")
    expect(waiting(phone)).to_have_count(0)
    assert steps(database, title) == ["start"]
    press(phone, "Finish")
    phone.locator("[name=outcome][value=again]").check()
    press(phone, "Finish Without a Signature")
    expect(phone.locator(".o_itsm_ended")).to_contain_text("the desk knows")
    names = ("v.state", "v.outcome", "v.note", "t.state")
    assert visit_of(database, title, *names) == (
        *("done", "again", "Pump is blocked, by a spoon.", "in_progress"),
    )


def typed(page, words):
    """Tell whether words are kept in the phone's store."""
    return page.evaluate(
        """async words => {
            const all = (await indexedDB.databases()).map(({ name }) => name);
            const name = all.find(name => name.startsWith("itsm_field_work"));
            const db = await new Promise(done => {
                const request = indexedDB.open(name);
                request.onsuccess = () => done(request.result);
            });
            const rows = await new Promise(done => {
                const request = db.transaction("typed").objectStore("typed").getAll();
                request.onsuccess = () => done(request.result);
            });
            db.close();
            return JSON.stringify(rows).includes(words);
        }""",
        words,
    )


def test_work_was_given_away_meanwhile(phone, database, live_server):
    """The desk's refusal is told with its reason; the visit can still be recorded."""
    title = "Pump is loud"
    open_job(phone, title)
    offline(phone)
    press(phone, "Start")
    press(phone, "Pause")
    expect(waiting(phone)).to_have_text("2")
    live_server.shell(
        "mate = env['res.users'].search([('login', '=', 'field-mate')])\n"
        f"ticket = env['itsm.ticket'].search([('name', '=', {title!r})])\n"
        "ticket.with_user(mate).action_take()\n"
        "env.cr.commit()\n"
    )
    phone.context.set_offline(False)
    refusal = phone.locator(".o_itsm_refused")
    expect(refusal).to_contain_text("Mo Mate")
    look(phone)
    assert not steps(database, title)
    press(phone, "Record Only My Visit")
    expect(refusal).to_have_count(0)
    wait_for(lambda: steps(database, title) == ["start", "pause"], "sending the rest")
    owner = "(SELECT login FROM res_users WHERE id = t.user_id)"
    assert visit_of(database, title, "v.state", owner) == ("paused", "field-mate")


def test_task_with_a_checklist(phone, database):
    """A required line is asked for on the phone, before anything is sent."""
    open_job(phone, "Close the main valve")
    press(phone, "Start")
    press(phone, "Finish")
    press(phone, "Finish Without a Signature")
    expect(phone.locator(".alert-danger")).to_contain_text("The ward was told")
    phone.get_by_role("button", name="Back").click()
    phone.get_by_label("The ward was told").check()
    press(phone, "Finish")
    # It is the ticket's last task, so the ticket can end with it.
    phone.select_option("[name=code]", "solved")
    phone.fill("[name=end_note]", "Closed and greased.")
    press(phone, "Finish Without a Signature")
    expect(phone.locator(".o_itsm_ended")).to_contain_text("the desk knows")
    rows = database.rows(
        "SELECT k.state, t.state FROM itsm_task k JOIN itsm_ticket t "
        "ON t.id = k.ticket_id WHERE k.name = 'Close the main valve'"
    )
    assert rows == [("done", "resolved")]
