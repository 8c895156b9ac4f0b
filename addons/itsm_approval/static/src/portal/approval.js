import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";

/**
 * A form that is sent once: the button rests while the server works. The server
 * does not rely on it.
 */
export class ApprovalSendOnce extends Interaction {
    static selector = "form.o_itsm_approval_once";
    dynamicContent = {
        _root: { "t-on-submit": this.onSubmit },
        _window: { "t-on-pageshow": () => this.rest() },
        "button[type=submit]": {
            "t-att-aria-disabled": () => (this.sending ? "true" : "false"),
            "t-att-class": () => ({ o_itsm_approval_sending: this.sending }),
        },
    };

    setup() {
        this.sending = false;
    }

    /** The browser's “back” shows the page as it was left. */
    rest() {
        this.sending = false;
        this.updateContent();
    }

    onSubmit(ev) {
        if (this.sending) {
            ev.preventDefault();
        }
        this.sending = true;
    }
}

/** Of the forms that buttons unfold one is open, and the cursor is in it. */
export class ApprovalVerbs extends Interaction {
    static selector = ".o_itsm_approval_actions";
    dynamicContent = {
        details: { "t-on-toggle": this.onToggle },
    };

    onToggle(ev) {
        const details = ev.currentTarget;
        if (!details.open) {
            return;
        }
        for (const other of this.el.querySelectorAll("details[open]")) {
            other.open = other === details;
        }
        details.querySelector("textarea").focus();
    }
}

registry.category("public.interactions").add("itsm_approval.send_once", ApprovalSendOnce);
registry.category("public.interactions").add("itsm_approval.verbs", ApprovalVerbs);
