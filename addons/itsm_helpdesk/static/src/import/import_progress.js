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

    get percent() {
        return this.state.total ? Math.round((100 * this.state.done) / this.state.total) : 0;
    }

    get label() {
        const { state, create_count, update_count } = this.props.record.data;
        if (state === "applying") {
            return _t("Apply the Rest");
        }
        // Where nothing is to be written the import only has to be ended.
        return create_count + update_count ? _t("Apply") : _t("Finish");
    }

    async apply() {
        this.stopped = false;
        this.state.running = true;
        try {
            let progress = { finished: false };
            while (!progress.finished && !this.stopped) {
                progress = await this.orm.call(
                    this.props.record.resModel,
                    "apply_next",
                    [[this.props.record.resId]]
                );
                Object.assign(this.state, progress);
                if (this.props.record.data.state === "planned") {
                    // The form shows the new step, without the buttons of the old one.
                    await this.props.record.load();
                }
            }
            if (progress.finished) {
                this.notification.add(_t("The import is finished."), { type: "success" });
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
