"""A call is registered with the keyboard only; a wrong desk is corrected by one click.

Any JavaScript error of our pages fails the test (see ``page_factory``).
"""

import pytest
from outside import Database, make_data
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

# The test types at a person's speed.
TYPING_MS = 60
CALLER, WISH = "Who is calling?", "What do they want?"
TICKET = (
    "SELECT t.id, t.number, p.name, s.code, l.name, c.code FROM itsm_ticket t"
    " JOIN res_partner p ON p.id = t.partner_id"
    " LEFT JOIN itsm_service s ON s.id = t.service_id"
    " LEFT JOIN itsm_location l ON l.id = t.location_id"
    " LEFT JOIN itsm_channel c ON c.id = t.channel_id"
)


@pytest.fixture(scope="module")
def database(live_server):
    """The live server's database, with people and services."""
    make_data(live_server, "front_office_data")
    return Database(live_server)


@pytest.fixture
def sign_in(page_factory, database):
    """Call with a login (and a size) to get that person's page."""
    return page_factory


def type_in(page, words):
    """Type as a person does."""
    page.keyboard.type(words, delay=TYPING_MS)


def field(page, label):
    """Return the input that finds something while one types."""
    return page.get_by_role("combobox", name=label)


def open_office(page):
    """Open the screen, which waits in the field for the caller."""
    page.visitor.open("/odoo/itsm-front-office", ".o_itsm_front_office")
    expect(field(page, CALLER)).to_be_focused()


def start_call(page, number, wish):
    """Say who calls and what they want."""
    type_in(page, number)
    page.keyboard.press("Enter")
    expect(field(page, WISH)).to_be_focused()
    type_in(page, wish)
    page.keyboard.press("Enter")
    expect(page.locator(".o_itsm_fo_service")).to_be_visible()


def start_call_in_words(page, caller):
    """Begin a call about something that is in no catalogue."""
    type_in(page, caller)
    page.keyboard.press("Enter")
    expect(field(page, WISH)).to_be_focused()
    type_in(page, "Xylophone qqzz")
    page.keyboard.press("Enter")
    expect(page.locator("#o_itsm_fo_words")).to_be_focused()
    type_in(page, "It is out of tune.")


def done(page):
    """Return the line that says what became of the last call."""
    expect(field(page, CALLER)).to_be_focused()
    expect(field(page, CALLER)).to_have_value("")
    return page.locator(".o_itsm_fo_last > div").first.inner_text()


def test_calls_with_the_keyboard_only(sign_in, database):
    """Registered with sixteen keys; the next caller joins; what is wrong is said."""
    page = sign_in("fo-agent")
    open_office(page)
    start_call(page, "7702", "wat")
    expect(page.locator("input[type=radio]").first).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Alt+p")
    type_in(page, "901")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".o_itsm_fo_last")).to_be_visible()
    [(id_, number, *facts)] = database.rows(f"{TICKET} WHERE s.code = 'fo-leak'")
    assert facts == ["Nadia Nurse", "fo-leak", "Room 901", "phone"]
    assert number in done(page)

    # Somebody else reports the same: they join.
    start_call(page, "dora nine", "drip")
    expect(page.locator(".o_itsm_fo_same")).to_contain_text(number)
    page.keyboard.press("Alt+t")
    expect(page.locator(".o_itsm_fo_last > div")).to_have_count(2)
    assert number in done(page)
    assert database.value("SELECT count(*) FROM itsm_ticket WHERE id >= %s", id_) == 1
    count = "SELECT affected_count FROM itsm_ticket WHERE id = %s"
    assert database.value(count, id_) == 2

    # An answer is missing: it is named, and the cursor stands there.
    start_call(page, "7703", "wat")
    expect(page.locator("input[type=radio]").first).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Control+Enter")
    wrong = page.locator("[data-question=much]")
    expect(wrong.locator(".o_itsm_fo_error")).not_to_be_empty()
    expect(wrong.locator("input")).to_be_focused()
    type_in(page, "a bucket")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".o_itsm_fo_last > div")).to_have_count(3)
    done(page)

    # What is in no catalogue is registered in plain words.
    start_call_in_words(page, "7703")
    expect(page.locator("#o_itsm_fo_desk")).to_be_visible()
    expect(page.locator(".o_itsm_fo_caller")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".o_itsm_fo_last > div")).to_have_count(4)
    rows = database.rows(f"{TICKET} WHERE t.name = 'Xylophone qqzz'")
    assert [row[2] for row in rows] == ["Dora Doctor"]


