import { Component, useEffect, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/**
 * A line on a ticket that seems to be at the wrong desk, with the places where it may
 * belong: one click moves it there. It asks after the form is there, so that nobody
 * waits for it.
 */
export class WrongDesk extends Component {
    static template = "itsm_helpdesk.WrongDesk";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ proposals: [] });
        useEffect(
            (ticketId) => {
                this.ask(ticketId);
            },
            () => {
                const { data, resId } = this.props.record;
                return [resId, data.desk_id?.id, data.service_id?.id, data.state];
            }
        );
    }

    async ask(ticketId) {
        this.state.proposals = [];
        if (ticketId) {
            const proposals = await this.orm.silent.call("itsm.ticket", "wrong_desk_hint", [
                [ticketId],
            ]);
            if (ticketId === this.props.record.resId) {
                this.state.proposals = proposals;
            }
        }
    }

    async move(proposal) {
        const { record } = this.props;
        if (!(await record.save())) {
            return;
        }
        const action = await this.orm.call("itsm.ticket", "action_correct_desk", [
            [record.resId],
            proposal.service_id || null,
            proposal.team_id || null,
        ]);
        this.state.proposals = [];
        const stays = action.params.next.type === "ir.actions.act_window_close";
        await this.action.doAction(action);
        if (stays) {
            await record.load();
        }
    }

    dismiss() {
        this.state.proposals = [];
    }
}

registry.category("view_widgets").add("itsm_wrong_desk", { component: WrongDesk });
