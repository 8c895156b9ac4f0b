import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { SelectionField, selectionField } from "@web/views/fields/selection/selection_field";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { ConditionValue } from "../condition/condition_value";
import { described } from "../condition/outline";

/** The type of a question, without those that do not fit where it stands. */
export class QuestionTypeField extends SelectionField {
    static props = {
        ...SelectionField.props,
        without: { type: Array, optional: true },
    };

    get options() {
        const without = this.props.without || [];
        return super.options.filter(([type]) => !without.includes(type));
    }
}

export const questionTypeField = {
    ...selectionField,
    component: QuestionTypeField,
    extractProps: (fieldInfo, dynamicInfo) => ({
        ...selectionField.extractProps(fieldInfo, dynamicInfo),
        without: fieldInfo.options.without,
    }),
};

registry.category("fields").add("itsm_question_type", questionTypeField);

const SEVERAL = ", ";

/** How the answer is kept as text, and read again. */
const CODECS = {
    number: [Number, String],
    money: [Number, String],
    boolean: [(text) => text === "true", String],
    choices: [(text) => text.split(/\s*,\s*/).filter(Boolean), (keys) => keys.join(SEVERAL)],
    person: [Number, String],
    department: [Number, String],
    location: [Number, String],
    record: [Number, String],
};

/** The answer that a question is filled in with, in the input that fits its type. */
export class FixedAnswerField extends Component {
    static template = "itsm_helpdesk.FixedAnswerField";
    static components = { ConditionValue };
    static props = { ...standardFieldProps };

    get question() {
        const question = described(this.props.record);
        // Several answers may be ticked, so they are offered as such.
        return question.type === "choices" ? { ...question, type: "choice" } : question;
    }

    get op() {
        return this.props.record.data.type === "choices" ? "one_of" : "equals";
    }

    get codec() {
        const keep = (value) => value;
        return CODECS[this.props.record.data.type] || [keep, keep];
    }

    get value() {
        const text = this.props.record.data[this.props.name];
        return text ? this.codec[0](text) : null;
    }

    update(value) {
        const isNothing = value === null || (Array.isArray(value) && !value.length);
        const text = isNothing ? false : this.codec[1](value);
        return this.props.record.update({ [this.props.name]: text });
    }
}

export const fixedAnswerField = {
    component: FixedAnswerField,
    displayName: _t("Fixed Answer"),
    supportedTypes: ["char"],
};

registry.category("fields").add("itsm_fixed_answer", fixedAnswerField);
