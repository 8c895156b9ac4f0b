import { Component, useState } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { useDropdownState } from "@web/core/dropdown/dropdown_hooks";
import { formatDateTime, deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { fromInput, toInput } from "./graph_choices";

/** The time in which something is to fail: known failures of that time are added. */
export class GraphWindow extends Component {
    static template = "itsm_cmdb.GraphWindow";
    static components = { Dropdown };
    static props = { window: { type: [Array, { value: null }], optional: true }, onChange: Function };

    setup() {
        this.dropdown = useDropdownState();
        const [start, end] = this.props.window || [];
        this.state = useState({ start: toInput(start), end: toInput(end), wrong: false });
    }

    get label() {
        const { window } = this.props;
        if (!window) {
            return _t("Any time");
        }
        const [start, end] = window.map((each) =>
            formatDateTime(deserializeDateTime(each), { showSeconds: false })
        );
        return _t("%(start)s to %(end)s", { start, end });
    }

    apply() {
        const [start, end] = [fromInput(this.state.start), fromInput(this.state.end)];
        if (!start || !end || end <= start) {
            this.state.wrong = start && end ? _t("The end must be after the start.") : _t("Give both a start and an end.");
            return;
        }
        this.state.wrong = false;
        this.dropdown.close();
        this.props.onChange([start, end]);
    }

    clear() {
        Object.assign(this.state, { start: "", end: "", wrong: false });
        this.dropdown.close();
        this.props.onChange(null);
    }
}