def test_known_answers_beside_a_call(sign_in, database):
    """What is known of a wish stands beside the call, and goes with it."""
    page = sign_in("fo-agent")
    open_office(page)
    start_call(page, "7702", "drip")
    known = page.locator(".o_itsm_fo_known")
    expect(known.locator("details")).to_have_count(1)
    expect(known.locator("summary")).to_contain_text("Water drips from the ceiling")
    expect(known).to_contain_text("Close valve seven")
    article = database.value(
        "SELECT id FROM itsm_article WHERE name ->> 'en_US' LIKE 'Water drips%%'"
    )
    link = known.get_by_role("link")
    expect(link).to_have_attribute("href", f"/my/knowledge/{article}")

    # Articles for departments that the agent is not in are not among them.
    page.visitor.open("/odoo/itsm-front-office", ".o_itsm_front_office")
    start_call_in_words(page, "7702")
    expect(known).to_have_count(0)


def test_request_at_the_wrong_desk(sign_in, database):
    """Sent to IT, moved to the house by one click; one number, one thread."""
    nurse = sign_in("fo-nurse")
    service = database.value("SELECT id FROM itsm_service WHERE code = 'fo-screen'")
    nurse.visitor.open(f"/my/services/{service}/request", "[name=q_words]")
    nurse.fill("[name=q_words]", "Water drips from the pipe: a flood on my screen")
    nurse.get_by_role("button", name="Send request").click()
    nurse.wait_for_url("**/my/tickets/**")
    [(id_, number, *_facts)] = database.rows(f"{TICKET} WHERE s.code = 'fo-screen'")

    agent = sign_in("fo-it")
    agent.visitor.open(f"/odoo/itsm-tickets/{id_}", "button[name=action_wrong_desk]")
    agent.locator("button[name=action_wrong_desk]").click()
    row = agent.locator(".modal .o_data_row", has_text="House and Grounds").first
    row.locator("button[name=action_choose]").click()
    expect(agent.locator(".o_notification")).to_contain_text(number)
    expect(agent.locator(".o_list_view")).to_be_visible()

    rows = database.rows(
        "SELECT t.number, d.name->>'en_US', t.wrong_desk_count FROM itsm_ticket t"
        " JOIN itsm_desk d ON d.id = t.desk_id WHERE t.id = %s",
        id_,
    )
    assert rows == [(number, "House and Grounds", 1)]

    house = sign_in("fo-agent")
    house.visitor.open(f"/odoo/itsm-tickets/{id_}", ".o-mail-Chatter")
    house.get_by_role("button", name="Send message").click()
    house.locator(".o-mail-Composer-input").first.fill("We come at once.")
    house.locator(".o-mail-Composer-send").first.click()
    expect(
        house.locator(".o-mail-Message", has_text="We come at once.")
    ).to_be_visible()

    nurse.visitor.open(f"/my/tickets/{id_}", "#wrap")
    thread = nurse.locator("#wrap")
    for words in (number, "House and Grounds", "We come at once."):
        expect(thread).to_contain_text(words)
    mine = "SELECT count(*) FROM itsm_ticket WHERE id >= %s AND create_uid = %s"
    user = database.value("SELECT id FROM res_users WHERE login = 'fo-nurse'")
    assert database.value(mine, id_, user) == 1
