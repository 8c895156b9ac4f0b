import { Interaction } from "@web/public/interaction";
import { _t } from "@web/core/l10n/translation";
import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";

/**
 * “For somebody else?”: a combo box that finds colleagues by name
 * (WAI-ARIA practices, combo box with list autocompletion).
 */
export class PortalTicketPerson extends Interaction {
    static selector = "form .o_itsm_person";
    dynamicContent = {
        "[role=combobox]": {
            "t-on-input": this.onInput,
            "t-on-keydown": this.onKeydown,
            "t-on-blur": () => this.close(),
            "t-att-aria-expanded": () => (this.isOpen ? "true" : "false"),
            "t-att-aria-activedescendant": () =>
                this.isOpen && this.active >= 0 ? `itsm_person_${this.active}` : undefined,
        },
        ".o_itsm_people": {
            "t-att-class": () => ({ show: this.isOpen }),
            // Choosing must come before the blur that closes the list.
            "t-on-mousedown.prevent": this.onMousedown,
        },
    };

    setup() {
        const form = this.el.closest("form");
        this.minSearch = Number(form.dataset.minSearch);
        this.inputEl = this.el.querySelector("[role=combobox]");
        this.valueEl = this.el.querySelector("input[type=hidden]");
        this.listEl = this.el.querySelector("[role=listbox]");
        this.people = [];
        this.active = -1;
        this.isOpen = false;
        this.search = this.debounced(this.search, 250);
    }

    onInput() {
        // Another name is another person, until one is chosen from the list.
        this.valueEl.value = "";
        this.search();
    }

    async search() {
        const term = this.inputEl.value.trim();
        if (term.length < this.minSearch) {
            this.close();
            return;
        }
        const people = await this.waitFor(rpc("/my/tickets/new/people", { term }));
        // An answer to what was typed before is too late.
        if (term === this.inputEl.value.trim()) {
            this.people = people;
            this.active = people.length ? 0 : -1;
            this.isOpen = true;
            this.show();
        }
    }

    onKeydown(ev) {
        const step = { ArrowDown: 1, ArrowUp: -1 }[ev.key];
        if (step && this.isOpen && this.people.length) {
            ev.preventDefault();
            const count = this.people.length;
            this.active = (this.active + step + count) % count;
            this.show();
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
        this.valueEl.value = person.id;
        this.close();
    }

    close() {
        this.isOpen = false;
        this.updateContent();
    }

    show() {
        this.listEl.replaceChildren();
        this.renderAt(
            "itsm_helpdesk.PortalPeople",
            { people: this.people, active: this.active, nobody: _t("Nobody found") },
            this.listEl
        );
        this.updateContent();
    }
}

registry.category("public.interactions").add("itsm_helpdesk.portal_person", PortalTicketPerson);
