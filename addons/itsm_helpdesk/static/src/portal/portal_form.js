import { Interaction } from "@web/public/interaction";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { humanSize } from "@web/core/utils/binary";

/**
 * The files of a new ticket or of a question: chosen or dropped ones add up, each can be taken
 * out again, and too many or too large ones are named before they are sent.
 */
export class PortalTicketFiles extends Interaction {
    static selector = "form .o_itsm_files";
    dynamicContent = {
        "input[type=file]": { "t-on-change": this.onChange },
        ".o_itsm_drop": {
            "t-on-dragover.prevent": () => (this.dragging = true),
            "t-on-dragleave": () => (this.dragging = false),
            "t-on-drop.prevent": this.onDrop,
            "t-att-class": () => ({ o_itsm_dragging: this.dragging }),
        },
        ".o_itsm_chosen": { "t-on-click": this.onClick },
    };

    setup() {
        const limits = { ...this.el.closest("form").dataset, ...this.el.dataset };
        this.maxFiles = Number(limits.maxFiles);
        this.maxBytes = Number(limits.maxBytes);
        this.inputEl = this.el.querySelector("input[type=file]");
        this.chosenEl = this.el.querySelector(".o_itsm_chosen");
        this.files = [];
        this.dragging = false;
    }

    start() {
        // A browser that comes back to the page may still hold the files.
        this.add(this.inputEl.files);
    }

    onChange() {
        this.add(this.inputEl.files);
    }

    onDrop(ev) {
        this.dragging = false;
        this.add(ev.dataTransfer.files);
    }

    onClick(ev) {
        const button = ev.target.closest("button[data-index]");
        if (button) {
            this.files.splice(Number(button.dataset.index), 1);
            this.show();
            this.inputEl.focus();
        }
    }

    add(files) {
        for (const file of files) {
            const known = this.files.some(
                (other) =>
                    other.name === file.name &&
                    other.size === file.size &&
                    other.lastModified === file.lastModified
            );
            if (!known) {
                this.files.push(file);
            }
        }
        this.show();
    }

    problemOf(file) {
        if (!file.size) {
            return _t("This file is empty.");
        }
        return file.size > this.maxBytes ? _t("This file is too large.") : "";
    }

    show() {
        const transfer = new DataTransfer();
        this.files.forEach((file) => transfer.items.add(file));
        this.inputEl.files = transfer.files;
        const problems = this.files.map((file) => this.problemOf(file)).filter(Boolean);
        const tooMany = this.files.length > this.maxFiles;
        this.inputEl.setCustomValidity(
            tooMany ? _t("There are too many files.") : problems[0] || ""
        );
        this.chosenEl.replaceChildren();
        this.renderAt(
            "itsm_helpdesk.PortalFiles",
            {
                files: this.files.map((file) => ({
                    name: file.name,
                    size: humanSize(file.size),
                    problem: this.problemOf(file),
                })),
                maxFiles: this.maxFiles,
                tooMany,
            },
            this.chosenEl
        );
    }
}

/**
 * A form that is sent once: the button rests while the server works. The server
 * does not rely on it.
 */
export class PortalSendOnce extends Interaction {
    static selector = "#itsm_ticket_form, form.o_itsm_once";
    dynamicContent = {
        _root: { "t-on-submit": this.onSubmit },
        _window: { "t-on-pageshow": () => this.rest(false) },
        "button[type=submit]": {
            "t-att-aria-disabled": () => (this.sending ? "true" : "false"),
            "t-att-class": () => ({ o_itsm_sending: this.sending }),
        },
    };

    setup() {
        this.sending = false;
    }

    rest(sending) {
        this.sending = sending;
        this.updateContent();
    }

    onSubmit(ev) {
        if (this.sending) {
            ev.preventDefault();
            return;
        }
        // What the browser can judge need not travel; the rest the server says.
        const wrong = this.el.querySelector("input[type=file]:invalid");
        if (wrong) {
            ev.preventDefault();
            wrong.focus();
            wrong.reportValidity();
            return;
        }
        this.sending = true;
    }
}

/**
 * After a refusal the reader lands on the list of what is wrong.
 */
export class PortalFormErrors extends Interaction {
    static selector = "#itsm_errors";

    start() {
        this.el.focus();
    }
}

registry.category("public.interactions").add("itsm_helpdesk.portal_files", PortalTicketFiles);
registry.category("public.interactions").add("itsm_helpdesk.portal_send_once", PortalSendOnce);
registry.category("public.interactions").add("itsm_helpdesk.portal_errors", PortalFormErrors);
