/**
 * What of an analysis is drawn: filtered, collapsed, and with many alike as one.
 *
 * Pure functions on the answer of `itsm.ci.impact_graph` and on what the reader chose:
 *
 * - `direction`: "impact", "dependencies" or "neighbours";
 * - `hiddenClasses`, `hiddenStates`: what is left out; what lies behind it stays, joined
 *   by a link that says so;
 * - `collapsed`: ids of items that hide what is reached through them alone;
 * - `grouped`: whether many alike are drawn as one; `opened`: which of them are not.
 */

/** More than so many alike are drawn as one. */
export const MANY = 5;
/** The last: what the failure of a far provider would do was not worked out. */
export const STATES = ["down", "degraded", "up", "unknown"];

const NOTHING = Object.freeze([]);

/** Count nodes by state; one that stands for many counts as many. */
export function tally(nodes) {
    const counts = { down: 0, degraded: 0, up: 0, unknown: 0 };
    for (const node of nodes) {
        counts[node.state] += node.count || 1;
    }
    return counts;
}

/** The classes of an analysis, each with its number of items, by name. */
export function classesOf(nodes) {
    const found = new Map();
    for (const { class_id: id, class_name: name, icon } of nodes) {
        if (!found.has(id)) {
            found.set(id, { id, name, icon, count: 0 });
        }
        found.get(id).count += 1;
    }
    return [...found.values()].sort((a, b) => (a.name || "").localeCompare(b.name || ""));
}

/** Whether the filter lets an item pass. What is analysed is always shown. */
export function isShown(node, view) {
    return (
        node.is_source ||
        !(view.hiddenClasses.includes(node.class_id) || view.hiddenStates.includes(node.state))
    );
}

// ----------------------------------------------------------------------
// Who is reached through whom
// ----------------------------------------------------------------------

/** Links as [nearer, farther], both ways where the analysis goes both ways. */
function ways(edge, direction) {
    const along = [edge.from, edge.to];
    const against = [edge.to, edge.from];
    if (direction === "impact") {
        return [along];
    }
    return direction === "dependencies" ? [against] : [along, against];
}

/**
 * The links that lead away from what is analysed: `children` and `parents`, each a Map
 * of lists of ids. A link between equals, or back, leads nobody anywhere.
 */
export function descentOf(nodes, edges, direction) {
    const distances = new Map(nodes.map((node) => [node.id, node.distance]));
    const children = new Map(nodes.map((node) => [node.id, []]));
    const parents = new Map(nodes.map((node) => [node.id, []]));
    for (const edge of edges) {
        for (const [near, far] of ways(edge, direction)) {
            if (distances.get(near) < distances.get(far)) {
                children.get(near).push(far);
                parents.get(far).push(near);
            }
        }
    }
    return { children, parents };
}

/** The ids that are reached from some, themselves included, unless they stop there. */
function reached(starts, next, isEnd = () => false) {
    const found = new Set(starts);
    // A Set gives what is added to it while one walks through it.
    for (const id of found) {
        if (!isEnd(id)) {
            (next.get(id) || NOTHING).forEach((other) => found.add(other));
        }
    }
    return found;
}

// ----------------------------------------------------------------------
// Filter
// ----------------------------------------------------------------------

/** The nearest shown items behind hidden ones, from an item on. */
function nearestShown(id, parents, shown) {
    const seen = new Set([id]);
    let front = [id];
    while (front.length) {
        const next = [...new Set(front.flatMap((each) => parents.get(each) || []))].filter(
            (each) => !seen.has(each)
        );
        const found = next.filter((each) => shown.has(each));
        if (found.length) {
            return found;
        }
        next.forEach((each) => seen.add(each));
        front = next;
    }
    return [];
}

function filtered(data, view) {
    const nodes = data.nodes.filter((node) => isShown(node, view));
    const shown = new Set(nodes.map((node) => node.id));
    const edges = data.edges.filter((edge) => shown.has(edge.from) && shown.has(edge.to));
    if (nodes.length < data.nodes.length) {
        const { parents } = descentOf(data.nodes, data.edges, view.direction);
        for (const { id } of nodes) {
            const nearer = parents.get(id);
            if (nearer.length && !nearer.some((each) => shown.has(each))) {
                edges.push(...bridges(id, nearestShown(id, parents, shown), view));
            }
        }
    }
    return { nodes, edges };
}

function bridges(id, nearer, view) {
    return nearer.map((each) => {
        const [from, to] = view.direction === "dependencies" ? [id, each] : [each, id];
        return { from, to, indirect: true, strength: "soft", group: false, type_name: "" };
    });
}

// ----------------------------------------------------------------------
// Collapse
// ----------------------------------------------------------------------

function collapsed({ nodes, edges }, view) {
    const { children, parents } = descentOf(nodes, edges, view.direction);
    const closed = new Set(view.collapsed);
    const roots = nodes.map((node) => node.id).filter((id) => !parents.get(id).length);
    const visible = reached(roots, children, (id) => closed.has(id));
    const kept = nodes
        .filter((node) => visible.has(node.id))
        .map((node) => ({
            ...node,
            mayCollapse: children.get(node.id).length > 0,
            isCollapsed: closed.has(node.id) && children.get(node.id).length > 0,
            behind: closed.has(node.id)
                ? [...reached([node.id], children)].filter((id) => !visible.has(id)).length
                : 0,
        }));
    return {
        nodes: kept,
        edges: edges.filter((edge) => visible.has(edge.from) && visible.has(edge.to)),
    };
}

// ----------------------------------------------------------------------
// Many alike
// ----------------------------------------------------------------------

