"""A label is scanned with a phone, and a hand-over is signed on it.

What a scanner opens is the address in the QR code; from there the people go on by
themselves. Any JavaScript error of our pages fails the test (see ``page_factory``).
"""

import re

import pytest
from catalogue_pages import look, visit
from outside import Database, make_data
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

PHONE = (375, 812)


@pytest.fixture(scope="module")
def database(live_server):
    """The live server's database, with people and items."""
    make_data(live_server, "cmdb_scan_data")
    return Database(live_server)


@pytest.fixture
def sign_in(page_factory, database):
    """Call with a login (or none) to get that person's phone."""

    def sign_in(login=None):
        return page_factory(login, PHONE)

    return sign_in


def label(database, name):
    """Return the address in an item's QR code, and the item's id."""
    rows = database.rows("SELECT token, id FROM itsm_ci WHERE name = %s", name)
    return f"/ci/{rows[0][0]}", rows[0][1]


def test_engineer_scans_and_gets_the_item(sign_in, database):
    """Not signed in: the label asks for that first, and then opens the item."""
    url, item_id = label(database, "Scan laptop 2")
    page = sign_in()
    page.goto(f"{page.visitor.url}{url}")
    page.fill("#login", "scan-engineer")
    page.fill("#password", "scan-engineer")
    page.locator("form.oe_login_form button[type=submit]").click()
    page.wait_for_url(re.compile(rf"/{item_id}$"))
    name = page.locator(".o_field_widget[name=name] :is(input, textarea)").first
    expect(name).to_have_value("Scan laptop 2")


def test_staff_scan_and_report_a_fault(sign_in, database):
    """From the label to a ticket that names the item, without typing what it is."""
    url, item_id = label(database, "Scan laptop 2")
    page = sign_in("scan-nurse")
    visit(page, url)
    expect(page.locator("h1")).to_have_text("Scan laptop 2")
    expect(page.locator("#wrap")).to_contain_text("Ward Seven")
    page.get_by_role("link", name="Report a fault").click()
    page.wait_for_selector("#itsm_ticket_form")
    look(page)
    expect(page.locator("[name=name]")).to_have_value(re.compile("Scan laptop 2"))
    expect(page.locator("[name=type][value=incident]")).to_be_checked()
    page.fill("[name=description]", "The screen stays black.")
    page.check("[name=urgency][value='2']")
    page.get_by_role("button", name="Send").click()
    page.wait_for_url(re.compile(r"/my/tickets/\d+"))
    look(page)
    ticket_id = int(re.search(r"/my/tickets/(\d+)", page.url)[1])
    links = database.rows(
        "SELECT ci_id, role FROM itsm_ticket_ci WHERE ticket_id = %s", ticket_id
    )
    assert links == [(item_id, "affected")]


def test_unknown_label(sign_in):
    """A page that is not there, and nothing else."""
    page = sign_in("scan-nurse")
    response = page.goto(f"{page.visitor.url}/ci/AAAAAAAAAAAAAAAAAAAAAA")
    assert response.status == 404
    page.visitor.errors.clear()


def test_receiver_signs_the_hand_over(sign_in, database):
    """From the portal's home to a form that is signed with a finger, once."""
    page = sign_in("scan-nurse")
    visit(page, "/my/home")
    page.get_by_role("link", name=re.compile("Equipment forms to sign")).click()
    page.wait_for_url(re.compile("/my/equipment$"))
    look(page)
    expect(page.locator(".o_cmdb_card")).to_have_count(2)
    page.get_by_role("link", name="Read and sign").click()
    page.wait_for_selector(".o_portal_sign_submit")
    look(page)
    expect(page.locator("#wrap")).to_contain_text("Scan laptop 0")
    page.get_by_text("Draw", exact=True).click()
    # What clears the paper is shown with the paper that is drawn on.
    expect(page.locator(".o_web_sign_draw_clear")).to_be_visible()
    canvas = page.locator("canvas.o_web_sign_signature")
    canvas.hover()  # which waits until it lies still
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(box["x"] + 20 + 20 * step, box["y"] + 20 + 8 * (step % 3))
    page.mouse.up()
    button = page.locator(".o_portal_sign_submit")
    expect(button).to_be_enabled()
    button.click()
    page.wait_for_selector(".alert-success")
    look(page)
    signed = database.rows(
        "SELECT signed_by, signed_via, document_id IS NOT NULL FROM itsm_ci_event "
        "WHERE signed_at IS NOT NULL"
    )
    assert signed == [("Nina Nurse", "portal", True)]
    visit(page, "/my/equipment")
    expect(page.get_by_role("link", name="Read and sign")).to_have_count(0)
