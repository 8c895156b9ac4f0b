import { ImportProgress } from "@itsm_helpdesk/import/import_progress";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/**
 * Applies a batch portion by portion and shows how far it is.
 *
 * Stands on a batch, or on a record that has one (option `batch`: the field's name).
 */
export class BatchApply extends ImportProgress {
    static props = { ...ImportProgress.props, batch: { type: String, optional: true } };

    get step() {
        const { state, batch_state } = this.props.record.data;
        return this.props.batch ? batch_state : state;
    }

    get finishedText() {
        return _t("The rows are applied.");
    }

    applyNext() {
        const { record, batch } = this.props;
        const batchId = batch ? record.data[batch].id : record.resId;
        return this.orm.call("itsm.ci.batch", "apply_next", [[batchId]]);
    }

    async apply() {
        if (await this.props.record.save()) {
            await super.apply();
        }
    }
}

registry.category("view_widgets").add("itsm_ci_batch_apply", {
    component: BatchApply,
    extractProps: ({ options }) => ({ batch: options.batch }),
});
