import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";
import { SILENT, standing } from "./conditions";
import { problemOf } from "./form_problems";
import { isBlank, readRow, readValue } from "./form_values";

/**
 * The questions of a request form: those that do not matter are hidden and not sent,
 * and what is wrong is said before it is sent. The server judges again.
 */
export class ServiceForm extends Interaction {
    static selector = "form";
    static selectorHas = ".o_itsm_questions";
    dynamicContent = {
        _root: {
            "t-on-input.noUpdate": this.onInput,
            "t-on-change.noUpdate": this.onChange,
            // Before anything that believes the form to be on its way.
            "t-on-submit.capture": this.onSubmit,
        },
    };

    setup() {
        this.questionsEl = this.el.querySelector(".o_itsm_questions");
        this.rules = JSON.parse(this.questionsEl.dataset.rules);
        this.zone = this.questionsEl.dataset.zone;
        this.elements = new Map(
            [...this.questionsEl.querySelectorAll("[data-question]")].map((el) => [
                el.dataset.question,
                el,
            ])
        );
        this.ruleOf = new Map(this.rules.map((rule) => [rule.key, rule]));
    }

    start() {
        this.refresh();
        this.questionsEl.querySelectorAll("[data-limit]").forEach(countCharacters);
    }

    // ------------------------------------------------------------------
    // Showing and requiring
    // ------------------------------------------------------------------

    /** Rows of a table as [element, answers]. */
    rowsOf(rule) {
        const rowEls = this.elements.get(rule.key).querySelectorAll(".o_itsm_form_row");
        return [...rowEls].map((el) => [el, readRow(el, rule.columns, this.zone)]);
    }

    answerOf(rule) {
        if (SILENT.has(rule.type)) {
            return null;
        }
        if (rule.type === "table") {
            const rows = this.rowsOf(rule).map(([, answers]) => answers);
            return rows.filter((row) => !Object.values(row).every(isBlank));
        }
        return readValue(this.elements.get(rule.key), rule.type, this.zone);
    }

    refresh() {
        const answers = Object.fromEntries(
            this.rules.map((rule) => [rule.key, this.answerOf(rule)])
        );
        this.standing = standing(this.rules, answers);
        for (const rule of this.rules) {
            const el = this.elements.get(rule.key);
            const hidden = this.standing.hidden.has(rule.key);
            el.hidden = hidden;
            if (rule.type === "section") {
                el.disabled = hidden;
            } else if (rule.type === "table") {
                this.refreshTable(rule, el, hidden);
            } else {
                setStanding(el, hidden, this.standing.required.has(rule.key));
            }
        }
    }

    refreshTable(rule, el, hidden) {
        markOptional(el.querySelector("legend"), this.standing.required.has(rule.key));
        el.querySelectorAll("button").forEach((button) => (button.disabled = hidden));
        for (const [rowEl, answers] of this.rowsOf(rule)) {
            const found = this.standingOfRow(rule, answers);
            for (const { key } of rule.columns) {
                const cellEl = rowEl.querySelector(`[data-column="${key}"]`);
                const isHidden = found.hidden.has(key);
                cellEl.firstElementChild.hidden = isHidden;
                setStanding(cellEl, hidden || isHidden, found.required.has(key));
            }
        }
    }

    /** In a row that is empty, nothing is required. */
    standingOfRow(rule, answers) {
        const found = standing(rule.columns, answers);
        const shown = rule.columns.filter(({ key }) => !found.hidden.has(key));
        if (shown.every(({ key }) => isBlank(answers[key]))) {
            found.required.clear();
        }
        return found;
    }

    // ------------------------------------------------------------------
    // Saying what is wrong
    // ------------------------------------------------------------------

    onInput(ev) {
        this.refresh();
        if (ev.target.dataset.limit) {
            countCharacters(ev.target);
        }
        // A fault is named when somebody has finished, and gone as soon as it is mended.
        if (ev.target.closest("[data-messages]")?.classList.contains("o_itsm_wrong")) {
            this.judge(ev.target);
        }
    }

    onChange(ev) {
        this.refresh();
        this.judge(ev.target);
    }

