"""The picture of impact in a browser: seen, walked with the keys, filtered, kept.

Any JavaScript error of our pages fails the test (see ``page_factory``).
"""

import re

import pytest
from lxml import etree
from outside import Database, check_width, make_data
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SCREEN = (1366, 768)
TABLET = (820, 1180)
NODE = ".o_itsm_graph_node"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def database(live_server):
    """The live server's database, with items and relations."""
    make_data(live_server, "cmdb_graph_data")
    return Database(live_server)


@pytest.fixture
def agent(page_factory, database):
    """An agent's page."""

    def sign_in(size=SCREEN):
        return page_factory("graph-agent", size)

    return sign_in


def item(database, name):
    """Return the id of an item."""
    return database.value("SELECT id FROM itsm_ci WHERE name = %s", name)


def picture(page, database, name, selector=NODE):
    """Open the picture of an item."""
    page.visitor.open(f"/odoo/itsm-impact?ci_ids={item(database, name)}", selector)


def node(page, name):
    """Return the node of an item or, by its class, of many."""
    return page.locator(NODE, has_text=name).first


def shows(page, *names):
    """Those nodes are there, and no others."""
    expect(page.locator(NODE)).to_have_count(len(names))
    found = page.locator(f"{NODE} .o_itsm_graph_name").all_text_contents()
    assert sorted(found) == sorted(names)


def focused(page):
    """Return the name of the node that has the focus."""
    return page.evaluate(
        "document.activeElement.querySelector('.o_itsm_graph_name')?.textContent"
    )


def press(page, key):
    """Press a key, and wait until what it does is drawn."""
    page.keyboard.press(key)
    page.evaluate(
        """() => new Promise((resolve) => {
            const later = (frames) =>
                frames ? requestAnimationFrame(() => later(frames - 1)) : resolve();
            later(4);
        })"""
    )


SMALL = ["App", "Core", "Host 1", "Host 2", "Report", "Restricted item", "Shop"]
MANY = "8 × Graph Desktop"


def test_from_an_item_to_its_picture_and_back(agent, database):
    """Layers by distance, states, why; what was chosen is there after coming back."""
    page = agent()
    page.visitor.open(f"/odoo/itsm.ci/{item(database, 'Core')}", ".o_form_view")
    page.locator("button[name=action_dependency_graph]").first.click()
    expect(page.locator(NODE)).to_have_count(1)
    page.locator("[data-direction=impact]").click()
    expect(node(page, "App")).to_have_count(1)
    shows(page, *SMALL, MANY)
    layers = {
        distance: page.locator(
            f"g[data-distance='{distance}'] text"
        ).last.text_content()
        for distance in (0, 1, 2, 3)
    }
    assert layers == {0: "1", 1: "10", 2: "3", 3: "1"}
    expect(node(page, "App")).to_have_class(re.compile("o_itsm_graph_degraded|_down"))
    expect(page.locator(".o_itsm_graph_pill")).to_contain_text(["1/3"])
    node(page, "App").click()
    panel = page.locator(".o_itsm_graph_panel")
    expect(panel.locator(".o_itsm_graph_why")).not_to_be_empty()
    expect(panel.locator(".o_itsm_graph_redundancy")).to_contain_text("Hosts")
    on_the_way = page.locator(f"{NODE}.o_itsm_graph_on .o_itsm_graph_name")
    expect(on_the_way).to_have_count(4)
    assert sorted(on_the_way.all_text_contents()) == ["App", "Core", "Host 1", "Host 2"]
    page.locator("button[name=classes]").click()
    page.get_by_role("menuitemcheckbox", name="Graph Desktop").click()
    page.keyboard.press("Escape")
    expect(node(page, "Desktop")).to_have_count(0)
    node(page, "App").dblclick()
    page.wait_for_selector(".o_form_view")
    # An agent reads items only.
    expect(page.locator(".o_form_view .o_field_widget[name=name]")).to_have_text("App")
    page.locator(".breadcrumb-item a, .o_back_button").last.click()
    page.wait_for_selector(NODE)
    shows(page, *SMALL)
    expect(node(page, "App")).to_have_attribute("aria-pressed", "true")


