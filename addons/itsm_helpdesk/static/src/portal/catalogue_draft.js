import { Interaction } from "@web/public/interaction";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/**
 * Keeps what somebody typed into a request form, so that it is there when they come
 * back: a while after the last change, and when the page is left. Files are not kept.
 */
export class CatalogueDraft extends Interaction {
    static selector = "#itsm_request_form[data-draft-url]";
    dynamicContent = {
        _root: {
            "t-on-input": this.onInput,
            "t-on-change": this.onInput,
            "t-on-submit": () => (this.isChanged = false),
        },
        _document: { "t-on-visibilitychange": this.onVisibility },
        ".o_itsm_draft_status": { "t-out": () => this.said },
    };

    setup() {
        this.isChanged = false;
        this.said = "";
        this.keepLater = this.debounced(this.keep, 3000);
    }

    onInput() {
        this.isChanged = true;
        this.keepLater();
    }

    onVisibility() {
        if (document.visibilityState === "hidden" && this.isChanged) {
            this.isChanged = false;
            navigator.sendBeacon(this.el.dataset.draftUrl, this.typed());
        }
    }

    /** What was typed, without files: they may be large, and are not kept. */
    typed() {
        const data = new FormData(this.el);
        for (const [name, value] of [...data.entries()]) {
            if (value instanceof File) {
                data.delete(name);
            }
        }
        data.set("quiet", "1");
        return data;
    }

    async keep() {
        if (!this.isChanged) {
            return;
        }
        this.isChanged = false;
        const answer = await this.waitFor(
            fetch(this.el.dataset.draftUrl, { method: "POST", body: this.typed() }).catch(
                () => null
            )
        );
        this.said = answer?.ok ? _t("Saved for later") : "";
        this.updateContent();
    }
}

registry.category("public.interactions").add("itsm_helpdesk.catalogue_draft", CatalogueDraft);
