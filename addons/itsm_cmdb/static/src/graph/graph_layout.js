/**
 * Where everything of a picture stands: layers from left to right by distance, in each
 * the items so that few lines cross. Pure geometry; nothing here knows of a screen.
 */

export const SIZE = { width: 208, height: 50 };
/** Space between the rows of a layer, its columns, and the layers. */
const ROW = SIZE.height + 16;
const GAPS = { column: 22, columnWithPill: 58, layer: 84, layerWithPill: 116 };
const HEAD = 44;
const PILL = { width: 44, height: 18, off: 14, row: 22 };
const SWEEPS = 8;

// ----------------------------------------------------------------------
// Order within the layers
// ----------------------------------------------------------------------

/** Lists of nodes, one for each distance there is, nearest first. */
function layersOf(nodes) {
    const layers = new Map();
    for (const node of nodes) {
        layers.set(node.distance, [...(layers.get(node.distance) || []), node.id]);
    }
    return [...layers.entries()]
        .sort(([a], [b]) => a - b)
        .map(([distance, ids]) => ({ distance, ids }));
}

/** Map each id to its neighbours in nearer and in farther layers. */
function neighboursOf(layers, edges) {
    const layerOf = new Map();
    layers.forEach(({ ids }, index) => ids.forEach((id) => layerOf.set(id, index)));
    const near = { before: new Map(), after: new Map() };
    const add = (map, id, other) => map.set(id, [...(map.get(id) || []), other]);
    for (const { from, to } of edges) {
        const gap = layerOf.get(to) - layerOf.get(from);
        if (gap) {
            const [left, right] = gap > 0 ? [from, to] : [to, from];
            add(near.before, right, left);
            add(near.after, left, right);
        }
    }
    return near;
}

