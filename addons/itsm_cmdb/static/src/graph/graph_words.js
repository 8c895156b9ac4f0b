import { _t } from "@web/core/l10n/translation";

/** The words for what the picture shows; each is said in one place. */

export const DIRECTIONS = [
    ["impact", "fa-bolt", () => _t("Impact"), () => _t("What stops working when this fails")],
    [
        "dependencies",
        "fa-sitemap",
        () => _t("Dependencies"),
        () => _t("What this needs in order to work"),
    ],
    ["neighbours", "fa-share-alt", () => _t("Neighbours"), () => _t("What this is related to")],
];

/** What the picture is called: its direction and the items it starts at. */
export function titleOf(direction, names) {
    const facts = {
        direction: DIRECTIONS.find(([key]) => key === direction)[2](),
        name: names[0],
        count: names.length - 1,
    };
    if (!names.length) {
        return facts.direction;
    }
    return names.length === 1
        ? _t("%(direction)s: %(name)s", facts)
        : _t("%(direction)s: %(name)s and %(count)s more", facts);
}

export function stateName(state) {
    const names = {
        down: _t("Down"),
        degraded: _t("Degraded"),
        up: _t("Working"),
        unknown: _t("Not worked out"),
    };
    return names[state];
}

export function criticalityName(criticality) {
    const names = { 1: _t("Critical"), 2: _t("High"), 3: _t("Medium"), 4: _t("Low") };
    return names[criticality] || criticality || "";
}

export function distanceName(distance) {
    if (!distance) {
        return _t("Start");
    }
    return distance === 1 ? _t("1 step away") : _t("%s steps away", distance);
}

/** What a node is called; one that stands for many is called by its class. */
export function nodeName(node) {
    return node.isMany
        ? _t("%(count)s × %(class)s", { count: node.count, class: node.class_name })
        : node.name;
}

/** The second line of a node. */
export function nodeDetail(node) {
    return node.isMany
        ? _t("all alike")
        : [node.code, node.class_name].filter(Boolean).join(" · ");
}

/** All that a node says, as a sentence for those who do not see it. */
export function nodeSentence(node) {
    const facts = {
        name: nodeName(node),
        class: node.class_name || "",
        state: stateName(node.state),
        distance: distanceName(node.distance),
    };
    const said = [
        node.isMany || !facts.class
            ? _t("%(name)s: %(state)s, %(distance)s", facts)
            : _t("%(name)s, %(class)s: %(state)s, %(distance)s", facts),
    ];
    if (node.isMany) {
        said.push(_t("press space to show each"));
    }
    if (node.isCollapsed) {
        said.push(_t("collapsed, %s hidden behind it", node.behind));
    }
    return said.join(", ");
}

/** “Power: needs 2 of 3, 2 work, redundancy is lost” */
export function groupSentence({ name, needed, working, total, lost_redundancy: lost }) {
    const facts = { name, needed, working, total };
    if (working < needed) {
        return _t("%(name)s: needs %(needed)s of %(total)s, only %(working)s working", facts);
    }
    return lost
        ? _t(
              "%(name)s: needs %(needed)s of %(total)s, %(working)s working, redundancy lost",
              facts
          )
        : _t("%(name)s: needs %(needed)s of %(total)s, %(working)s working", facts);
}

/** “12 items: 3 down, 5 degraded, 4 working” */
export function tallySentence(count, { down, degraded, up, unknown }) {
    const facts = { count, down, degraded, up, unknown };
    const said =
        count === 1
            ? _t("1 item: %(down)s down, %(degraded)s degraded, %(up)s working", facts)
            : _t("%(count)s items: %(down)s down, %(degraded)s degraded, %(up)s working", facts);
    return unknown ? _t("%(said)s, %(unknown)s not worked out", { said, unknown }) : said;
}

export function tooManySentence(count, drawn, listed) {
    return _t(
        "%(count)s items are reached, too many for one picture: it shows the %(drawn)s nearest, the table %(listed)s. Fewer steps show less.",
        { count, drawn, listed }
    );
}

/** What of the facts is not in the picture. */
export function hiddenSentence({ filteredOut, collapsedAway }) {
    const notes = [];
    if (filteredOut) {
        notes.push(_t("%s left out by the filter", filteredOut));
    }
    if (collapsedAway) {
        notes.push(_t("%s collapsed", collapsedAway));
    }
    return notes.join(", ");
}

/** What is said where nothing but the start is there. */
export function aloneSentence(direction) {
    return {
        impact: _t("Nothing depends on it: no other item would be hit."),
        dependencies: _t("It depends on nothing that is recorded."),
        neighbours: _t("It has no relations yet. Add some on the item’s form."),
    }[direction];
}