/** Items with the same words here are alike for the eye. */
function likeness(node, near, redundancy) {
    return JSON.stringify([
        node.class_id,
        node.state,
        node.distance,
        Boolean(node.masked),
        Boolean(node.is_source),
        redundancy.map((group) => [group.needed, group.working, group.total]),
        [...near].sort(),
    ]);
}

/** Map each item that may be drawn with others to the key of those. */
function kinds({ nodes, edges }, groups) {
    const near = new Map(nodes.map((node) => [node.id, new Set()]));
    for (const { from, to, strength, indirect } of edges) {
        const kind = indirect ? "indirect" : strength;
        near.get(from).add(`>${to} ${kind}`);
        near.get(to).add(`<${from} ${kind}`);
    }
    const alike = new Map();
    for (const node of nodes.filter((each) => !each.isCollapsed)) {
        const own = groups.filter((group) => group.ci === node.id);
        const key = likeness(node, near.get(node.id), own);
        alike.set(key, [...(alike.get(key) || []), node]);
    }
    return [...alike.values()].filter((members) => members.length > MANY);
}

function grouped(drawn, groups, view) {
    const standIn = new Map();
    const openedBy = new Map();
    const many = [];
    for (const members of view.grouped ? kinds(drawn, groups) : []) {
        const ids = members.map((node) => node.id);
        const key = `many${Math.min(...ids)}`;
        if (view.opened.includes(key)) {
            ids.forEach((id) => openedBy.set(id, key));
            continue;
        }
        ids.forEach((id) => standIn.set(id, key));
        many.push({
            ...members[0],
            id: key,
            count: ids.length,
            members,
            isMany: true,
            mayCollapse: false,
        });
    }
    const single = drawn.nodes
        .filter((node) => !standIn.has(node.id))
        .map((node) => ({ ...node, count: 1, openedBy: openedBy.get(node.id) || false }));
    return { nodes: [...single, ...many], standIn };
}

// ----------------------------------------------------------------------
// Lines
// ----------------------------------------------------------------------

/** One line for all relations between two; `both` where they go both ways. */
function linesOf(edges, standIn) {
    const lines = new Map();
    const drawnAs = (id) => standIn.get(id) || id;
    for (const edge of edges) {
        const [from, to] = [drawnAs(edge.from), drawnAs(edge.to)];
        const back = lines.get(`${to}>${from}`);
        if (from === to) {
            continue;
        }
        const key = back ? back.key : `${from}>${to}`;
        if (!lines.has(key)) {
            lines.set(key, { key, from, to, both: false, strength: "soft", indirect: true });
            Object.assign(lines.get(key), { groups: new Set(), types: new Set() });
        }
        const line = lines.get(key);
        line.both ||= line.from !== from;
        line.strength = edge.strength === "hard" ? "hard" : line.strength;
        line.indirect &&= Boolean(edge.indirect);
        if (edge.group) {
            line.groups.add(edge.group);
        }
        if (edge.type_name) {
            line.types.add(edge.type_name);
        }
    }
    return [...lines.values()];
}

/** What is drawn: `nodes`, `edges` (one line each), redundancy `groups`, and counts. */
export function pictureOf(data, view) {
    const passed = filtered(data, view);
    const drawn = collapsed(passed, view);
    const { nodes, standIn } = grouped(drawn, data.groups, view);
    const present = new Set(nodes.map((node) => node.id));
    return {
        nodes,
        edges: linesOf(drawn.edges, standIn),
        groups: data.groups.filter((group) => present.has(group.ci)),
        standIn,
        filteredOut: data.nodes.length - passed.nodes.length,
        collapsedAway: passed.nodes.length - drawn.nodes.length,
        shown: drawn.nodes.length,
    };
}

/**
 * The way on which an item is reached: the ids of the nodes and the keys of the lines,
 * back to what is analysed.
 */
export function wayTo(picture, id, direction) {
    const { parents } = descentOf(picture.nodes, picture.edges, direction);
    const { children: others } = descentOf(
        picture.nodes,
        picture.edges.filter((edge) => edge.both),
        direction === "dependencies" ? "impact" : "dependencies"
    );
    // A line that goes both ways may lead here against the way it is kept.
    for (const [near, fars] of others) {
        fars.forEach((far) => parents.get(far).push(near));
    }
    const nodes = reached([id], parents);
    const edges = picture.edges.filter(
        (edge) =>
            nodes.has(edge.from) &&
            nodes.has(edge.to) &&
            (parents.get(edge.to).includes(edge.from) || parents.get(edge.from).includes(edge.to))
    );
    return { nodes, edges: new Set(edges.map((edge) => edge.key)) };
}

// ----------------------------------------------------------------------
// Search
// ----------------------------------------------------------------------

/** The ids of the items whose name or code has the words, in the order of the data. */
export function matching(data, view, words) {
    const wanted = words.trim().toLocaleLowerCase();
    if (!wanted) {
        return [];
    }
    const has = (text) => (text || "").toLocaleLowerCase().includes(wanted);
    return data.nodes
        .filter((node) => isShown(node, view) && !node.masked && (has(node.name) || has(node.code)))
        .map((node) => node.id);
}

/** What to choose so that an item is seen by itself. */
export function revealing(data, view, id) {
    const change = {};
    let picture = pictureOf(data, view);
    const isDrawn = (nodes) => nodes.some((node) => node.id === id);
    if (!isDrawn(picture.nodes) && !picture.standIn.has(id)) {
        change.collapsed = [];
        picture = pictureOf(data, { ...view, ...change });
    }
    if (picture.standIn.has(id)) {
        change.opened = [...view.opened, picture.standIn.get(id)];
    }
    return change;
}
