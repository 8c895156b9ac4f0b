import { Component } from "@odoo/owl";
import {
    blankRule,
    blankValue,
    isGroup,
    kindOf,
    operatorsOf,
    takesNoValue,
    valueFor,
} from "./condition";
import { ConditionValue } from "./condition_value";
import { operatorLabel } from "./sentence";

/** The rows of a condition; a group within it is edited by the same component. */
export class ConditionEditor extends Component {
    static template = "itsm_helpdesk.ConditionEditor";
    static components = { ConditionEditor, ConditionValue };
    static props = {
        condition: Object,
        questions: Array,
        update: Function,
        isNested: { type: Boolean, optional: true },
    };

    setup() {
        this.isGroup = isGroup;
        this.takesNoValue = takesNoValue;
    }

    get rules() {
        return this.props.condition.rules;
    }

    questionOf(rule) {
        return this.props.questions.find(({ key }) => key === rule.question);
    }

    operatorsFor(rule) {
        const question = this.questionOf(rule);
        return operatorsOf(question).map((op) => [
            op,
            operatorLabel(kindOf(question), op),
        ]);
    }

    // ------------------------------------------------------------------
    // Changes
    // ------------------------------------------------------------------

    change(values) {
        this.props.update({ ...this.props.condition, ...values });
    }

    changeRule(index, rule) {
        this.change({ rules: this.rules.map((old, i) => (i === index ? rule : old)) });
    }

    removeRule(index) {
        this.change({ rules: this.rules.filter((_rule, i) => i !== index) });
    }

    addRule() {
        this.change({ rules: [...this.rules, blankRule()] });
    }

    /** A group turns the match around: “all of these, and one of those”. */
    addGroup() {
        const match = this.props.condition.match === "all" ? "any" : "all";
        const group = { match, rules: [blankRule(), blankRule()] };
        this.change({ rules: [...this.rules, group] });
    }

    chooseQuestion(index, key) {
        const question = this.props.questions.find((other) => other.key === key);
        const [op] = operatorsOf(question);
        this.changeRule(index, { question: key, op, value: blankValue(question, op) });
    }

    chooseOperator(index, op) {
        const rule = this.rules[index];
        const value = valueFor(this.questionOf(rule), op, rule.value);
        this.changeRule(index, { ...rule, op, value });
    }

    chooseValue(index, value) {
        this.changeRule(index, { ...this.rules[index], value });
    }
}
