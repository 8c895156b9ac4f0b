import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { tally } from "./graph_model";
import {
    criticalityName,
    distanceName,
    groupSentence,
    nodeName,
    stateName,
    tallySentence,
} from "./graph_words";

const ICONS = {
    down: "fa-times-circle",
    degraded: "fa-exclamation-triangle",
    up: "fa-check-circle",
    unknown: "fa-question-circle",
};

/** Beside the picture: the facts of the selected node, or what it all comes to. */
export class GraphPanel extends Component {
    static template = "itsm_cmdb.GraphPanel";
    static props = {
        data: Object,
        node: { type: Object, optional: true },
        direction: String,
        onOpen: Function,
        onOpenTicket: Function,
        onSelect: Function,
        onToggle: Function,
        onFrom: Function,
    };

    setup() {
        this.icons = ICONS;
        this.stateName = stateName;
        this.nodeName = nodeName;
        this.groupSentence = groupSentence;
    }

    get facts() {
        const { node } = this.props;
        return [
            [_t("Code"), node.isMany ? "" : node.code],
            [_t("Class"), node.class_name],
            [_t("Distance"), distanceName(node.distance)],
            [_t("Criticality"), node.isMany ? "" : criticalityName(node.criticality)],
        ].filter(([, value]) => value);
    }

    get groups() {
        const { data, node } = this.props;
        return data.groups.filter((group) => group.ci === node.id);
    }

    /** Those it is linked to: what it needs, and what needs it. */
    get links() {
        const { data, node } = this.props;
        const nodes = new Map(data.nodes.map((each) => [each.id, each]));
        const listed = (here, there) =>
            [...new Set(data.edges.filter((e) => e[here] === node.id).map((e) => e[there]))]
                .map((id) => nodes.get(id))
                .filter(Boolean);
        return [
            { key: "needs", title: _t("Depends on"), nodes: listed("to", "from") },
            { key: "used", title: _t("Used by"), nodes: listed("from", "to") },
        ].filter((part) => part.nodes.length);
    }

    get summary() {
        const { nodes } = this.props.data;
        return tallySentence(nodes.length, tally(nodes));
    }

    get people() {
        const { people } = this.props.data;
        return people === 1 ? _t("1 person") : _t("%s people", people);
    }
}
