import { Component, onWillUnmount, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/**
 * Applies an import batch by batch and shows how far it is.
 *
 * Each call is a transaction of its own, so closing the page loses nothing that
 * was done; the button then goes on with the rest.
 */
export class ImportProgress extends Component {
    static template = "itsm_helpdesk.ImportProgress";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.state = useState({ running: false, done: 0, total: 0 });
        this.stopped = false;
        onWillUnmount(() => {
            this.stopped = true;
        });
    }

    get step() {
        return this.props.record.data.state;
    }

    get finishedText() {
        return _t("The import is finished.");
    }

    get percent() {
        return this.state.total ? Math.round((100 * this.state.done) / this.state.total) : 0;
    }

    get label() {
        const { create_count, update_count } = this.props.record.data;
        if (this.step === "applying") {
            return _t("Apply the Rest");
        }
        // Where nothing is to be written the import only has to be ended.
        return create_count + update_count ? _t("Apply") : _t("Finish");
    }

    /** Apply the next portion; return how far it is. */
    applyNext() {
        const { resId, resModel } = this.props.record;
        return this.orm.call(resModel, "apply_next", [[resId]]);
    }

    async apply() {
        this.stopped = false;
        this.state.running = true;
        try {
            let progress = { finished: false };
            while (!progress.finished && !this.stopped) {
                progress = await this.applyNext();
                Object.assign(this.state, { done: progress.done, total: progress.total });
                if (this.step === "planned") {
                    // The form shows the new step, without the buttons of the old one.
                    await this.props.record.load();
                }
            }
            if (progress.finished) {
                this.notification.add(this.finishedText, { type: "success" });
            }
        } finally {
            this.state.running = false;
            if (!this.stopped || this.props.record.resId) {
                await this.props.record.load();
            }
        }
    }

    stop() {
        this.stopped = true;
    }
}

registry.category("view_widgets").add("itsm_import_progress", {
    component: ImportProgress,
});
