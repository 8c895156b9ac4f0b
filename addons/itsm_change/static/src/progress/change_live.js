import { Component, useEffect } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const BEAT = 30000;

/**
 * Keeps the form of a change that is being made up to date while others work on its
 * steps. The websocket makes it look at once; it also looks by itself now and then, so
 * it works without. What somebody is typing is never thrown away.
 */
export class ChangeLive extends Component {
    static template = "itsm_change.ChangeLive";
    static props = { ...standardWidgetProps };

    setup() {
        this.bus = useService("bus_service");
        useEffect(
            (changeId, state) => this.follow(changeId, state),
            () => [this.props.record.resId, this.props.record.data.state]
        );
    }

    /**
     * @param {number|false} changeId false for a change that is not saved yet
     * @param {string} state
     * @returns {Function} what is to be done when the form leaves the change
     */
    follow(changeId, state) {
        if (!changeId || state !== "implement") {
            return () => {};
        }
        const channel = `itsm.change.progress/${changeId}`;
        const onNews = (payload) => {
            if (payload.change_id === changeId) {
                this.look(changeId);
            }
        };
        this.bus.addChannel(channel);
        this.bus.subscribe("itsm.change/progress", onNews);
        const timer = browser.setInterval(() => this.look(changeId), BEAT);
        return () => {
            browser.clearInterval(timer);
            this.bus.unsubscribe("itsm.change/progress", onNews);
            this.bus.deleteChannel(channel);
        };
    }

    async look(changeId) {
        const record = this.props.record;
        if (record.resId !== changeId || (await record.isDirty())) {
            return;
        }
        try {
            await record.load();
        } catch {
            // The next beat comes soon.
        }
    }
}

registry.category("view_widgets").add("itsm_change_live", { component: ChangeLive });