function mean(numbers) {
    return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

/** Where each id stands in its layer, from 0 to 1. */
function placesOf(layers) {
    const places = new Map();
    for (const { ids } of layers) {
        ids.forEach((id, index) => places.set(id, (index + 0.5) / ids.length));
    }
    return places;
}

/** Order one layer by the mean place of its neighbours; who has none keeps its place. */
function sortLayer(layer, near, places) {
    const wish = new Map(
        layer.ids.map((id) => {
            const others = near.get(id) || [];
            return [id, others.length ? mean(others.map((each) => places.get(each))) : places.get(id)];
        })
    );
    layer.ids = [...layer.ids].sort((a, b) => wish.get(a) - wish.get(b));
    layer.ids.forEach((id, index) => places.set(id, (index + 0.5) / layer.ids.length));
}

/** How many pairs of lines between layers cross, counted in the order of their ends. */
export function crossings(layers, edges) {
    const places = new Map();
    layers.forEach(({ ids }, layer) =>
        ids.forEach((id, index) => places.set(id, { layer, index, size: ids.length }))
    );
    const between = new Map();
    for (const { from, to } of edges) {
        const [a, b] = [places.get(from), places.get(to)].sort((x, y) => x.layer - y.layer);
        if (a.layer !== b.layer) {
            const key = `${a.layer}-${b.layer}`;
            between.set(key, [...(between.get(key) || []), [a.index, b.index, b.size]]);
        }
    }
    return [...between.values()].reduce((sum, lines) => sum + inversions(lines), 0);
}

/** Pairs that stand one way on the left and the other way on the right. */
function inversions(lines) {
    lines.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    const size = lines[0][2];
    const tree = new Array(size + 1).fill(0);
    let crossed = 0;
    lines.forEach(([, end], seen) => {
        let below = 0;
        for (let at = end + 1; at > 0; at -= at & -at) {
            below += tree[at];
        }
        crossed += seen - below;
        for (let at = end + 1; at <= size; at += at & -at) {
            tree[at] += 1;
        }
    });
    return crossed;
}

function reduceCrossings(layers, edges, near) {
    const places = placesOf(layers);
    let best = layers.map((layer) => layer.ids);
    let fewest = crossings(layers, edges);
    for (let sweep = 0; sweep < SWEEPS && fewest; sweep++) {
        const forward = sweep % 2 === 0;
        const turn = forward ? layers : [...layers].reverse();
        turn.forEach((layer) => sortLayer(layer, forward ? near.before : near.after, places));
        const count = crossings(layers, edges);
        if (count < fewest) {
            fewest = count;
            best = layers.map((layer) => layer.ids);
        }
    }
    layers.forEach((layer, index) => (layer.ids = best[index]));
    return fewest;
}

// ----------------------------------------------------------------------
// Columns and rows
// ----------------------------------------------------------------------

/** How many rows a column may have, so that all of it shows as large as it can. */
function rowsFor(layers, gaps, screen) {
    const largest = Math.max(...layers.map(({ ids }) => ids.length));
    const scaleWith = (rows) => {
        const width = layers.reduce((sum, { ids }) => {
            const columns = Math.ceil(ids.length / rows);
            return sum + columns * (SIZE.width + gaps.column) + gaps.layer;
        }, 0);
        const height = HEAD + Math.min(rows, largest) * ROW;
        return Math.min(1, screen.width / width, screen.height / height);
    };
    let found = largest;
    for (let rows = largest - 1; rows >= Math.min(6, largest); rows--) {
        if (scaleWith(rows) > scaleWith(found) * 1.02) {
            found = rows;
        }
    }
    return found;
}

/**
 * Heights for a column whose items each have a wish: as near to it as may be, in the
 * given order and with a row's space between them.
 */
export function spread(wishes, row = ROW) {
    const blocks = [];
    wishes.forEach((wish, index) => {
        blocks.push({ sum: wish - index * row, size: 1 });
        while (
            blocks.length > 1 &&
            blocks.at(-2).sum / blocks.at(-2).size > blocks.at(-1).sum / blocks.at(-1).size
        ) {
            const last = blocks.pop();
            blocks.at(-1).sum += last.sum;
            blocks.at(-1).size += last.size;
        }
    });
    const found = [];
    for (const { sum, size } of blocks) {
        for (let count = 0; count < size; count++) {
            found.push(sum / size + found.length * row);
        }
    }
    return found;
}

function stand(layer, rows) {
    layer.columns = Math.ceil(layer.ids.length / rows);
    const used = Math.ceil(layer.ids.length / layer.columns);
    const top = -((used - 1) * ROW) / 2;
    layer.tops = layer.ids.map((_id, index) => top + Math.floor(index / layer.columns) * ROW);
}

/** Let layers of one column follow their neighbours. */
function align(layers, near) {
    const tops = new Map();
    const note = (layer) => layer.ids.forEach((id, index) => tops.set(id, layer.tops[index]));
    layers.forEach(note);
    for (let sweep = 0; sweep < SWEEPS; sweep++) {
        const forward = sweep % 2 === 0;
        for (const layer of forward ? layers : [...layers].reverse()) {
            if (layer.columns > 1) {
                continue;
            }
            const sides = forward ? near.before : near.after;
            layer.tops = spread(
                layer.ids.map((id) => {
                    const others = sides.get(id) || [];
                    return others.length ? mean(others.map((each) => tops.get(each))) : tops.get(id);
                })
            );
            note(layer);
        }
    }
}

/**
 * Place the nodes of a picture for a screen of a size: `places` (Map of id to x, y,
 * layer, index), `layers` (distance, x, width, ids), `width`, `height`, `crossings`.
 */
export function layout({ nodes, edges, groups }, screen) {
    const layers = layersOf(nodes);
    if (!layers.length) {
        return { places: new Map(), layers, width: 0, height: 0, crossings: 0 };
    }
    const near = neighboursOf(layers, edges);
    const left = reduceCrossings(layers, edges, near);
    const pills = groups.length > 0;
    const gaps = {
        column: pills ? GAPS.columnWithPill : GAPS.column,
        layer: pills ? GAPS.layerWithPill : GAPS.layer,
    };
    const rows = rowsFor(layers, gaps, screen);
    layers.forEach((layer) => stand(layer, rows));
    align(layers, near);
    return { ...placed(layers, gaps), crossings: left };
}

function placed(layers, gaps) {
    const top = Math.min(...layers.flatMap((layer) => layer.tops)) - HEAD;
    const places = new Map();
    let x = gaps.layer / 2;
    let height = 0;
    layers.forEach((layer, number) => {
        const step = SIZE.width + gaps.column;
        layer.x = x;
        layer.width = layer.columns * step - gaps.column;
        layer.ids.forEach((id, index) => {
            const place = {
                x: x + (index % layer.columns) * step,
                y: layer.tops[index] - top,
                layer: number,
                index,
            };
            places.set(id, place);
            height = Math.max(height, place.y + ROW);
        });
        x += layer.width + gaps.layer;
    });
    return { places, layers, width: x - gaps.layer / 2, height };
}

// ----------------------------------------------------------------------
// Lines and pills
// ----------------------------------------------------------------------

/** Where a node's redundancy groups stand beside it: Map of group id to x, y, side. */
export function pillsOf(groups, places, direction) {
    const byNode = new Map();
    for (const group of groups) {
        byNode.set(group.ci, [...(byNode.get(group.ci) || []), group]);
    }
    const pills = new Map();
    const onRight = direction === "dependencies";
    for (const [id, own] of byNode) {
        const { x, y } = places.get(id);
        own.forEach((group, index) =>
            pills.set(group.id, {
                ...PILL,
                id: group.id,
                group,
                onRight,
                x: onRight ? x + SIZE.width + PILL.off : x - PILL.off - PILL.width,
                y:
                    y +
                    SIZE.height / 2 -
                    PILL.height / 2 +
                    (index - (own.length - 1) / 2) * PILL.row,
            })
        );
    }
    return pills;
}

/** The drawn line between two boxes with x, y, width and height, as an SVG path. */
export function lineBetween(a, b) {
    const [ay, by] = [a.y + a.height / 2, b.y + b.height / 2];
    if (Math.abs(a.x + a.width / 2 - b.x - b.width / 2) < 1) {
        const x = a.x + a.width;
        const bulge = x + Math.min(60, 26 + Math.abs(by - ay) / 12);
        return `M${x},${ay}C${bulge},${ay} ${bulge},${by} ${x},${by}`;
    }
    const rightwards = b.x > a.x;
    const start = rightwards ? a.x + a.width : a.x;
    const end = rightwards ? b.x : b.x + b.width;
    const reach = Math.max(24, Math.abs(end - start) / 2) * (rightwards ? 1 : -1);
    return `M${start},${ay}C${start + reach},${ay} ${end - reach},${by} ${end},${by}`;
}

/** The paths of a line: one, or one for each redundancy group that it ends in. */
export function pathsOf(edge, places, pills) {
    const box = (id) => ({ ...places.get(id), ...SIZE });
    const ends = [...edge.groups].filter((id) => pills.has(id)).map((id) => pills.get(id));
    return ends.length
        ? ends.map((pill) => lineBetween(box(edge.from), pill))
        : [lineBetween(box(edge.from), box(edge.to))];
}

/** The short line from a pill to the node that it belongs to. */
export function stemOf(pill, place) {
    const y = pill.y + pill.height / 2;
    return pill.onRight
        ? `M${pill.x},${y}L${place.x + SIZE.width},${y}`
        : `M${pill.x + pill.width},${y}L${place.x},${y}`;
}

// ----------------------------------------------------------------------
// Walking with the keys
// ----------------------------------------------------------------------

/** The id that an arrow key leads to from a node, or the node's own. */
export function stepFrom(id, key, { places, layers }, edges) {
    const here = places.get(id);
    const { ids } = layers[here.layer];
    const moves = {
        ArrowUp: () => ids[here.index - 1],
        ArrowDown: () => ids[here.index + 1],
        Home: () => ids[0],
        End: () => ids.at(-1),
        ArrowLeft: () => sideways(id, -1, { places, layers }, edges),
        ArrowRight: () => sideways(id, 1, { places, layers }, edges),
    };
    return moves[key]() ?? id;
}

/** The nearest of those it is linked to on that side, else the nearest of the layer. */
function sideways(id, way, { places, layers }, edges) {
    const here = places.get(id);
    const linked = edges
        .filter((edge) => edge.from === id || edge.to === id)
        .map((edge) => (edge.from === id ? edge.to : edge.from))
        .filter((other) => (places.get(other).layer - here.layer) * way > 0);
    const choice = linked.length ? linked : layers[here.layer + way]?.ids || [];
    const away = (other) => {
        const there = places.get(other);
        return Math.abs(there.layer - here.layer) * 1e6 + Math.abs(there.y - here.y);
    };
    return [...choice].sort((a, b) => away(a) - away(b))[0];
}

/** Cut a text to a width, wide characters counted as such. */
export function cut(text, width, size) {
    let used = 0;
    for (let index = 0; index < text.length; index++) {
        const wide = text.charCodeAt(index) > 0x2e7f;
        used += size * (wide ? 1 : /[A-Z@MWmw%]/.test(text[index]) ? 0.72 : 0.545);
        if (used > width) {
            return text.slice(0, Math.max(1, index - 1)).trimEnd() + "…";
        }
    }
    return text;
}
