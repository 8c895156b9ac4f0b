import { Component, markRaw, onMounted, onWillStart, useRef, useState } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { downloadFile } from "@web/core/network/download";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { itemsOf, optionsOf, startingChoices, toggled } from "./graph_choices";
import { fileName, standaloneSvg } from "./graph_export";
import { SIGNS } from "./graph_glyphs";
import { classesOf, isShown, matching, pictureOf, revealing, STATES, tally } from "./graph_model";
import { GraphPanel } from "./graph_panel";
import { GraphTable } from "./graph_table";
import { GraphView } from "./graph_view";
import { GraphWindow } from "./graph_window";
import {
    aloneSentence,
    DIRECTIONS,
    hiddenSentence,
    stateName,
    tallySentence,
    titleOf,
    tooManySentence,
} from "./graph_words";

const MODEL = "itsm.ci";
const DEPTHS = [1, 2, 3, 4, 6, 8];
/** So many a picture shows; the table has more. */
const DRAWN = 500;
const LISTED = 2000;
/** An address holds only so many items. */
const IN_ADDRESS = 60;

/** The picture of what some items hit, need, or are related to; and its table. */
export class ImpactGraphAction extends Component {
    static template = "itsm_cmdb.ImpactGraph";
    static components = { Dropdown, DropdownItem, GraphPanel, GraphTable, GraphView, GraphWindow, Layout };
    static props = { ...standardActionServiceProps };
    static path = "itsm-impact";
    static displayName = _t("Impact");

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        // An object, since a template reads the getters on a copy of the component.
        this.memo = {};
        this.search = useRef("search");
        this.sign = SIGNS;
        this.stateName = stateName;
        const { action, state: saved } = this.props;
        this.items = itemsOf(action);
        this.viewport = saved?.viewport;
        this.choices = useState(saved?.choices || startingChoices(action.params || {}));
        this.sort = saved?.sort || { key: "distance", down: false };
        this.state = useState({
            data: null,
            loading: false,
            failed: false,
            mode: saved?.mode || "picture",
            selected: saved?.selected || false,
            words: saved?.words || "",
            at: 0,
        });
        useSetupAction({
            getLocalState: () => ({
                choices: { ...this.choices },
                sort: { ...this.sort },
                viewport: this.graph?.viewport.saved || this.viewport,
                mode: this.state.mode,
                selected: this.state.selected,
                words: this.state.words,
            }),
        });
        onWillStart(() => this.load(!saved));
        onMounted(() => this.noteAddress());
    }

    // ------------------------------------------------------------------
    // Loading
    // ------------------------------------------------------------------

    async load(isNew = true) {
        if (!this.items.length) {
            return;
        }
        this.state.loading = true;
        const options = optionsOf(this.choices, this.props.action.params?.options);
        try {
            this.receive(await this.keepLast.add(this.fetch(options)), isNew);
        } catch (error) {
            this.state.data = null;
            this.state.failed = error.data?.message || error.message;
        }
        this.state.loading = false;
    }

    /** The facts; of what is too much for a picture more, for the table. */
    async fetch(options) {
        const ask = (limit) =>
            this.orm.call(MODEL, "impact_graph", [this.items, { ...options, limit }]);
        const data = await ask(DRAWN);
        return data.truncated ? { ...(await ask(LISTED)), truncated: true } : data;
    }

    receive(data, isNew) {
        // Thousands of plain facts: nobody alters them, so nothing need watch them.
        this.state.data = markRaw(data);
        this.state.failed = false;
        if (isNew && data.truncated) {
            this.state.mode = "table";
        }
        if (!data.nodes.some((node) => node.id === this.state.selected)) {
            this.state.selected = false;
        }
        this.env.config.setDisplayName(this.title);
    }

    /** So that the page can be loaded again, or its address be sent to somebody. */
    noteAddress() {
        if (this.items.length && this.items.length <= IN_ADDRESS) {
            this.props.updateActionState({
                ci_ids: this.items.join(","),
                direction: this.choices.direction,
            });
        }
    }

    async reload(change) {
        Object.assign(this.choices, { collapsed: [], opened: [] }, change);
        this.viewport = undefined;
        this.anchor = undefined;
        await this.load();
        this.noteAddress();
    }

    // ------------------------------------------------------------------
    // What is shown
    // ------------------------------------------------------------------

    /** The picture; made anew only when the data or a choice is another. */
    get picture() {
        const { data } = this.state;
        const { direction, hiddenClasses, hiddenStates, collapsed, opened, grouped } = this.choices;
        const view = { direction, hiddenClasses, hiddenStates, collapsed, opened, grouped };
        const key = JSON.stringify(view);
        const { memo } = this;
        if (memo.data !== data || memo.key !== key) {
            const nodes = [...data.nodes].sort((a, b) => a.distance - b.distance);
            const near = nodes.slice(0, DRAWN);
            const ids = new Set(near.map((node) => node.id));
            const part = {
                ...data,
                nodes: near,
                edges: data.edges.filter((edge) => ids.has(edge.from) && ids.has(edge.to)),
                groups: data.groups.filter((group) => ids.has(group.ci)),
            };
            Object.assign(memo, { data, key, part, picture: pictureOf(part, view) });
        }
        return memo.picture;
    }

    get title() {
        const names = (this.state.data?.nodes || [])
            .filter((node) => node.is_source && !node.distance)
            .map((node) => node.name);
        return titleOf(this.choices.direction, names);
    }

    get directions() {
        return DIRECTIONS.map(([key, icon, name, help]) => ({ key, icon, name: name(), help: help() }));
    }

    get depths() {
        return DEPTHS;
    }

    get states() {
        const counts = tally(this.state.data.nodes);
        return STATES.filter((key) => key !== "unknown" || counts[key]).map((key) => ({
            key,
            count: counts[key],
            hidden: this.choices.hiddenStates.includes(key),
        }));
    }

    get classes() {
        return classesOf(this.state.data.nodes).map((each) => ({
            ...each,
            name: each.name || _t("Restricted"),
        }));
    }

    get summary() {
        const { nodes } = this.state.data;
        return tallySentence(nodes.length, tally(nodes));
    }

    get printed() {
        return _t("Printed %s", formatDateTime(luxon.DateTime.now()));
    }

    get rows() {
        return this.state.data.nodes.filter((node) => isShown(node, this.choices));
    }

    get tooMany() {
        const { count, nodes } = this.state.data;
        return tooManySentence(Math.max(count, nodes.length), DRAWN, nodes.length);
    }

    get hiddenNote() {
        return hiddenSentence(this.picture);
    }

    /** Whether nothing but what was asked about is there. */
    get isAlone() {
        return this.state.data.nodes.every((node) => node.is_source);
    }

    get aloneText() {
        return aloneSentence(this.choices.direction);
    }

    get node() {
        const { selected } = this.state;
        return (
            this.picture.nodes.find((node) => node.id === selected) ||
            this.state.data.nodes.find((node) => node.id === selected)
        );
    }

    // ------------------------------------------------------------------
    // Choosing
    // ------------------------------------------------------------------

    setDirection(direction) {
        return direction === this.choices.direction ? undefined : this.reload({ direction });
    }

    setDepth(value) {
        const { direction, depths } = this.choices;
        return this.reload({ depths: { ...depths, [direction]: Number(value) || null } });
    }

    toggleState(state) {
        this.anchor = undefined;
        this.choices.hiddenStates = toggled(this.choices.hiddenStates, state);
    }

    toggleClass(id) {
        this.anchor = undefined;
        this.choices.hiddenClasses = toggled(this.choices.hiddenClasses, id);
    }

    showAll() {
        this.anchor = undefined;
        Object.assign(this.choices, { hiddenClasses: [], hiddenStates: [], collapsed: [] });
    }

    setMode(mode) {
        this.viewport = this.graph?.viewport.saved || this.viewport;
        this.graph = undefined;
        this.state.mode = mode;
    }

    /** Select a node; from a list also bring it into the picture and into sight. */
    select(id, isAway = false) {
        this.anchor = undefined;
        this.state.selected = id;
        if (isAway && id) {
            Object.assign(this.choices, revealing(this.memo.part, this.choices, id));
            // After it is drawn.
            requestAnimationFrame(() => requestAnimationFrame(() => this.graph?.show(id)));
        }
    }

    /** Show or hide what is behind a node, or each of many alike. */
    toggle(id, asOne = false) {
        const node = this.picture.nodes.find((each) => each.id === id);
        this.state.selected = this.toggleNode(node, asOne);
        this.anchor = { from: id, to: this.state.selected };
    }

    /** Do it; return what is selected then. */
    toggleNode(node, asOne) {
        if (node.isMany) {
            this.choices.opened = [...this.choices.opened, node.id];
            return node.members[0].id;
        }
        if (node.openedBy && (asOne || !node.mayCollapse)) {
            this.choices.opened = toggled(this.choices.opened, node.openedBy);
            return node.openedBy;
        }
        if (node.mayCollapse) {
            this.choices.collapsed = toggled(this.choices.collapsed, node.id);
        }
        return node.id;
    }

    toggleGrouped() {
        this.anchor = undefined;
        Object.assign(this.choices, { grouped: !this.choices.grouped, opened: [] });
    }

    // ------------------------------------------------------------------
    // Search
    // ------------------------------------------------------------------

    get found() {
        return matching(this.state.data, this.choices, this.state.words);
    }

    /** What is marked: an item, or the one it is drawn in. */
    get foundSet() {
        const { standIn } = this.picture;
        return new Set(this.found.flatMap((id) => [id, standIn.get(id) || id]));
    }

    get foundText() {
        const { length } = this.found;
        if (!this.state.words.trim()) {
            return "";
        }
        return length ? _t("%(at)s of %(count)s", { at: this.state.at, count: length }) : _t("None");
    }

    onSearchInput(words) {
        Object.assign(this.state, { words, at: 0 });
    }

    onSearchKey(event) {
        if (event.key === "Escape") {
            this.onSearchInput("");
        } else if (event.key === "Enter" && this.found.length) {
            const { length } = this.found;
            this.state.at = ((this.state.at + (event.shiftKey ? -2 : 0) + length) % length) + 1;
            this.select(this.found[this.state.at - 1], true);
        }
    }

    // ------------------------------------------------------------------
    // Going elsewhere
    // ------------------------------------------------------------------

    openRecord(model, id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }

    open(node) {
        return node.masked ? undefined : this.openRecord(MODEL, node.id);
    }

    /** The same picture, from another item. */
    from(node) {
        return this.action.doAction({
            type: "ir.actions.client",
            tag: "itsm_impact_graph",
            params: { ci_ids: [node.id], direction: this.choices.direction },
        });
    }

    openItems() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: _t("Items"),
            res_model: MODEL,
            views: [
                [false, "list"],
                [false, "form"],
            ],
        });
    }

    print() {
        window.print();
    }

    async exportSvg() {
        const { svg, plan, viewport } = this.graph;
        const text = await standaloneSvg(svg.el, plan(), this.title);
        viewport.draw();
        downloadFile(text, fileName(this.title), "image/svg+xml");
    }
}

registry.category("actions").add("itsm_impact_graph", ImpactGraphAction);
