"""The picture of impact: what is drawn of any analysis, and where it stands.

The code under test is the browser's. Many generated graphs go through it in one go, in
node, or in Chromium where there is no node; what comes back is judged here.
"""

import json
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest
from graph_strategies import CASES, case, edge, generated, item, star

FOLDER = Path(__file__).resolve().parents[2] / "addons/itsm_cmdb/static/src/graph"
MODULES = ("graph_model", "graph_layout")
WIDTH, HEIGHT = 208, 50
RUN = """
const run = ({ data, view, screen, start }) => {
    const picture = model.pictureOf(data, view);
    const plan = place.layout(picture, screen);
    const pills = place.pillsOf(picture.groups, plan.places, view.direction);
    const first = plan.layers[0]?.ids[0];
    const way = first === undefined
        ? { nodes: [], edges: [] }
        : model.wayTo(picture, picture.nodes.at(-1).id, view.direction);
    const steps = first === undefined ? [] : ["ArrowUp", "ArrowDown", "ArrowLeft",
        "ArrowRight", "Home", "End"].map((key) =>
            place.stepFrom(first, key, plan, picture.edges));
    return {
        nodes: picture.nodes.map((node) => ({ ...node, ...plan.places.get(node.id) })),
        edges: picture.edges.map((edge) => ({
            ...edge, groups: [...edge.groups], types: [...edge.types],
            paths: place.pathsOf(edge, plan.places, pills),
        })),
        shown: picture.shown, filteredOut: picture.filteredOut,
        collapsedAway: picture.collapsedAway,
        layers: plan.layers, width: plan.width, height: plan.height,
        tally: model.tally(picture.nodes),
        way: { nodes: [...way.nodes], edges: [...way.edges] }, steps,
        revealed: start === null ? null : model.pictureOf(data, {
            ...view, ...model.revealing(data, view, start) }).nodes.map((n) => n.id),
    };
};
"""

# ----------------------------------------------------------------------
# Running the browser's code
# ----------------------------------------------------------------------