def test_walked_with_the_keys_alone(agent, database):
    """Arrows follow the links, Space shows and hides, Enter opens."""
    page = agent()
    picture(page, database, "Core")
    expect(page.locator(f"{NODE}[tabindex='0']")).to_have_count(1)
    node(page, "Core").focus()
    press(page, "ArrowRight")
    expect(page.locator(".o_itsm_graph_selected")).to_have_count(1)
    layer = {"Host 1", "Host 2", MANY}
    assert focused(page) in layer
    press(page, "Home")
    seen = [focused(page)]
    for _time in range(2):
        press(page, "ArrowDown")
        # The focus follows what is drawn.
        expect(page.locator(f"{NODE}:focus")).not_to_contain_text(seen[-1])
        seen.append(focused(page))
    assert set(seen) == layer
    node(page, "Host 1").focus()
    press(page, " ")
    expect(node(page, "Host 1")).to_have_attribute("aria-expanded", "false")
    expect(node(page, "Report")).to_have_count(0)
    expect(page.locator(".o_itsm_graph_legend")).to_contain_text("2 collapsed")
    press(page, " ")
    expect(node(page, "Report")).to_have_count(1)
    node(page, "Graph Desktop").focus()
    press(page, " ")
    expect(page.locator(NODE, has_text="Desktop")).to_have_count(8)
    press(page, " ")
    expect(page.locator(NODE, has_text="Desktop")).to_have_count(1)
    press(page, "0")
    before = page.locator(".o_itsm_graph_canvas").get_attribute("transform")
    press(page, "+")
    expect(page.locator(".o_itsm_graph_canvas")).not_to_have_attribute(
        "transform", before
    )
    press(page, "0")
    expect(page.locator(".o_itsm_graph_canvas")).to_have_attribute("transform", before)
    node(page, "Restricted").focus()
    press(page, "Enter")
    expect(page.locator(NODE)).not_to_have_count(0)
    node(page, "Host 2").focus()
    press(page, "Enter")
    page.wait_for_selector(".o_form_view")


def test_table_says_the_same(agent, database):
    """Each item with state and distance, in both; sorted by any column."""
    page = agent()
    picture(page, database, "Core")
    label = page.locator(NODE, has_text="Report").get_attribute("aria-label")
    page.locator("button[name=table]").click()
    rows = page.locator(".o_itsm_graph_table tbody tr")
    expect(rows).to_have_count(len(SMALL) + 8)
    report = rows.filter(has_text="Report").first
    for words in re.split("[:,] ?", label):
        expect(report).to_contain_text(words.strip())
    page.locator("button[data-sort=name]").click()
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Item")
    expect(rows.first).to_contain_text("App")
    page.locator("button[data-sort=name]").click()
    expect(rows.first).to_contain_text("Shop")
    page.locator("button[data-state=degraded]").click()
    expect(rows.filter(has_text="Report")).to_have_count(0)
    masked = rows.filter(has_text="Restricted item")
    expect(masked).to_have_count(1)
    expect(masked.locator("button")).to_have_count(0)
    assert "Vault" not in page.content()


def test_directions_search_and_address(agent, database):
    """What an item needs, its neighbours, and finding an item in many alike."""
    page = agent(TABLET)
    picture(page, database, "Core")
    page.get_by_role("searchbox").fill("desktop 5")
    page.keyboard.press("Enter")
    expect(page.locator(".o_itsm_graph_selected")).to_contain_text("Desktop 5")
    picture(page, database, "Shop")
    expect(page.locator(NODE)).to_have_count(1)
    expect(page.locator(".o_itsm_graph_alone")).to_be_visible()
    page.locator("[data-direction=dependencies]").click()
    needed = ["App", "Core", "Host 1", "Host 2", "Host 3", "Shop"]
    shows(page, *needed)
    # The address is written after the picture.
    page.wait_for_url(re.compile("direction=dependencies"))
    page.reload()
    shows(page, *needed)
    page.locator("[data-direction=neighbours]").click()
    page.get_by_role("combobox", name="Steps").select_option("1")
    expect(page.locator(NODE)).to_have_count(2)
    check_width(page)


def test_svg_stands_alone(agent, database, tmp_path):
    """The file is valid, has all nodes, and needs nothing from elsewhere."""
    page = agent()
    picture(page, database, "Core")
    with page.expect_download() as download:
        page.locator("button[name=svg]").click()
    path = tmp_path / "picture.svg"
    download.value.save_as(path)
    root = etree.parse(path).getroot()
    assert root.tag == f"{SVG}svg"
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert {*SMALL, MANY} <= set(texts)
    content = path.read_text()
    assert "var(--" not in content
    assert not re.search(r"(?:href|src)=[\"']?http|url\(['\"]?(?:http|/)", content)
    assert all(shape.get("style") for shape in root.iter(f"{SVG}rect"))


def test_printed_whole(agent, database):
    """On paper the picture is whole, without the tools around it."""
    page = agent()
    picture(page, database, "Core")
    page.keyboard.press("+")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    expect(page.locator(".o_itsm_graph_toolbar")).to_be_hidden()
    expect(page.locator(".o_itsm_graph_paper_head h1")).to_be_visible()
    expect(page.locator(".o_itsm_graph_svg")).to_have_attribute(
        "viewBox", re.compile(r"^0 0 \d")
    )
    page.emulate_media(media="screen")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(page.locator(".o_itsm_graph_svg")).not_to_have_attribute(
        "viewBox", re.compile(".")
    )


