import { Component, useEffect, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/**
 * Articles that may answer the ticket: one click puts one into the solution or a reply,
 * links it or opens it. They are asked for after the form is there, so that nobody
 * waits for them.
 */
export class KnownAnswers extends Component {
    static template = "itsm_knowledge.TicketKnownAnswers";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.state = useState({ answers: [], key: "", words: "", asked: false });
        useEffect(
            (ticketId) => {
                this.state.words = "";
                this.ask(ticketId);
            },
            () => {
                const { data, resId } = this.props.record;
                return [resId, data.service_id?.id];
            }
        );
    }

    get isOpen() {
        return !["closed", "cancelled"].includes(this.props.record.data.state);
    }

    async ask(ticketId) {
        this.state.answers = [];
        this.state.asked = false;
        if (!ticketId) {
            return;
        }
        const { words } = this.state;
        const found = await this.orm.silent.call("itsm.ticket", "known_answers", [
            [ticketId],
            words,
        ]);
        // An answer to what was asked before is too late.
        if (ticketId === this.props.record.resId && words === this.state.words) {
            Object.assign(this.state, { ...found, asked: true });
        }
    }

    search() {
        return this.ask(this.props.record.resId);
    }

    async insert(answer) {
        await this.use(answer, "insert_article", ["resolution"]);
    }

    async reply(answer) {
        await this.use(answer, "insert_article", ["reply"]);
    }

    async link(answer) {
        await this.use(answer, "link_article", []);
    }

    async use(answer, verb, args) {
        const { record } = this.props;
        if (!(await record.save())) {
            return;
        }
        const result = await this.orm.call("itsm.ticket", verb, [
            [record.resId],
            answer.id,
            ...args,
        ]);
        await this.noteOpened();
        if (result?.type) {
            // The server completes an action only for a button.
            const action = { views: [[false, "form"]], ...result };
            await this.action.doAction(action, { onClose: () => this.reload() });
            return;
        }
        this.notification.add(
            verb === "link_article"
                ? _t("Linked: %s", answer.name)
                : _t("Put into the solution: %s", answer.name),
            { type: "success" }
        );
        await this.reload();
    }

    async reload() {
        await this.props.record.load();
        await this.search();
    }

    async open(answer) {
        await this.noteOpened();
        await this.action.doAction({
            type: "ir.actions.act_window",
            name: answer.name,
            res_model: "itsm.article.version",
            res_id: answer.version_id,
            views: [[false, "form"]],
            target: "new",
            context: { itsm_reading: true },
        });
    }

    async noteOpened() {
        if (this.state.key) {
            const { resId } = this.props.record;
            await this.orm.silent.call("itsm.ticket", "known_answer_opened", [
                [resId],
                this.state.key,
            ]);
        }
    }
}

registry.category("view_widgets").add("itsm_known_answers", {
    component: KnownAnswers,
    fieldDependencies: [
        { name: "state", type: "selection" },
        { name: "service_id", type: "many2one" },
    ],
});
