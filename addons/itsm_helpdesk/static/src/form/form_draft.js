import { Interaction } from "@web/public/interaction";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

const { DateTime } = luxon;

const SAVE_AFTER = 2000;
const TRY_AGAIN_AFTER = 15000;

/**
 * Nothing that was typed into a request form gets lost: a while after each change it is
 * saved as a draft, without files. While the network is away it stays in this browser,
 * and is offered when the form is opened again. Who leaves with something unsaved is
 * asked first.
 */
export class FormDraft extends Interaction {
    static selector = "form";
    static selectorHas = ".o_itsm_questions";
    dynamicContent = {
        _root: {
            "t-on-input": this.onInput,
            "t-on-change": this.onInput,
            "t-on-submit": this.onSubmit,
        },
        _window: {
            "t-on-beforeunload": this.onLeave,
            "t-on-pagehide": this.onHide,
            "t-on-pageshow": () => (this.isSent = false),
            "t-on-online": () => this.save(),
        },
        _document: { "t-on-visibilitychange": this.onVisibility },
        ".o_itsm_draft_status": { "t-out": () => this.said },
        ".o_itsm_form_restore": { "t-on-click": this.onRestoreClick },
    };

    setup() {
        const { user, touched } = this.el.querySelector(".o_itsm_questions").dataset;
        this.url = this.el.dataset.draftUrl;
        this.restoreEl = this.el.querySelector(".o_itsm_form_restore");
        // Browsers are shared: each user has copies of their own.
        this.place = `itsm_form:${user}:${this.url}`;
        // A form that came back with faults is as unsaved as one just typed.
        this.changes = touched ? 1 : 0;
        this.saved = 0;
        this.failed = false;
        this.isSent = false;
        this.said = "";
        this.saveLater = this.debounced(this.save, SAVE_AFTER);
    }

    start() {
        if (!this.url) {
            return;
        }
        const copy = this.copy();
        if (copy) {
            this.renderAt(
                "itsm_helpdesk.FormRestore",
                { moment: DateTime.fromMillis(copy.at).toLocaleString(DateTime.DATETIME_MED) },
                this.restoreEl
            );
        }
        if (this.isDirty) {
            this.saveLater();
        }
    }

    get isDirty() {
        return this.changes > this.saved;
    }

    onInput() {
        this.changes += 1;
        if (this.url) {
            this.saveLater();
        }
    }

    // ------------------------------------------------------------------
    // Saving
    // ------------------------------------------------------------------

    /** What was typed, as [name, text]; files may be large and are not kept. */
    entries() {
        return [...new FormData(this.el).entries()].filter(
            ([, value]) => typeof value === "string"
        );
    }

    /** What is sent: entries, with the present proof that this page sends them. */
    body(entries) {
        const data = new FormData();
        entries.forEach(([name, value]) => data.append(name, value));
        data.set("csrf_token", this.el.elements.csrf_token.value);
        data.set("quiet", "1");
        return data;
    }

    async post(entries) {
        try {
            const answer = await fetch(this.url, { method: "POST", body: this.body(entries) });
            // Who was signed out gets the login page.
            const isJson = answer.headers.get("content-type")?.startsWith("application/json");
            return answer.ok && isJson;
        } catch {
            return false;
        }
    }

    async save() {
        if (!this.url || !this.isDirty || this.isSent) {
            return;
        }
        const changes = this.changes;
        const entries = this.entries();
        this.said = _t("Saving…");
        this.updateContent();
        const ok = await this.waitFor(this.post(entries));
        this.failed = !ok;
        if (ok) {
            this.saved = changes;
            this.forget();
            const time = DateTime.now().toLocaleString(DateTime.TIME_SIMPLE);
            this.said = _t("Saved at %s", time);
        } else {
            this.keep(entries);
            this.said = _t("Not saved yet: no connection. Your text is kept in this browser.");
            this.waitForTimeout(() => this.save(), TRY_AGAIN_AFTER);
        }
        this.updateContent();
    }

    // ------------------------------------------------------------------
    // Copies in this browser
    // ------------------------------------------------------------------

    copy() {
        try {
            const copy = JSON.parse(browser.localStorage.getItem(this.place));
            return Array.isArray(copy?.entries) ? copy : null;
        } catch {
            return null;
        }
    }

    keep(entries) {
        try {
            const copy = { at: Date.now(), entries };
            browser.localStorage.setItem(this.place, JSON.stringify(copy));
        } catch {
            // A browser without room or leave for it: the page still has it all.
        }
    }

    forget() {
        browser.localStorage.removeItem(this.place);
    }

    async onRestoreClick(ev) {
        const button = ev.target.closest("button");
        if (!button) {
            return;
        }
        if (button.classList.contains("o_itsm_discard")) {
            this.forget();
            this.restoreEl.replaceChildren();
        } else if (await this.waitFor(this.post(this.copy().entries))) {
            // The server shows what it has saved.
            this.forget();
            this.isSent = true;
            browser.location.assign(browser.location.pathname);
        } else {
            this.said = _t("There is still no connection. Try again later.");
        }
    }

    // ------------------------------------------------------------------
    // Leaving
    // ------------------------------------------------------------------

    onSubmit(ev) {
        if (ev.defaultPrevented) {
            return;
        }
        this.isSent = true;
        if (this.url) {
            this.forget();
        }
    }

    onLeave(ev) {
        // What can be saved on the way out is no reason to ask.
        if (this.isDirty && !this.isSent && (!this.url || this.failed)) {
            ev.preventDefault();
        }
    }

    onVisibility() {
        if (document.visibilityState === "hidden") {
            this.onHide();
        }
    }

    onHide() {
        if (this.url && this.isDirty && !this.isSent && !this.failed) {
            const changes = this.changes;
            if (navigator.sendBeacon(this.url, this.body(this.entries()))) {
                this.saved = changes;
            }
        }
    }
}

registry.category("public.interactions").add("itsm_helpdesk.form_draft", FormDraft);
