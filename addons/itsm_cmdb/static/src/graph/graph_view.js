import { Component, onWillUpdateProps, useEffect, useExternalListener, useRef } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { glyphOf, SIGNS } from "./graph_glyphs";
import { cut, layout, pathsOf, pillsOf, SIZE, stemOf, stepFrom } from "./graph_layout";
import { wayTo } from "./graph_model";
import { useViewport } from "./graph_viewport";
import { distanceName, groupSentence, nodeDetail, nodeName, nodeSentence } from "./graph_words";

const TEXT_LEFT = 44;
const NODE = ".o_itsm_graph_node";
const WALK = new Set(["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End"]);

/**
 * The picture itself. It is laid out when it changes; selecting changes classes only,
 * moving and zooming not even those.
 */
export class GraphView extends Component {
    static template = "itsm_cmdb.GraphView";
    static props = {
        picture: Object,
        direction: String,
        label: String,
        selected: { optional: true },
        anchor: { type: Object, optional: true },
        found: Set,
        viewport: { type: Object, optional: true },
        register: Function,
        onSelect: Function,
        onOpen: Function,
        onToggle: Function,
    };

    setup() {
        this.svg = useRef("svg");
        this.sign = SIGNS;
        this.size = SIZE;
        this.textLeft = TEXT_LEFT;
        this.lay(this.props);
        this.viewport = useViewport(this.svg, () => this.plan, this.props.viewport);
        this.props.register({
            viewport: this.viewport,
            svg: this.svg,
            plan: () => this.plan,
            show: (id) => this.show(id),
        });
        onWillUpdateProps((next) => {
            if (next.picture !== this.props.picture) {
                const before = this.plan.places;
                this.lay(next);
                this.viewport.forget();
                this.settle(before, next.anchor);
            }
        });
        useEffect(
            () => this.afterChoice(),
            () => [this.props.selected, this.plan]
        );
        useExternalListener(window, "beforeprint", () => this.forPaper());
        useExternalListener(window, "afterprint", () => this.forScreen());
    }

    // ------------------------------------------------------------------
    // What is drawn
    // ------------------------------------------------------------------

    lay({ picture, direction }) {
        const room = this.svg.el?.parentElement;
        this.plan = layout(picture, {
            width: room?.clientWidth || Math.max(600, window.innerWidth - 380),
            height: room?.clientHeight || Math.max(360, window.innerHeight - 230),
        });
        const { places } = this.plan;
        this.nodes = new Map(picture.nodes.map((node) => [node.id, node]));
        this.pills = pillsOf(picture.groups, places, direction);
        this.drawn = picture.nodes.map((node) => this.drawnNode(node, places.get(node.id)));
        this.lines = picture.edges.map((edge) => this.drawnLine(edge, places));
        this.stems = [...this.pills.values()].map((pill) => this.drawnPill(pill, places));
        this.heads = this.plan.layers.map((layer) => ({
            ...layer,
            name: distanceName(layer.distance),
            count: layer.ids.reduce((sum, id) => sum + this.nodes.get(id).count, 0),
        }));
    }

    /** After a change: what it was done to stays where it is, else all of it is shown. */
    settle(before, anchor) {
        const [from, to] = [before.get(anchor?.from), this.plan.places.get(anchor?.to)];
        if (!from || !to) {
            this.viewport.fit();
            return;
        }
        const { scale } = this.viewport;
        this.viewport.move((from.x - to.x) * scale, (from.y - to.y) * scale);
        this.viewport.fill();
        this.show(anchor.to, false);
    }

    drawnNode(node, { x, y }) {
        const width = SIZE.width - TEXT_LEFT - 12;
        return {
            ...node,
            at: `translate(${x},${y})`,
            glyph: glyphOf(node.masked ? "fa-lock" : node.icon || "fa-cube"),
            title: [nodeSentence(node), node.why].filter(Boolean).join("\n"),
            sentence: nodeSentence(node),
            label: cut(nodeName(node), width, 13),
            detail: cut(nodeDetail(node), width - 19, 11),
        };
    }

    drawnLine(edge, places) {
        const from = this.nodes.get(edge.from);
        const kind = edge.indirect ? "indirect" : edge.strength;
        return {
            key: edge.key,
            both: edge.both,
            intoPill: [...edge.groups].some((id) => this.pills.has(id)),
            state: from.state,
            kind,
            paths: pathsOf(edge, places, this.pills),
            title: [...edge.types].join(", "),
        };
    }

