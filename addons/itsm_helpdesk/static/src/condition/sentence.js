import { deserializeDate, deserializeDateTime, formatDate, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { formatList } from "@web/core/l10n/utils";
import { formatFloat } from "@web/core/utils/numbers";
import { comparisons, isGroup, kindOf, modelOf } from "./condition";

/** What the operators are called in a list to choose from, by kind of question. */
export function operatorLabel(kind, op) {
    const isTime = kind === "date" || kind === "datetime";
    switch (op) {
        case "equals":
            return isTime ? _t("is on") : _t("is");
        case "differs":
            return isTime ? _t("is not on") : _t("is not");
        case "greater":
            return isTime ? _t("is after") : _t("is more than");
        case "at_least":
            return isTime ? _t("is on or after") : _t("is at least");
        case "less":
            return isTime ? _t("is before") : _t("is less than");
        case "at_most":
            return isTime ? _t("is on or before") : _t("is at most");
        case "contains":
            return kind === "choices" ? _t("includes") : _t("contains");
        case "one_of":
            return _t("is one of");
        case "not_one_of":
            return _t("is none of");
        case "is_set":
            return _t("is answered");
        case "is_empty":
            return _t("is not answered");
        default:
            return op;
    }
}

function oneValueText(question, value, nameOf) {
    switch (kindOf(question)) {
        case "boolean":
            return value ? _t("yes") : _t("no");
        case "number":
            return formatFloat(value, { digits: [0, 6], trailingZeros: false });
        case "date":
            return formatDate(deserializeDate(value));
        case "datetime":
            return formatDateTime(deserializeDateTime(value), { showSeconds: false });
        case "choice":
        case "choices":
            return question.options.find((option) => option.key === value)?.label ?? value;
        case "record":
            return nameOf(modelOf(question), value);
        default:
            return _t("“%(text)s”", { text: value });
    }
}

/** What a question is called within a sentence: one that is a sentence is quoted. */
function questionText({ label }) {
    return /[?？!:：.。]\s*$/.test(label) ? _t("“%(text)s”", { text: label }) : label;
}

function valueText(question, rule, nameOf) {
    const values = [rule.value].flat().map((one) => oneValueText(question, one, nameOf));
    return formatList(values, { style: "or" });
}

function ruleText(rule, questions, nameOf) {
    const question = questions.find(({ key }) => key === rule.question);
    if (!question) {
        return _t("the missing question “%(key)s”", { key: rule.question });
    }
    const words = {
        question: questionText(question),
        operator: operatorLabel(kindOf(question), rule.op),
    };
    if (rule.op === "is_set" || rule.op === "is_empty") {
        return _t("%(question)s %(operator)s", words);
    }
    const value = valueText(question, rule, nameOf);
    return _t("%(question)s %(operator)s %(value)s", { ...words, value });
}

/**
 * A condition in words, “Device is Laptop and Cost is more than 1000”.
 *
 * @param {object} condition
 * @param {object[]} questions those the condition may name
 * @param {(model: string, id: number) => string} nameOf
 */
export function sentence(condition, questions, nameOf) {
    const parts = condition.rules.map((rule) =>
        isGroup(rule)
            ? _t("(%(condition)s)", { condition: sentence(rule, questions, nameOf) })
            : ruleText(rule, questions, nameOf)
    );
    return formatList(parts, { style: condition.match === "any" ? "or" : "standard" });
}

/** The records whose names a sentence needs: `{model: ids}`. */
export function recordsIn(condition, questions) {
    const records = {};
    for (const rule of comparisons(condition)) {
        const question = questions.find(({ key }) => key === rule.question);
        const ids = [rule.value].flat().filter((id) => Number.isInteger(id) && id > 0);
        if (question && kindOf(question) === "record" && ids.length) {
            (records[modelOf(question)] ??= []).push(...ids);
        }
    }
    return records;
}

/** Whether a condition names a question that it may not, or none at all. */
export function isBroken(condition, questions) {
    return comparisons(condition).some(
        (rule) => !questions.some(({ key }) => key === rule.question)
    );
}
