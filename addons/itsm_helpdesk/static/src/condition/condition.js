/**
 * What a condition is, apart from any screen: `{match, rules}`, whose rules compare
 * the answer of a question or are conditions themselves. No condition always holds.
 */

const KINDS = {
    char: "text",
    text: "text",
    number: "number",
    money: "number",
    date: "date",
    datetime: "datetime",
    boolean: "boolean",
    choice: "choice",
    choices: "choices",
    person: "record",
    department: "record",
    location: "record",
    record: "record",
    file: "presence",
    table: "presence",
};

const PRESENCE = ["is_set", "is_empty"];
const ORDER = ["equals", "differs", "greater", "at_least", "less", "at_most"];
const SEVERAL = ["one_of", "not_one_of"];

const OPERATORS = {
    text: ["equals", "differs", "contains", ...PRESENCE],
    number: [...ORDER, ...PRESENCE],
    date: [...ORDER, ...PRESENCE],
    datetime: [...ORDER, ...PRESENCE],
    boolean: ["equals"],
    choice: ["equals", "differs", ...SEVERAL, ...PRESENCE],
    choices: ["contains", ...PRESENCE],
    record: ["equals", "differs", ...SEVERAL, ...PRESENCE],
    presence: PRESENCE,
};

/** The models of the questions whose model nobody has to pick. */
const MODELS = {
    person: "hr.employee.public",
    department: "hr.department",
    location: "itsm.location",
};

/** What kind of comparison fits the answers to a question; none for mere text. */
export function kindOf(question) {
    return KINDS[question.type];
}

export function modelOf(question) {
    return MODELS[question.type] || question.model;
}

export function operatorsOf(question) {
    return OPERATORS[kindOf(question)] || [];
}

export function isGroup(rule) {
    return Array.isArray(rule.rules);
}

export function takesNoValue(op) {
    return PRESENCE.includes(op);
}

export function takesSeveral(op) {
    return SEVERAL.includes(op);
}

/** What a fresh rule compares with: nothing yet, except where there is one choice. */
export function blankValue(question, op) {
    if (takesSeveral(op)) {
        return [];
    }
    return kindOf(question) === "boolean" ? true : null;
}

/** The value of a rule whose operator has changed: kept where it still fits. */
export function valueFor(question, op, value) {
    if (takesNoValue(op)) {
        return null;
    }
    if (takesSeveral(op)) {
        return Array.isArray(value) ? value : [value].filter((one) => one !== null);
    }
    return Array.isArray(value) ? value[0] ?? null : value ?? blankValue(question, op);
}

export function blankRule() {
    return { question: "", op: "", value: null };
}

/** Whether a rule says all it has to. */
export function isComplete(rule) {
    if (isGroup(rule)) {
        return rule.rules.length > 0 && rule.rules.every(isComplete);
    }
    if (!rule.question || !rule.op) {
        return false;
    }
    if (takesNoValue(rule.op)) {
        return true;
    }
    const { value } = rule;
    const isBlank = value === null || value === undefined || value === "";
    return !isBlank && !(Array.isArray(value) && !value.length);
}

function storedRule(rule) {
    if (isGroup(rule)) {
        return { match: rule.match, rules: rule.rules.map(storedRule) };
    }
    const { question, op, value } = rule;
    return takesNoValue(op) ? { question, op } : { question, op, value };
}

/** What is kept of a draft: its complete rules, and nothing where there are none. */
export function stored(draft) {
    const rules = draft.rules.filter(isComplete).map(storedRule);
    return rules.length ? { match: draft.match, rules } : null;
}

/** A copy that may be edited. */
export function draftOf(condition) {
    if (!condition || !isGroup(condition)) {
        return { match: "all", rules: [] };
    }
    return {
        match: condition.match === "any" ? "any" : "all",
        rules: condition.rules.map((rule) =>
            isGroup(rule) ? draftOf(rule) : { value: null, ...rule }
        ),
    };
}

/** Every rule of a condition that compares an answer, wherever it stands. */
export function comparisons(condition) {
    return condition.rules.flatMap((rule) => (isGroup(rule) ? comparisons(rule) : rule));
}
