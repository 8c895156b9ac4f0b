import { isBlank, isReference, parseNumber, placesOf, readValue } from "./form_values";

/**
 * What a browser can tell of an answer before it is sent. The sentences come with the
 * page, so that they are the server's; what is not found here, the server finds.
 */

function numberProblem(input, type) {
    const { minimum, maximum, decimals } = input.dataset;
    const value = parseNumber(input.value);
    if (Number.isNaN(value)) {
        return "not_number";
    }
    if (minimum !== undefined && value < Number(minimum)) {
        return "too_small";
    }
    if (maximum !== undefined && value > Number(maximum)) {
        return "too_large";
    }
    if (placesOf(input.value) > Number(decimals)) {
        return type === "money" || Number(decimals) ? "decimals" : "not_whole";
    }
    return "";
}

function momentProblem(input, type, messages) {
    const { badInput, rangeUnderflow, rangeOverflow } = input.validity;
    const wrong = rangeUnderflow ? "too_early" : rangeOverflow ? "too_late" : "";
    if (badInput || (wrong && !(wrong in messages))) {
        return `not_${type}`;
    }
    return wrong;
}

/** Patterns are Python's; one that this browser does not understand is left to it. */
function patternProblem(input) {
    try {
        const pattern = new RegExp(`^(?:${input.dataset.pattern})$`, "u");
        const text = input.value.trim().replace(/\s+/g, " ");
        return pattern.test(text) ? "" : "pattern";
    } catch {
        return "";
    }
}

function problemCode(el, type, required, messages, zone) {
    const input = el.querySelector("input:not([type=hidden]), select, textarea");
    if (input.type === "date" || input.type === "datetime-local") {
        // A date that does not exist reads as none.
        const code = momentProblem(input, type, messages);
        if (code) {
            return code;
        }
    }
    const isTyped = input.type === "text" && Boolean(input.value.trim());
    if (isReference(type) && isTyped && isBlank(readValue(el, type, zone))) {
        return "unknown_record";
    }
    if (isTyped && (type === "number" || type === "money")) {
        return numberProblem(input, type);
    }
    if (required && isBlank(readValue(el, type, zone))) {
        return "required";
    }
    return isTyped && input.dataset.pattern ? patternProblem(input) : "";
}

/**
 * Return the sentence about what is wrong with an answer, empty for nothing.
 *
 * @param {Element} el a question that is no table, or a cell
 * @param {string} type
 * @param {boolean} required
 * @param {string} zone
 */
export function problemOf(el, type, required, zone) {
    const messages = JSON.parse(el.dataset.messages);
    if (type === "file") {
        const { customError } = el.querySelector("input[type=file]").validity;
        if (customError) {
            return el.querySelector("input[type=file]").validationMessage;
        }
    }
    const code = problemCode(el, type, required, messages, zone);
    return code ? messages[code] || messages.required : "";
}