    /** Judge the question or the cell that an input belongs to. */
    judge(inputEl) {
        const cellEl = inputEl.closest("[data-column]");
        const questionEl = inputEl.closest(".o_itsm_question");
        const rule = questionEl && this.ruleOf.get(questionEl.dataset.question);
        if (cellEl) {
            const row = cellEl.closest(".o_itsm_form_row");
            const found = this.standingOfRow(rule, readRow(row, rule.columns, this.zone));
            this.judgeCell(cellEl, rule, found);
        } else if (rule && !SILENT.has(rule.type)) {
            this.judgeQuestion(rule);
        }
    }

    judgeCell(cellEl, rule, found) {
        const { key, type } = rule.columns.find(({ key }) => key === cellEl.dataset.column);
        const isHidden = found.hidden.has(key);
        return say(
            cellEl,
            cellEl.querySelector(".o_itsm_error"),
            isHidden ? "" : problemOf(cellEl, type, found.required.has(key), this.zone)
        );
    }

    judgeQuestion(rule) {
        const el = this.elements.get(rule.key);
        const required = this.standing.required.has(rule.key);
        let sentence = "";
        if (rule.type !== "table") {
            sentence = problemOf(el, rule.type, required, this.zone);
        } else if (required && isBlank(this.answerOf(rule))) {
            sentence = JSON.parse(el.dataset.messages).required;
        }
        return say(el, el.querySelector(`#q_${rule.key}_error`), sentence);
    }

    /** Judge all that is shown; return the elements that are wrong, in order. */
    judgeAll() {
        const wrong = [];
        for (const rule of this.rules) {
            if (this.standing.hidden.has(rule.key) || SILENT.has(rule.type)) {
                continue;
            }
            if (this.judgeQuestion(rule)) {
                wrong.push(this.elements.get(rule.key));
            }
            for (const [rowEl, answers] of rule.type === "table" ? this.rowsOf(rule) : []) {
                const found = this.standingOfRow(rule, answers);
                const cellEls = [...rowEl.querySelectorAll("[data-column]")];
                wrong.push(...cellEls.filter((el) => this.judgeCell(el, rule, found)));
            }
        }
        return wrong;
    }

    onSubmit(ev) {
        // “Save for later” takes a form as it is.
        if (ev.submitter?.hasAttribute("formaction")) {
            return;
        }
        this.refresh();
        const [first] = this.judgeAll();
        if (first) {
            ev.preventDefault();
            ev.stopImmediatePropagation();
            focusOn(first);
        }
    }
}

/** Hide or show the inputs of an element, and say whether they must be filled in. */
function setStanding(el, hidden, required) {
    for (const input of el.querySelectorAll("input, select, textarea")) {
        input.disabled = hidden;
        // Of several boxes none is required by itself; a hidden input never is.
        const isBox = input.type === "checkbox" && !input.closest(".o_itsm_question_boolean");
        if (input.type !== "hidden" && !isBox) {
            input.required = required;
        }
    }
    markOptional(el, required);
}

function markOptional(el, required) {
    el.querySelectorAll(".o_itsm_optional").forEach((mark) => (mark.hidden = required));
}

/** Show what is wrong with an element; return whether something is. */
function say(el, errorEl, sentence) {
    el.classList.toggle("o_itsm_wrong", Boolean(sentence));
    if (errorEl.textContent !== sentence) {
        errorEl.textContent = sentence;
    }
    if (!el.querySelector(".o_itsm_form_table")) {
        for (const input of el.querySelectorAll("input:not([type=hidden]), select, textarea")) {
            input.classList.toggle("is-invalid", Boolean(sentence));
            input.toggleAttribute("aria-invalid", Boolean(sentence));
            if (sentence) {
                input.setAttribute("aria-invalid", "true");
            }
        }
    }
    return Boolean(sentence);
}

function focusOn(el) {
    const input = el.querySelector("input:not([type=hidden]):not(:disabled), select, textarea");
    (input || el.querySelector("button, fieldset")).focus({ preventScroll: true });
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    el.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
}

/** Show how much of a limited text is used. */
function countCharacters(input) {
    let counter = input.nextElementSibling;
    if (!counter?.classList.contains("o_itsm_counter")) {
        counter = document.createElement("div");
        counter.className = "o_itsm_counter form-text text-end";
        // Read out at each letter it would drown the letters.
        counter.setAttribute("aria-hidden", "true");
        input.after(counter);
    }
    counter.textContent = `${input.value.length} / ${input.dataset.limit}`;
}

registry.category("public.interactions").add("itsm_helpdesk.service_form", ServiceForm);