def test_500_items_move_without_being_drawn_anew(agent, database):
    """Each is there; panning and zooming touch no node, and a choice still works."""
    page = agent()
    picture(page, database, "Large", f"{NODE} >> nth=0")
    expect(page.locator(NODE).nth(400)).to_be_attached()
    expect(page.locator(".alert-warning")).to_have_count(0)
    counted = page.locator(".o_itsm_graph_head_count").all_text_contents()
    assert sum(map(int, counted)) == 500
    # Before anything is counted, it has been drawn where it fits.
    transform(page)
    page.evaluate(
        """() => {
            window.touched = 0;
            const nodes = document.querySelector(".o_itsm_graph_canvas");
            const count = (changes) => (window.touched += changes.length);
            new MutationObserver(count).observe(
                nodes, { attributes: true, childList: true, subtree: true });
        }"""
    )
    box = page.locator(".o_itsm_graph_svg").bounding_box()
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    for step in range(20):
        page.mouse.move(box["x"] + 5 + step * 10, box["y"] + 5 + step * 5)
    page.mouse.up()
    for _time in range(5):
        page.mouse.wheel(0, -100)
    # The picture's own transform, and nothing else.
    page.wait_for_function("window.touched > 0")
    assert page.evaluate("window.touched") <= 30
    page.locator("button[name=fit]").click()
    page.get_by_role("searchbox").fill("Large 5.98")
    page.keyboard.press("Enter")
    expect(page.locator(".o_itsm_graph_selected")).to_contain_text("Large 5.98")
    expect(page.locator(".o_itsm_graph_panel h2")).to_contain_text("Large 5.98")


def transform(page):
    """Return how far the picture is enlarged."""
    canvas = page.locator(".o_itsm_graph_canvas")
    # It is fitted in the frame after it is drawn.
    expect(canvas).to_have_attribute("transform", re.compile("scale"))
    value = canvas.get_attribute("transform")
    return float(re.search(r"scale\(([\d.]+)", value)[1])


def test_two_fingers_enlarge(agent, database):
    """What lies between the fingers grows as they part."""
    page = agent(TABLET)
    picture(page, database, "Core")
    before = transform(page)
    page.evaluate(
        """() => {
            const svg = document.querySelector(".o_itsm_graph_svg");
            const { left, top } = svg.getBoundingClientRect();
            const touch = (type, pointerId, x, y) => svg.dispatchEvent(
                new PointerEvent(type, { pointerId, clientX: left + x, clientY: top + y,
                    pointerType: "touch", button: 0, bubbles: true }));
            touch("pointerdown", 1, 200, 300);
            touch("pointerdown", 2, 300, 300);
            for (let step = 1; step <= 10; step++) {
                touch("pointermove", 1, 200 - step * 5, 300);
                touch("pointermove", 2, 300 + step * 5, 300);
            }
            touch("pointerup", 1, 150, 300);
            touch("pointerup", 2, 350, 300);
        }"""
    )
    page.wait_for_function(
        """least => document.querySelector(".o_itsm_graph_canvas")
            .getAttribute("transform").split("scale(")[1].split(")")[0] > least""",
        arg=1.5 * before,
    )


def test_time_window(agent, database):
    """A window is checked, applied, told on its button and taken away again."""
    page = agent()
    picture(page, database, "Core")
    button = page.locator("button[name=window]")
    button.click()
    apply = page.get_by_role("button", name="Apply")
    apply.click()
    expect(page.locator(".o_itsm_graph_menu [role=alert]")).to_be_visible()
    page.locator("[name=window_start]").fill("2030-01-02T10:00")
    page.locator("[name=window_end]").fill("2030-01-02T08:00")
    apply.click()
    expect(page.locator(".o_itsm_graph_menu [role=alert]")).to_be_visible()
    page.locator("[name=window_end]").fill("2030-01-02T12:00")
    apply.click()
    expect(page.locator(".o_itsm_graph_menu")).to_have_count(0)
    expect(button).to_have_class(re.compile(r"\bactive\b"))
    expect(button).to_contain_text("2030")
    expect(node(page, "Core")).to_be_visible()
    button.click()
    page.get_by_role("button", name="Any Time").last.click()
    expect(button).not_to_contain_text("2030")


def test_beyond_500_a_warning_and_a_table(agent, database):
    """Too many for a picture: said so, listed, and the nearest may still be drawn."""
    page = agent()
    picture(page, database, "Crowd 000", ".o_itsm_graph_table")
    expect(page.locator(".alert-warning")).to_contain_text("640")
    rows = page.locator(".o_itsm_graph_table tbody tr")
    expect(rows).to_have_count(500)
    page.locator("button[name=more_rows]").click()
    expect(rows).to_have_count(640)
    page.locator("button[name=picture]").click()
    expect(node(page, "499 × Graph Host")).to_have_count(1)


def test_without_an_item_it_says_what_to_do(agent, database):
    """Nobody is left before an empty page."""
    page = agent()
    page.visitor.open("/odoo/itsm-impact", ".o_itsm_graph_empty")
    page.locator(".o_itsm_graph_empty .btn-primary").click()
    page.wait_for_selector(".o_list_view")
