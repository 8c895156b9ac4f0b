import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatDateTime } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import {
    isCounting,
    LOOKS,
    nextChange,
    shortText,
    standingOf,
    standingText,
} from "./standing";
import { useNow } from "./ticker";

/**
 * The time left until a deadline, coloured by what is left. It keeps counting on the
 * wall clock; the deadline itself has the working hours in it.
 */
export class SlaCountdown extends Component {
    static template = "itsm_sla.Countdown";
    static props = {
        ...standardFieldProps,
        stateField: { type: String },
        stoppedField: { type: String, optional: true },
        warningField: { type: String },
    };

    setup() {
        this.now = useNow((now) => nextChange(this.promised, now));
    }

    get promised() {
        const { name, stateField, stoppedField, warningField } = this.props;
        return {
            deadline: this.momentOf(name),
            warning: this.momentOf(warningField),
            stopped: this.momentOf(stoppedField),
            state: this.props.record.data[stateField],
        };
    }

    momentOf(fieldName) {
        const value = fieldName && this.props.record.data[fieldName];
        return value ? value.toMillis() : false;
    }

    /** What is to be seen now; false without a promise. */
    get shown() {
        const now = this.now();
        const promised = this.promised;
        const standing = standingOf(promised, now);
        if (!standing) {
            return false;
        }
        const text = shortText(standing, promised, now);
        const details = this.detailsOf(standing);
        return {
            ...LOOKS[standing],
            standing,
            text,
            details,
            label: _t("%(text)s (%(details)s)", { text, details }),
            role: isCounting(standing) ? "timer" : "img",
        };
    }

    detailsOf(standing) {
        const state = standingText(standing);
        const deadline = formatDateTime(this.props.record.data[this.props.name]);
        return deadline
            ? _t("%(state)s; deadline: %(deadline)s", { state, deadline })
            : state;
    }
}

/** The names of the fields beside the deadline; by default those of its model. */
function siblings({ name, options }) {
    const isClock = name === "deadline";
    return {
        stateField: options.state_field || (isClock ? "state" : "sla_state"),
        stoppedField: options.stopped_field || (isClock ? "stopped_at" : undefined),
        warningField:
            options.warning_field || (isClock ? "warning_at" : "sla_warning_at"),
    };
}

export const slaCountdown = {
    component: SlaCountdown,
    displayName: _t("Countdown"),
    supportedTypes: ["datetime"],
    supportedOptions: [
        {
            label: _t("Warning field"),
            name: "warning_field",
            type: "field",
            availableTypes: ["datetime"],
        },
        {
            label: _t("State field"),
            name: "state_field",
            type: "field",
            availableTypes: ["selection"],
        },
        {
            label: _t("Stop field"),
            name: "stopped_field",
            type: "field",
            availableTypes: ["datetime"],
        },
    ],
    extractProps: siblings,
    fieldDependencies: (node) => {
        const { stateField, stoppedField, warningField } = siblings(node);
        return [
            { name: warningField, type: "datetime" },
            { name: stateField, type: "selection" },
            ...(stoppedField ? [{ name: stoppedField, type: "datetime" }] : []),
        ];
    },
    // It stands for a paused promise, too, which has no deadline.
    isEmpty: () => false,
    listViewWidth: [125, 160],
};

registry.category("fields").add("itsm_sla_countdown", slaCountdown);
