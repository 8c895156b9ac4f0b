import { Component, onWillUnmount, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/**
 * Applies a batch portion by portion and shows how far it is.
 *
 * Stands on a batch, or on a record that has one (option `batch`: the field's name).
 * Each call is a transaction of its own, so closing the page loses nothing that was
 * done; the button then goes on with the rest.
 */
export class BatchApply extends Component {
    static template = "itsm_cmdb.BatchApply";
    static props = { ...standardWidgetProps, batch: { type: String, optional: true } };

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.state = useState({ running: false, done: 0, total: 0 });
        this.stopped = false;
        onWillUnmount(() => {
            this.stopped = true;
        });
    }

    get batchId() {
        const { record, batch } = this.props;
        return batch ? record.data[batch].id : record.resId;
    }

    get percent() {
        return this.state.total ? Math.round((100 * this.state.done) / this.state.total) : 0;
    }

    get label() {
        const { state, batch_state, create_count, update_count } = this.props.record.data;
        if ((this.props.batch ? batch_state : state) === "applying") {
            return _t("Apply the Rest");
        }
        // Where nothing is to be written the sightings are noted all the same.
        return create_count + update_count ? _t("Apply") : _t("Finish");
    }

    async apply() {
        const { record } = this.props;
        if (!(await record.save())) {
            return;
        }
        this.stopped = false;
        this.state.running = true;
        try {
            let progress = { finished: false };
            let first = true;
            while (!progress.finished && !this.stopped) {
                progress = await this.orm.call("itsm.ci.batch", "apply_next", [
                    [this.batchId],
                ]);
                Object.assign(this.state, { done: progress.done, total: progress.total });
                if (first && !progress.finished) {
                    // The form shows the new step, without the buttons of the old one.
                    await record.load();
                }
                first = false;
            }
            if (progress.finished) {
                this.notification.add(_t("The rows are applied."), { type: "success" });
            }
        } finally {
            this.state.running = false;
            await record.load();
        }
    }

    stop() {
        this.stopped = true;
    }
}

registry.category("view_widgets").add("itsm_ci_batch_apply", {
    component: BatchApply,
    extractProps: ({ options }) => ({ batch: options.batch }),
});
