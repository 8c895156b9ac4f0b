/**
 * When a question is shown or required, given the answers to those before it.
 *
 * The twin of tools/form/conditions.py, with the same names; the rules stand in its
 * docstring, and tests/unit/test_form_agreement.py compares both. No imports, so that
 * it also runs outside of Odoo. What a person sees follows from here; what is kept, the
 * server decides.
 */

const MAX_DEPTH = 10;
/** These are texts for the reader; they are never answered. */
export const SILENT = new Set(["section", "note"]);
const NUMBER = /^[+-]?[0-9]+(\.[0-9]+)?$/;
const MAX_NUMBER_CHARS = 40;
const MOMENT = /^([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[ T]([0-9]{2}:[0-9]{2})(:[0-9]{2})?)?$/;
const TRUE = new Set(["TRUE", "YES", "1"]);
const FALSE = new Set(["FALSE", "NO", "0"]);

/** Return the value of a key that is the object's own, else null. */
function own(object, key) {
    return Object.hasOwn(object, key) ? object[key] ?? null : null;
}

function isObject(value) {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Return what is hidden and what is required, question after question.
 *
 * @param {Object[]} questions
 * @param {Object} answers
 * @returns {{hidden: Set<string>, required: Set<string>}}
 */
export function standing(questions, answers) {
    const found = { hidden: new Set(), required: new Set() };
    // Without a prototype, so that no key means anything of its own.
    const seen = Object.create(null);
    let sectionHidden = false;
    for (const question of questions) {
        const shown = holds(question.shown_if, seen);
        if (question.type === "section") {
            sectionHidden = !shown;
        }
        if (sectionHidden || !shown) {
            found.hidden.add(question.key);
            continue;
        }
        if (!SILENT.has(question.type) && isRequired(question, seen)) {
            found.required.add(question.key);
        }
        if (Object.hasOwn(answers, question.key)) {
            seen[question.key] = answers[question.key];
        }
    }
    return found;
}

function isRequired(question, seen) {
    const condition = question.required_if;
    return question.required === true || (!isNothing(condition) && holds(condition, seen));
}

/** Tell whether a condition holds for the answers. */
export function holds(condition, answers) {
    return isNothing(condition) || partHolds(condition, answers, 1);
}

export function isNothing(condition) {
    return (
        condition === undefined ||
        condition === null ||
        condition === false ||
        (isObject(condition) && !Object.keys(condition).length)
    );
}

function partHolds(part, answers, depth) {
    if (!isObject(part) || depth > MAX_DEPTH) {
        return false;
    }
    if (!Object.hasOwn(part, "rules")) {
        return ruleHolds(part, answers);
    }
    const match = Object.hasOwn(part, "match") ? part.match : "all";
    if (!Array.isArray(part.rules) || !["all", "any"].includes(match)) {
        return false;
    }
    const results = part.rules.map((rule) => partHolds(rule, answers, depth + 1));
    return match === "any" && results.length ? results.some(Boolean) : results.every(Boolean);
}

function ruleHolds(rule, answers) {
    const key = own(rule, "question");
    const op = own(rule, "op");
    if (typeof key !== "string" || typeof op !== "string" || !Object.hasOwn(OPS, op)) {
        return false;
    }
    return OPS[op](tidy(own(answers, key)), tidy(own(rule, "value")));
}

// ----------------------------------------------------------------------
// Comparing; all values are tidy, so that empty ones are null
// ----------------------------------------------------------------------

/** Return a value with all that is empty as null. */
export function tidy(value) {
    if (Array.isArray(value)) {
        const elements = value.map(tidy).filter((element) => element !== null);
        return elements.length ? elements : null;
    }
    if (value === undefined || (typeof value === "string" && !fold(value))) {
        return null;
    }
    return value;
}

/** Return a text as it is compared. */
export function fold(text) {
    return text
        .normalize("NFKC")
        .toUpperCase()
        .normalize("NFKC")
        .replace(/[ \t\r\n]+/g, " ")
        .replace(/^ | $/g, "");
}

/** Return a finite number or a text that reads as one, else null. */
export function number(value) {
    if (typeof value === "string") {
        const text = fold(value);
        return text.length <= MAX_NUMBER_CHARS && NUMBER.test(text) ? Number(text) : null;
    }
    return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** Return a date or time as “YYYY-MM-DD HH:MM:SS”, else null. */
export function moment(value) {
    const match = typeof value === "string" && MOMENT.exec(fold(value));
    return match ? `${match[1]} ${match[2] || "00:00"}${match[3] || ":00"}` : null;
}

function truth(value) {
    if (typeof value === "boolean") {
        return value;
    }
    if (typeof value === "string") {
        const text = fold(value);
        return TRUE.has(text) ? true : FALSE.has(text) ? false : null;
    }
    return value === 1 ? true : value === 0 ? false : null;
}

/** Tell whether two single values are the same; neither is empty. */
function same(one, other) {
    if (typeof one === "boolean" || typeof other === "boolean") {
        const isTrue = truth(one);
        return isTrue !== null && isTrue === truth(other);
    }
    if (typeof one === "number" || typeof other === "number") {
        const left = number(one);
        return left !== null && left === number(other);
    }
    if (typeof one !== "string" || typeof other !== "string") {
        return false;
    }
    const leftMoment = moment(one);
    if (leftMoment !== null && leftMoment === moment(other)) {
        return true;
    }
    return fold(one) === fold(other);
}

function asList(value) {
    if (value === null) {
        return [];
    }
    return Array.isArray(value) ? value : [value];
}

function among(value, others) {
    return others.some((other) => same(value, other));
}

function equals(answer, value) {
    const left = asList(answer);
    const right = asList(value);
    return left.every((each) => among(each, right)) && right.every((each) => among(each, left));
}

function isEmpty(answer) {
    return answer === null || answer === false;
}

/** Return -1, 0 or 1 for less, equal or greater; null if there is no order. */
function order(answer, value) {
    for (const read of [number, moment]) {
        const left = read(answer);
        const right = read(value);
        if (left !== null && right !== null) {
            return left > right ? 1 : left < right ? -1 : 0;
        }
    }
    return null;
}

function contains(answer, value) {
    const wanted = asList(value);
    if (Array.isArray(answer)) {
        return wanted.length > 0 && wanted.every((each) => among(each, answer));
    }
    if (typeof answer !== "string") {
        return false;
    }
    const text = fold(answer);
    return (
        wanted.length > 0 &&
        wanted.every((each) => typeof each === "string" && text.includes(fold(each)))
    );
}

function oneOf(answer, value) {
    const offered = asList(value);
    return asList(answer).some((each) => among(each, offered));
}

const OPS = {
    equals,
    differs: (answer, value) => !equals(answer, value),
    is_set: (answer) => !isEmpty(answer),
    is_empty: isEmpty,
    greater: (answer, value) => order(answer, value) === 1,
    at_least: (answer, value) => [0, 1].includes(order(answer, value)),
    less: (answer, value) => order(answer, value) === -1,
    at_most: (answer, value) => [0, -1].includes(order(answer, value)),
    contains,
    one_of: oneOf,
    not_one_of: (answer, value) => !oneOf(answer, value),
};
