import { Interaction } from "@web/public/interaction";
import { _t } from "@web/core/l10n/translation";
import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";

/**
 * A combo box that finds records by name: a colleague “for somebody else”, or what a
 * question of a request form asks for (WAI-ARIA practices, combo box with list
 * autocompletion).
 */
export class PortalCombobox extends Interaction {
    static selector = "form .o_itsm_person, form .o_itsm_combobox";
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
        ".o_itsm_people": {
            "t-att-class": () => ({ show: this.isOpen }),
            // Choosing must come before the blur that closes the list.
            "t-on-mousedown.prevent": this.onMousedown,
        },
    };

    setup() {
        const { path, minSearch } = this.el.dataset;
        const form = this.el.closest("form");
        this.minSearch = Number(minSearch ?? form.dataset.minSearch);
        this.path = path;
        this.url = path
            ? this.el.closest("[data-lookup-url]").dataset.lookupUrl
            : "/my/tickets/new/people";
        this.inputEl = this.el.querySelector("[role=combobox]");
        this.valueEl = this.el.querySelector("input[type=hidden]");
        this.listEl = this.el.querySelector("[role=listbox]");
        this.people = [];
        this.active = -1;
        this.isOpen = false;
        this.search = this.debounced(this.find, 250);
    }

    optionId(index) {
        return `${this.listEl.id}_${index}`;
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
        // A list that may be seen whole opens without a word.
        if (!this.isOpen && !this.minSearch && !this.valueEl.value) {
            this.find();
        }
    }

    async find() {
        const term = this.inputEl.value.trim();
        if (term.length < this.minSearch) {
            this.close();
            return;
        }
        const params = this.path ? { term, path: this.path } : { term };
        const people = await this.waitFor(rpc(this.url, params));
        // An answer to what was typed before is too late.
        if (term === this.inputEl.value.trim() && document.activeElement === this.inputEl) {
            this.people = people;
            this.active = people.length && term ? 0 : -1;
            this.isOpen = true;
            this.show();
        }
    }

    onKeydown(ev) {
        if (ev.isComposing) {
            return;
        }
        const step = { ArrowDown: 1, ArrowUp: -1 }[ev.key];
        if (step && this.isOpen && this.people.length) {
            ev.preventDefault();
            const count = this.people.length;
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
        const person = this.people[index];
        this.inputEl.value = person.name;
        this.setValue(person.id);
        this.close();
    }

    /** Set what is sent, and tell the form. */
    setValue(value) {
        if (this.valueEl.value !== String(value)) {
            this.valueEl.value = value;
            this.valueEl.dispatchEvent(new Event("input", { bubbles: true }));
        }
    }

    close() {
        this.isOpen = false;
        this.updateContent();
    }

    show() {
        this.listEl.replaceChildren();
        this.renderAt(
            "itsm_helpdesk.PortalPeople",
            {
                people: this.people,
                active: this.active,
                optionId: (index) => this.optionId(index),
                nobody: this.path ? _t("Nothing found") : _t("Nobody found"),
            },
            this.listEl
        );
        this.listEl.querySelector(".active")?.scrollIntoView({ block: "nearest" });
        this.updateContent();
    }
}

registry.category("public.interactions").add("itsm_helpdesk.portal_combobox", PortalCombobox);
