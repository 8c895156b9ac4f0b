import { Component, onMounted, useState } from "@odoo/owl";

import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

const { DateTime } = luxon;

/**
 * Until when changes are counted in the figures of a screen, and a button that counts
 * those made since.
 */
export class FactFreshness extends Component {
    static template = "itsm_helpdesk.FactFreshness";
    static props = { resModel: String };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ asOf: false, isKnown: false, isBusy: false });
        onMounted(() => this.ask("fact_status"));
    }

    get text() {
        if (!this.state.asOf) {
            return _t("Figures are being drawn up");
        }
        const isToday = this.state.asOf.hasSame(DateTime.local(), "day");
        const moment = isToday
            ? this.state.asOf.toLocaleString(DateTime.TIME_SIMPLE)
            : formatDateTime(this.state.asOf, { showSeconds: false });
        return _t("Figures as of %s", moment);
    }

    async ask(method) {
        const status = await this.orm.call(this.props.resModel, method, []);
        this.state.asOf = status.as_of && deserializeDateTime(status.as_of);
        this.state.isKnown = true;
    }

    async refresh() {
        this.state.isBusy = true;
        try {
            await this.ask("fact_refresh");
        } finally {
            this.state.isBusy = false;
        }
        this.env.searchModel.search();
    }
}