    drawnPill(pill, places) {
        const { group } = pill;
        const lost = group.lost_redundancy ? "degraded" : "up";
        return {
            ...pill,
            state: group.working < group.needed ? "down" : lost,
            text: `${group.working}/${group.total}`,
            title: groupSentence(group),
            stem: stemOf(pill, places.get(group.ci)),
        };
    }

    /** What is on the way to the selected node; all else steps back. */
    get chosenWay() {
        const { picture, selected, direction } = this.props;
        return this.nodes.has(selected) ? wayTo(picture, selected, direction) : false;
    }

    classOf(node, way) {
        return {
            [`o_itsm_graph_${node.state}`]: true,
            o_itsm_graph_source: node.is_source,
            o_itsm_graph_masked: node.masked,
            o_itsm_graph_selected: node.id === this.props.selected,
            o_itsm_graph_on: way && way.nodes.has(node.id),
            o_itsm_graph_found: this.props.found.has(node.id),
        };
    }

    /** The one node that the tabulator stops at. */
    get tabStop() {
        return this.nodes.has(this.props.selected)
            ? this.props.selected
            : this.plan.layers[0]?.ids[0];
    }

    get marks() {
        return ["down", "degraded", "up", "unknown"];
    }

    get hint() {
        return _t(
            "Arrow keys walk along the links, Enter opens an item, Space shows or hides what is behind it, plus, minus and 0 zoom."
        );
    }

    // ------------------------------------------------------------------
    // Choosing
    // ------------------------------------------------------------------

    elementOf(id) {
        return this.svg.el.querySelector(`${NODE}[data-id="${id}"]`);
    }

    idOf(event) {
        const { id } = event.target.closest(NODE)?.dataset || {};
        return id === undefined || this.nodes.has(id) ? id : Number(id);
    }

    show(id, legible = true) {
        const place = this.plan.places.get(id);
        if (place) {
            this.viewport.reveal({ ...place, ...SIZE }, legible);
        }
    }

    afterChoice() {
        const { selected } = this.props;
        if (this.walked && this.nodes.has(selected)) {
            this.elementOf(selected).focus({ preventScroll: true });
            this.show(selected, false);
        }
        this.walked = false;
    }

    onClick(event) {
        if (this.viewport.moved) {
            return;
        }
        const id = this.idOf(event);
        if (event.target.closest(".o_itsm_graph_toggle")) {
            this.props.onToggle(id);
        } else {
            this.props.onSelect(id ?? false);
        }
    }

    onDoubleClick(event) {
        const id = this.idOf(event);
        if (id !== undefined && !event.target.closest(".o_itsm_graph_toggle")) {
            this.open(id);
        }
    }

    open(id) {
        if (this.nodes.get(id).isMany) {
            this.props.onToggle(id);
        } else {
            this.props.onOpen(this.nodes.get(id));
        }
    }

    onKeydown(event) {
        if (event.ctrlKey || event.metaKey || event.altKey) {
            return;
        }
        if (this.keyOfView(event.key) || this.keyOfNode(event.key, this.idOf(event))) {
            event.preventDefault();
            event.stopPropagation();
        }
    }

    keyOfView(key) {
        const zooms = { "+": "zoomIn", "=": "zoomIn", "-": "zoomOut", _: "zoomOut", 0: "fit" };
        if (key in zooms) {
            this.viewport[zooms[key]]();
        }
        return key in zooms;
    }

    keyOfNode(key, id) {
        if (id === undefined) {
            return false;
        }
        if (WALK.has(key)) {
            this.walked = true;
            this.props.onSelect(stepFrom(id, key, this.plan, this.props.picture.edges));
        } else if (key === "Enter") {
            this.open(id);
        } else if (key === " ") {
            this.walked = true;
            this.props.onToggle(id);
        } else if (key === "Escape") {
            this.props.onSelect(false);
        } else {
            return false;
        }
        return true;
    }

    // ------------------------------------------------------------------
    // Paper
    // ------------------------------------------------------------------

    forPaper() {
        const { width, height } = this.plan;
        this.svg.el.setAttribute("viewBox", `0 0 ${width} ${height}`);
        this.svg.el.querySelector(".o_itsm_graph_canvas").removeAttribute("transform");
        this.svg.el.classList.remove("o_itsm_graph_far");
    }

    forScreen() {
        this.svg.el.removeAttribute("viewBox");
        this.viewport.draw();
    }
}
