import { Component, onWillStart, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const MODEL = "itsm.priority.rule";
const AXES = ["impact", "urgency", "priority"];
const COLORS = {
    1: "text-bg-danger",
    2: "text-bg-warning",
    3: "text-bg-info",
    4: "text-bg-light",
};

/**
 * The impact × urgency → priority matrix as a table: of all desks, or of one desk,
 * whose cells are those of all desks until it gets its own. Each choice is saved at
 * once.
 */
export class PriorityMatrix extends Component {
    static template = "itsm_helpdesk.PriorityMatrix";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        this.state = useState({ deskId: false, rules: [], changed: false });
        onWillStart(async () => {
            const [labels, desks, canEdit] = await Promise.all([
                this.orm.call(MODEL, "fields_get", [AXES, ["selection", "string"]]),
                this.orm.searchRead("itsm.desk", [], ["name"]),
                user.checkAccessRight(MODEL, "write"),
                this.load(),
            ]);
            Object.assign(this, { labels, desks, canEdit });
        });
    }

    async load() {
        this.state.rules = await this.orm.searchRead(MODEL, [], ["desk_id", ...AXES]);
    }

    ruleOf(deskId, impact, urgency) {
        return this.state.rules.find(
            (rule) =>
                (rule.desk_id ? rule.desk_id[0] : false) === deskId &&
                rule.impact === impact &&
                rule.urgency === urgency
        );
    }

    /** What stands in a cell: the desk's own rule, or the one of all desks. */
    cell(impact, urgency) {
        const own = this.ruleOf(this.state.deskId, impact, urgency);
        const rule = own || this.ruleOf(false, impact, urgency);
        return {
            own,
            priority: rule?.priority,
            isInherited: !own && this.state.deskId !== false,
        };
    }

    cellClass(cell) {
        const color = COLORS[cell.priority] || "";
        return cell.isInherited ? "text-muted fst-italic bg-body-tertiary" : color;
    }

    selectDesk(ev) {
        this.state.deskId = Number(ev.target.value) || false;
    }

    async choose(impact, urgency, priority) {
        const { own } = this.cell(impact, urgency);
        if (own) {
            await this.orm.write(MODEL, [own.id], { priority });
        } else {
            const values = { desk_id: this.state.deskId, impact, urgency, priority };
            await this.orm.create(MODEL, [values]);
        }
        await this.afterChange();
    }

    async inherit(impact, urgency) {
        await this.orm.unlink(MODEL, [this.cell(impact, urgency).own.id]);
        await this.afterChange();
    }

    async afterChange() {
        this.state.changed = true;
        await this.load();
    }

    async apply() {
        const action = await this.orm.call(MODEL, "action_apply_to_open_tickets", [[]]);
        this.state.changed = false;
        await this.action.doAction(action);
    }

    openList() {
        return this.action.doAction("itsm_helpdesk.itsm_priority_rule_action");
    }
}

registry.category("actions").add("itsm_priority_matrix", PriorityMatrix);
