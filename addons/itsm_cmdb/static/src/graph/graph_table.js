import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { STATES } from "./graph_model";
import { criticalityName, distanceName, groupSentence, stateName } from "./graph_words";

/** More names than so many are only counted. */
const NAMES = 4;
/** So many rows are made at a time. */
const PAGE = 500;
const ICONS = {
    down: "fa-times-circle",
    degraded: "fa-exclamation-triangle",
    up: "fa-check-circle",
    unknown: "fa-question-circle",
};

/** The same facts as the picture, as a table that can be sorted and read aloud. */
export class GraphTable extends Component {
    static template = "itsm_cmdb.GraphTable";
    static props = {
        nodes: Array,
        data: Object,
        direction: String,
        caption: String,
        sort: Object,
        selected: { optional: true },
        found: Set,
        onOpen: Function,
        onSelect: Function,
    };

    setup() {
        this.sort = useState(this.props.sort);
        this.sort.rows ||= PAGE;
        this.page = PAGE;
        this.icons = ICONS;
        this.stateName = stateName;
        this.criticalityName = criticalityName;
        this.distanceName = distanceName;
    }

    get columns() {
        return [
            ["name", _t("Item")],
            ["class_name", _t("Class")],
            ["state", _t("State")],
            ["distance", _t("Distance")],
            ["criticality", _t("Criticality")],
            ["why", _t("Why")],
            [false, this.props.direction === "dependencies" ? _t("Needed By") : _t("Depends On")],
            [false, _t("Redundancy")],
        ];
    }

    sortBy(key) {
        Object.assign(this.sort, { key, down: this.sort.key === key && !this.sort.down });
    }

    ariaSort(key) {
        if (key !== this.sort.key) {
            return key ? "none" : undefined;
        }
        return this.sort.down ? "descending" : "ascending";
    }

    /** The rows in order, each with the names of those it is linked to. */
    get rows() {
        const { key, down } = this.sort;
        const value = (node) => (key === "state" ? STATES.indexOf(node.state) : node[key] ?? "");
        const compare = (a, b) =>
            typeof a === "number" ? a - b : String(a).localeCompare(String(b));
        const near = this.near;
        return [...this.props.nodes]
            .sort((a, b) => {
                const order = compare(value(a), value(b)) || a.distance - b.distance;
                return down ? -order : order;
            })
            .map((node) => ({
                ...node,
                near: this.listed(near.get(node.id) || []),
                redundancy: this.props.data.groups
                    .filter((group) => group.ci === node.id)
                    .map(groupSentence),
            }));
    }

    get shown() {
        return this.rows.slice(0, this.sort.rows);
    }

    get near() {
        const { data, direction } = this.props;
        const names = new Map(data.nodes.map((node) => [node.id, node.name]));
        const [here, there] = direction === "dependencies" ? ["from", "to"] : ["to", "from"];
        const near = new Map();
        for (const edge of data.edges) {
            const known = near.get(edge[here]) || new Set();
            near.set(edge[here], known.add(names.get(edge[there])));
        }
        return near;
    }

    listed(names) {
        const all = [...names];
        const more = all.length - NAMES;
        const first = all.slice(0, NAMES).join(", ");
        return more > 0 ? _t("%(names)s and %(count)s more", { names: first, count: more }) : first;
    }
}
