/**
 * What stands in the inputs of a request form, as the answers that conditions compare.
 * An input that cannot be read counts as empty here; the server names it.
 */

const { DateTime } = luxon;

const NUMBER = /^[+-]?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]*)?$|^[+-]?\.[0-9]+$/;
const REFERENCES = new Set(["person", "department", "location", "record"]);

export function isReference(type) {
    return REFERENCES.has(type);
}

/** Read a number as the server does; null for none, NaN for what is no number. */
export function parseNumber(text) {
    const plain = text.normalize("NFKC").trim();
    if (!plain) {
        return null;
    }
    return NUMBER.test(plain) ? Number(plain.replaceAll(",", "")) : NaN;
}

/** The places after the point that a number was written with, without zeros. */
export function placesOf(text) {
    const places = text.normalize("NFKC").trim().split(".")[1] || "";
    return places.replace(/0+$/, "").length;
}

function utc(text, zone) {
    const moment = DateTime.fromISO(text, { zone }).toUTC();
    return moment.isValid ? moment.toFormat("yyyy-MM-dd HH:mm:ss") : null;
}

function readReference(el) {
    const input = el.querySelector("select, input[type=hidden]");
    return Number(input.value) || null;
}

function readFiles(el) {
    const kept = [...el.querySelectorAll("input[type=checkbox]:checked")];
    const chosen = [...el.querySelector("input[type=file]").files];
    return [...kept.map((input) => Number(input.value)), ...chosen.map((file) => file.name)];
}

/**
 * Return the answer that an element holds, null for none.
 *
 * @param {Element} el a question or a cell
 * @param {string} type
 * @param {string} zone the time zone of local times
 */
export function readValue(el, type, zone) {
    if (type === "boolean") {
        return el.querySelector("input").checked;
    }
    if (type === "choices") {
        return [...el.querySelectorAll("input:checked")].map((input) => input.value);
    }
    if (isReference(type)) {
        return readReference(el);
    }
    if (type === "file") {
        return readFiles(el);
    }
    const input = el.querySelector("input[type=radio]:checked, select, textarea, input:not([type=radio])");
    const text = input ? input.value.trim() : "";
    if (!text) {
        return null;
    }
    if (type === "number" || type === "money") {
        const number = parseNumber(text);
        return Number.isNaN(number) ? null : number;
    }
    return type === "datetime" ? utc(text, zone) : text;
}

/** Tell whether nothing was answered; a box that is not ticked is no answer. */
export function isBlank(value) {
    return value === null || value === false || (Array.isArray(value) && !value.length);
}

/** Return the answers in a row of a table, by the keys of its columns. */
export function readRow(rowEl, columns, zone) {
    return Object.fromEntries(
        columns.map((column) => {
            const cellEl = rowEl.querySelector(`[data-column="${column.key}"]`);
            return [column.key, readValue(cellEl, column.type, zone)];
        })
    );
}