def in_node(program, cases):
    """Return the answers, from node."""
    model, place = (json.dumps((FOLDER / f"{name}.js").as_uri()) for name in MODULES)
    script = f"""
        import * as model from {model};
        import * as place from {place};
        import {{ readFileSync }} from "node:fs";
        {RUN}
        console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(run)));
    """
    done = subprocess.run(
        [program, "--input-type=module", "--no-warnings", "-e", script],
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.returncode, done.stderr
    return json.loads(done.stdout)


def in_chromium(cases):
    """Return the answers, from Chromium."""
    from dev.browser import launch

    with launch() as browser:
        return browser.new_page().evaluate(
            """async ([sources, run, cases]) => {
                const load = (text) => import(URL.createObjectURL(
                    new Blob([text], { type: "text/javascript" })));
                const [model, place] = await Promise.all(sources.map(load));
                return new Function("model", "place", "cases",
                    run + "return cases.map(run);")(model, place, cases);
            }""",
            [[(FOLDER / f"{name}.js").read_text() for name in MODULES], RUN, cases],
        )


def drawn(cases):
    """Return what the machine's JavaScript makes of the cases."""
    program = shutil.which("node")
    if program:
        return in_node(program, cases)
    pytest.importorskip("playwright", reason="neither node nor a browser")
    from dev.browser import find_browser

    if not find_browser():
        pytest.skip("neither node nor a browser")
    return in_chromium(cases)


@pytest.fixture(scope="module")
def many():
    """Pairs of a generated case and its picture."""
    cases = generated()
    assert len(cases) > CASES / 2
    return list(zip(cases, drawn(cases), strict=True))


# ----------------------------------------------------------------------
# Laws
# ----------------------------------------------------------------------


def test_no_two_nodes_overlap(many):
    for _case, picture in many:
        nodes = picture["nodes"]
        for index, one in enumerate(nodes):
            assert 0 <= one["x"] <= picture["width"] - WIDTH
            assert 0 <= one["y"] <= picture["height"] - HEIGHT
            for other in nodes[index + 1 :]:
                apart = abs(one["x"] - other["x"]), abs(one["y"] - other["y"])
                assert apart[0] >= WIDTH or apart[1] >= HEIGHT - 1e-6, (one, other)


def test_layers_are_distances(many):
    for _case, picture in many:
        layers = picture["layers"]
        distances = [layer["distance"] for layer in layers]
        assert distances == sorted({node["distance"] for node in picture["nodes"]})
        for before, after in pairwise(layers):
            assert before["x"] + before["width"] < after["x"]
        for node in picture["nodes"]:
            layer = layers[node["layer"]]
            assert layer["distance"] == node["distance"]
            assert layer["x"] <= node["x"]
            assert node["x"] + WIDTH <= layer["x"] + layer["width"] + 1e-6


def test_nobody_is_lost_or_counted_twice(many):
    for asked, picture in many:
        count = sum(node["count"] for node in picture["nodes"])
        assert count == picture["shown"]
        left_out = picture["filteredOut"] + picture["collapsedAway"]
        assert count + left_out == len(asked["data"]["nodes"])
        assert sum(picture["tally"].values()) == count
        for node in picture["nodes"]:
            if node.get("isMany"):
                assert len(node["members"]) == node["count"] > 5
                kinds = {(m["class_id"], m["state"]) for m in node["members"]}
                assert kinds == {(node["class_id"], node["state"])}


def test_crowds_are_really_drawn_as_one(many):
    """Else the law above would be of little use; about one case in 20 has a crowd."""
    grouped = [
        node
        for asked, picture in many
        for node in picture["nodes"]
        if node.get("isMany") and asked["view"]["grouped"]
    ]
    assert len(grouped) > len(many) / 50
    assert not any(
        node.get("isMany")
        for asked, picture in many
        for node in picture["nodes"]
        if not asked["view"]["grouped"]
    )


def test_what_is_not_filtered_is_drawn_once(many):
    for asked, picture in many:
        view = asked["view"]
        ids = [
            member["id"]
            for node in picture["nodes"]
            for member in node.get("members", [node])
        ]
        assert len(ids) == len(set(ids))
        for each in asked["data"]["nodes"]:
            hidden = not each["is_source"] and (
                each["class_id"] in view["hiddenClasses"]
                or each["state"] in view["hiddenStates"]
            )
            if hidden:
                assert each["id"] not in ids
            elif not view["collapsed"]:
                assert each["id"] in ids


def test_nobody_hangs_in_the_air(many):
    for _case, picture in many:
        ends = {edge["from"] for edge in picture["edges"]}
        ends |= {edge["to"] for edge in picture["edges"]}
        known = {node["id"] for node in picture["nodes"]}
        assert ends <= known
        for node in picture["nodes"]:
            assert node["distance"] == 0 or node["id"] in ends, node
        keys = [edge["key"] for edge in picture["edges"]]
        assert len(keys) == len(set(keys))
        assert all(
            "NaN" not in path for edge in picture["edges"] for path in edge["paths"]
        )


def test_the_way_leads_back_to_the_start(many):
    for _case, picture in many:
        distances = {node["id"]: node["distance"] for node in picture["nodes"]}
        way = picture["way"]["nodes"]
        assert min(distances[key] for key in way) == 0


def test_keys_stay_in_the_picture(many):
    for _case, picture in many:
        known = {node["id"] for node in picture["nodes"]}
        assert set(picture["steps"]) <= known


def test_whom_one_looks_for_is_seen(many):
    for asked, picture in many:
        wanted = next(n for n in asked["data"]["nodes"] if n["id"] == asked["start"])
        hidden = (
            wanted["class_id"] in asked["view"]["hiddenClasses"]
            or wanted["state"] in asked["view"]["hiddenStates"]
        )
        if wanted["is_source"] or not hidden:
            assert asked["start"] in picture["revealed"]


# ----------------------------------------------------------------------
# Examples
# ----------------------------------------------------------------------


def test_many_alike_are_one_and_can_be_shown():
    five, six, each = drawn([star(5), star(6), star(6, opened=["many2"])])
    assert [node["count"] for node in five["nodes"]] == [1] * 6
    assert sorted(node["count"] for node in six["nodes"]) == [1, 6]
    assert [edge["key"] for edge in six["edges"]] == ["1>many2"]
    assert {node.get("openedBy") for node in each["nodes"]} == {False, "many2"}
    assert len(each["edges"]) == 6


def test_collapsing_hides_what_is_reached_through_it_alone():
    nodes = [item(1, 0), item(2, 1), item(3, 1), item(4, 2), item(5, 2), item(6, 3)]
    edges = [edge(1, 2), edge(1, 3), edge(2, 4), edge(2, 5), edge(3, 5), edge(4, 6)]
    (picture,) = drawn([case(nodes, edges, collapsed=[2])])
    shown = {node["id"]: node for node in picture["nodes"]}
    assert set(shown) == {1, 2, 3, 5}
    assert shown[2]["isCollapsed"]
    assert shown[2]["behind"] == 2
    assert picture["collapsedAway"] == 2


def test_what_lies_behind_a_filtered_item_stays_linked():
    nodes = [item(1, 0), item(2, 1, 2), item(3, 2)]
    edges = [edge(1, 2), edge(2, 3)]
    impact, needs = drawn(
        [
            case(nodes, edges, hiddenClasses=[2]),
            case(
                nodes,
                [edge(2, 1), edge(3, 2)],
                hiddenClasses=[2],
                direction="dependencies",
            ),
        ]
    )
    assert [(e["from"], e["to"], e["indirect"]) for e in impact["edges"]] == [
        (1, 3, True)
    ]
    assert [(e["from"], e["to"], e["indirect"]) for e in needs["edges"]] == [
        (3, 1, True)
    ]


def test_a_large_layer_stands_in_columns():
    nodes = [item(1, 0)] + [item(key, 1, key, "down") for key in range(2, 500)]
    (picture,) = drawn([case(nodes, [edge(1, key) for key in range(2, 500)])])
    assert len(picture["nodes"]) == 499
    assert picture["width"] / picture["height"] > 0.8


def test_lines_that_cross_are_set_straight():
    nodes = [item(1, 0), *(item(key, 1, key) for key in (2, 3, 4))]
    nodes += [item(key, 2, key) for key in (5, 6, 7)]
    edges = [edge(1, key) for key in (2, 3, 4)]
    edges += [edge(2, 7), edge(3, 6), edge(4, 5)]
    (picture,) = drawn([case(nodes, edges)])
    second, third = (layer["ids"] for layer in picture["layers"][1:])
    partners = {2: 7, 3: 6, 4: 5}
    assert [partners[key] for key in second] == third
