import { Component } from "@odoo/owl";
import { DateTimeInput } from "@web/core/datetime/datetime_input";
import {
    deserializeDate,
    deserializeDateTime,
    serializeDate,
    serializeDateTime,
} from "@web/core/l10n/dates";
import { MultiRecordSelector } from "@web/core/record_selectors/multi_record_selector";
import { RecordSelector } from "@web/core/record_selectors/record_selector";
import { kindOf, modelOf, takesNoValue, takesSeveral } from "./condition";

/** What a rule compares with, in the input that fits its question and operator. */
export class ConditionValue extends Component {
    static template = "itsm_helpdesk.ConditionValue";
    static components = { DateTimeInput, MultiRecordSelector, RecordSelector };
    static props = { question: Object, op: String, value: true, update: Function };

    get kind() {
        if (!this.props.op || takesNoValue(this.props.op)) {
            return "none";
        }
        return kindOf(this.props.question);
    }

    get isSeveral() {
        return takesSeveral(this.props.op);
    }

    get model() {
        return modelOf(this.props.question);
    }

    get selected() {
        return this.isSeveral ? this.props.value || [] : this.props.value;
    }

    get moment() {
        const { value } = this.props;
        if (!value) {
            return false;
        }
        return this.kind === "date" ? deserializeDate(value) : deserializeDateTime(value);
    }

    updateMoment(moment) {
        const serialize = this.kind === "date" ? serializeDate : serializeDateTime;
        this.props.update(moment ? serialize(moment) : null);
    }

    updateNumber(text) {
        const number = Number.parseFloat(text);
        this.props.update(Number.isNaN(number) ? null : number);
    }

    toggle(key) {
        const keys = this.selected.includes(key)
            ? this.selected.filter((other) => other !== key)
            : [...this.selected, key];
        this.props.update(keys);
    }
}
