import { Component, onWillStart, onWillUnmount, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useHotkey } from "@web/core/hotkeys/hotkey_hook";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { SILENT, standing } from "@itsm_helpdesk/form/conditions";
import { KnownAnswers } from "./known_answers";
import { newCall } from "./new_call";
import { Picker } from "./picker";
import { QuestionInput } from "./question_input";

const MODEL = "itsm.front.office";
const LAST_SHOWN = 5;

/**
 * The screen of who answers the telephone: who calls, what they want, what helps, who
 * reported it too. Everything by the keyboard, in the order of a conversation.
 */
export class FrontOffice extends Component {
    static template = "itsm_nonit.FrontOffice";
    static components = { KnownAnswers, Layout, Picker, QuestionInput };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.display = { controlPanel: {} };
        this.questionsRef = useRef("questions");
        this.files = {};
        this.turn = 0;
        this.underWay = new Set();
        this.state = useState({
            ...newCall(),
            focus: { caller: 1, what: 0 },
            last: [],
            seconds: 0,
        });
        useHotkey("control+enter", () => this.register(), {
            bypassEditableProtection: true,
            global: true,
        });
        onWillStart(async () => {
            const { desks, types } = await this.call("start");
            Object.assign(this, { desks, types });
            this.state.deskId = desks[0]?.id || false;
        });
        const clock = setInterval(() => {
            const { startedAt } = this.state;
            this.state.seconds = startedAt ? Math.round((Date.now() - startedAt) / 1000) : 0;
        }, 500);
        onWillUnmount(() => clearInterval(clock));
    }

    /** Keep what is under way: who types faster than the server need not wait. */
    track(work) {
        this.underWay.add(work);
        const forget = () => this.underWay.delete(work);
        work.then(forget, forget);
        return work;
    }

    call(method, ...args) {
        return this.orm.call(MODEL, method, args);
    }

    focus(field) {
        this.turn += 1;
        this.state.focus[field] = this.turn + 1;
    }

    // ------------------------------------------------------------------
    // Who
    // ------------------------------------------------------------------

    async findCallers(term) {
        this.begin();
        const found = await this.call("find_callers", term);
        return found.map((row) => ({
            id: row.id,
            label: row.name,
            detail: [row.department, row.phone].filter(Boolean).join(" · "),
        }));
    }

    get callerLine() {
        const { department, job } = this.state.caller;
        return [department, job].filter(Boolean).join(" · ");
    }

    begin() {
        if (!this.state.startedAt) {
            this.state.startedAt = Date.now();
        }
    }

    async pickCaller(item) {
        this.state.callerText = item.label;
        // Nobody waits for the card: the next question is asked meanwhile.
        this.focus("what");
        const caller = await this.call("caller", item.id);
        this.state.caller = caller;
        this.state.callerText = caller.name;
        if (caller.place.id && !this.state.place.id) {
            this.state.place = caller.place;
        }
        if (this.state.service) {
            await this.loadService(this.state.service.id);
        }
    }

    unknownCaller() {
        this.notification.add(_t("Nobody was found. Type a part of the name or the number."), {
            type: "warning",
        });
    }

    // ------------------------------------------------------------------
    // What
    // ------------------------------------------------------------------

    async findServices(term) {
        this.begin();
        const found = await this.call("find_services", term);
        return found.map((row) => ({
            id: row.id,
            label: row.name,
            detail: [row.category, row.desk].filter(Boolean).join(" · "),
            icon: row.icon,
        }));
    }

    async pickService(item) {
        await this.loadService(item.id);
        this.focusFirstQuestion();
    }

    async loadService(serviceId) {
        const { caller, place } = this.state;
        const service = await this.call("service", serviceId, caller?.id || false, place.id);
        this.rules = JSON.parse(service.rules);
        Object.assign(this.state, {
            service,
            inWords: false,
            subject: service.name,
            // What was typed already stays when the caller is found after the service.
            raw: { ...service.raw, ...this.state.raw },
            errors: {},
            answers: service.answers,
        });
        await this.findSame();
    }

    chooseDesk(ev) {
        this.state.deskId = Number(ev.target.value);
    }

    chooseType(ev) {
        this.state.type = ev.target.value;
    }

    /** What is in no catalogue is registered in the words that were typed. */
    async takeWords(text) {
        if (!text) {
            return;
        }
        document.getElementById("o_itsm_fo_words").focus();
        await this.leaveInWords(text);
    }

    /** Somebody went on without a service: then the words are what it is about. */
    async leaveInWords(text) {
        if (!text || this.state.service) {
            return;
        }
        Object.assign(this.state, { subject: text, inWords: true });
        this.state.answers = await this.call("answers", false, text);
        await this.findSame();
    }

    typedWhat(text) {
        if (this.state.service && text !== this.state.service.name) {
            this.forgetService();
        }
        this.state.subject = text;
    }

    forgetService() {
        Object.assign(this.state, { service: null, raw: {}, errors: {}, answers: [], same: [] });
        this.files = {};
    }

    async pickPlace(item) {
        this.state.place = { id: item.id, name: item.label };
        await this.findSame();
    }

    typedPlace(text) {
        if (!text) {
            this.state.place = { id: false, name: "" };
            this.findSame();
        }
    }

    async findPlaces(term) {
        const found = await this.call("find_places", term);
        return found.map(({ id, name }) => ({ id, label: name, detail: "" }));
    }

    async findSame() {
        const { service, place, subject, caller } = this.state;
        this.state.same = await this.call(
            "same_matter",
            service?.id || false,
            place.id,
            subject,
            caller?.id || false
        );
    }

    // ------------------------------------------------------------------
    // Questions
    // ------------------------------------------------------------------

    /** The questions that matter now, with whether they must be answered. */
    get lines() {
        const { service, raw } = this.state;
        if (!service) {
            return [];
        }
        const answers = Object.fromEntries(
            this.rules
                .filter((rule) => !SILENT.has(rule.type))
                .map((rule) => [rule.key, raw[rule.key] === "" ? null : raw[rule.key] ?? null])
        );
        const found = standing(this.rules, answers);
        return service.lines
            .filter((line) => !found.hidden.has(line.key))
            .map((line) => ({ line, required: found.required.has(line.key) }));
    }

    answer(key, value) {
        this.state.raw[key] = value;
        delete this.state.errors[key];
    }

    addFiles(key, files) {
        this.files[key] = files;
        delete this.state.errors[key];
    }

    lookup(path, term) {
        return this.call("lookup", this.state.service.id, path, term);
    }

    /** Go to the first question without an answer, else to the free words. */
    focusFirstQuestion() {
        requestAnimationFrame(() => {
            const open = this.lines.find(
                ({ line, required }) => required && !this.state.raw[line.key]
            );
            const root = this.questionsRef.el?.querySelector(
                open ? `[data-question="${open.line.key}"]` : "none"
            );
            const input = root?.querySelector("input, select, textarea");
            (input || document.getElementById("o_itsm_fo_words")).focus();
        });
    }

    // ------------------------------------------------------------------
    // The end of the call
    // ------------------------------------------------------------------

    async register() {
        if (this.state.sending) {
            return;
        }
        this.state.sending = true;
        try {
            while (this.underWay.size) {
                await Promise.allSettled([...this.underWay]);
            }
            if (this.isComplete()) {
                await this.send();
            }
        } finally {
            this.state.sending = false;
        }
    }

    /** Tell whether there is a caller and a wish; if not, ask for what is missing. */
    isComplete() {
        const { caller, service, subject } = this.state;
        if (!caller) {
            this.focus("caller");
            this.warn(_t("Choose the caller first."));
        } else if (!service && !subject.trim()) {
            this.focus("what");
            this.warn(_t("Choose the service, or say in a few words what it is."));
        } else {
            return true;
        }
        return false;
    }

    async send() {
        const { state } = this;
        const answer = await this.call("register", {
            partner_id: state.caller.id,
            service_id: state.service?.id || false,
            location_id: state.place.id,
            raw: state.raw,
            files: this.files,
            subject: state.subject,
            words: state.words,
            desk_id: state.deskId,
            type: state.type,
        });
        if (answer.errors) {
            this.showErrors(answer.errors);
        } else {
            this.finish(answer, _t("registered"));
        }
    }

    warn(text) {
        this.notification.add(text, { type: "warning" });
    }

    showErrors(errors) {
        this.state.errors = errors;
        if (errors[""]) {
            this.warn(errors[""]);
        }
        const first = this.lines.find(({ line }) =>
            Object.keys(errors).some((path) => path.split(".")[0] === line.key)
        );
        const el = first && this.questionsRef.el.querySelector(`[data-question="${first.line.key}"]`);
        el?.querySelector("input, select, textarea")?.focus();
    }

    async thisOneToo(ticket) {
        if (!this.state.caller) {
            this.focus("caller");
            return this.warn(_t("Choose the caller first."));
        }
        const { caller, words } = this.state;
        const answer = await this.call("this_one_too", ticket.id, caller.id, words);
        this.finish(answer, _t("joined, %s people now", answer.people));
    }

    /** Show what became of the call, and be ready for the next one. */
    finish(ticket, what) {
        const { caller, startedAt } = this.state;
        const seconds = Math.max(1, Math.round((Date.now() - startedAt) / 1000));
        this.state.last = [
            { ...ticket, what, seconds, caller: caller.name },
            ...this.state.last,
        ].slice(0, LAST_SHOWN);
        this.next();
    }

    next() {
        const { deskId } = this.state;
        this.files = {};
        Object.assign(this.state, newCall(), { deskId });
        this.focus("caller");
    }

    open(ticketId) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "itsm.ticket",
            res_id: ticketId,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("itsm_front_office", FrontOffice);
