import { Interaction } from "@web/public/interaction";
import { rpc } from "@web/core/network/rpc";

/**
 * A combo box that finds records by name while one types (WAI-ARIA practices, combo box
 * with list autocompletion). Who extends it says where it stands, where it looks, and
 * what it says when there is nothing.
 */
export class Combobox extends Interaction {
    dynamicContent = {
        "[role=combobox]": {
            "t-on-input": this.onInput,
            "t-on-compositionend": this.onInput,
            "t-on-keydown": this.onKeydown,
            "t-on-click": this.onClick,
            "t-on-blur": () => this.close(),
            "t-att-aria-expanded": () => (this.isOpen ? "true" : "false"),
            "t-att-aria-activedescendant": () =>
                this.isOpen && this.active >= 0 ? this.optionId(this.active) : undefined,
        },
        "[role=listbox]": {
            "t-att-class": () => ({ show: this.isOpen }),
            // Choosing must come before the blur that closes the list.
            "t-on-mousedown.prevent": this.onMousedown,
        },
    };

    setup() {
        this.inputEl = this.el.querySelector("[role=combobox]");
        this.valueEl = this.el.querySelector("input[type=hidden]");
        this.listEl = this.el.querySelector("[role=listbox]");
        this.found = [];
        this.active = -1;
        this.isOpen = false;
        this.search = this.debounced(this.find, 250);
    }

    // ------------------------------------------------------------------
    // For those who extend it
    // ------------------------------------------------------------------

    /** The address that is asked. */
    get url() {
        throw new Error("A combo box needs an address to ask.");
    }

    /** What is sent besides the term. */
    get params() {
        return {};
    }

    /** Letters that a search needs; with none the list opens without a word. */
    get minSearch() {
        return Number(this.el.closest("form").dataset.minSearch);
    }

    /** What the list says when nothing was found. */
    get nothing() {
        return "";
    }

    // ------------------------------------------------------------------
    // Finding
    // ------------------------------------------------------------------

    get term() {
        return this.inputEl.value.trim();
    }

    onInput(ev) {
        // Letters that still become a Chinese word are no name yet.
        if (ev.isComposing) {
            return;
        }
        // Another name is another record, until one is chosen from the list.
        this.setValue("");
        this.search();
    }

    onClick() {
        if (!this.isOpen && !this.minSearch && !this.valueEl.value) {
            this.find();
        }
    }

    async find() {
        const term = this.term;
        if (term.length < this.minSearch) {
            this.close();
            return;
        }
        const found = await this.waitFor(rpc(this.url, { term, ...this.params }));
        // An answer to what was typed before is too late.
        if (term === this.term && document.activeElement === this.inputEl) {
            this.found = found;
            this.active = found.length && term ? 0 : -1;
            this.isOpen = true;
            this.show();
        }
    }

    // ------------------------------------------------------------------
    // Choosing
    // ------------------------------------------------------------------

    onKeydown(ev) {
        if (ev.isComposing) {
            return;
        }
        const step = { ArrowDown: 1, ArrowUp: -1 }[ev.key];
        if (step && this.isOpen && this.found.length) {
            ev.preventDefault();
            const count = this.found.length;
            const from = this.active < 0 && step < 0 ? 0 : this.active;
            this.active = (from + step + count) % count;
            this.show();
        } else if (ev.key === "ArrowDown" && !this.isOpen) {
            ev.preventDefault();
            this.find();
        } else if (ev.key === "Enter" && this.isOpen && this.active >= 0) {
            ev.preventDefault();
            this.choose(this.active);
        } else if (ev.key === "Escape" && this.isOpen) {
            ev.preventDefault();
            this.close();
        }
    }

    onMousedown(ev) {
        const option = ev.target.closest("[data-index]");
        if (option) {
            this.choose(Number(option.dataset.index));
        }
    }

    choose(index) {
        const { id, name } = this.found[index];
        this.inputEl.value = name;
        this.setValue(id);
        this.close();
    }

    /** Set what is sent, and tell the form. */
    setValue(value) {
        if (this.valueEl.value !== String(value)) {
            this.valueEl.value = value;
            this.valueEl.dispatchEvent(new Event("input", { bubbles: true }));
        }
    }

    // ------------------------------------------------------------------
    // The list
    // ------------------------------------------------------------------

    optionId(index) {
        return `${this.listEl.id}_${index}`;
    }

    close() {
        this.isOpen = false;
        this.updateContent();
    }

    show() {
        const { found, active, nothing } = this;
        const optionId = (index) => this.optionId(index);
        this.listEl.replaceChildren();
        this.renderAt(
            "itsm_approval.ComboboxOptions",
            { found, active, nothing, optionId },
            this.listEl
        );
        this.listEl.querySelector(".active")?.scrollIntoView({ block: "nearest" });
        this.updateContent();
    }
}
