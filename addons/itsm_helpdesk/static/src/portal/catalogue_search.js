import { Interaction } from "@web/public/interaction";
import { _t } from "@web/core/l10n/translation";
import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";

/**
 * The search box of the catalogue: a combo box that suggests services and tickets
 * while one types (WAI-ARIA practices, combo box with list autocompletion). Nothing
 * is chosen by itself: Enter without a choice searches for what was typed.
 */
export class CatalogueSearch extends Interaction {
    static selector = ".o_itsm_search";
    dynamicContent = {
        "[role=combobox]": {
            "t-on-input": this.onInput,
            "t-on-compositionend": this.onInput,
            "t-on-keydown": this.onKeydown,
            "t-on-focus": this.onFocus,
            "t-on-blur": () => this.close(),
            "t-att-aria-expanded": () => (this.isOpen ? "true" : "false"),
            "t-att-aria-activedescendant": () =>
                this.isOpen && this.active >= 0 ? `itsm_suggestion_${this.active}` : undefined,
        },
        "[role=listbox]": {
            "t-att-class": () => ({ show: this.isOpen }),
            // A click must reach the link before the blur closes the list.
            "t-on-mousedown.prevent": () => {},
        },
        "[role=status]": { "t-out": () => this.said },
    };

    setup() {
        this.inputEl = this.el.querySelector("[role=combobox]");
        this.listEl = this.el.querySelector("[role=listbox]");
        this.groups = [];
        this.active = -1;
        this.isOpen = false;
        this.said = "";
        this.found = null;
        this.suggest = this.debounced(this.suggest, 200);
    }

    get term() {
        return this.inputEl.value.trim();
    }

    get links() {
        return [...this.listEl.querySelectorAll("[role=option]")];
    }

    onInput(ev) {
        // Letters that still become a Chinese word are not what is looked for.
        if (!ev.isComposing) {
            this.suggest();
        }
    }

    onFocus() {
        if (this.found && this.found === this.term) {
            this.open();
        }
    }

    async suggest() {
        const term = this.term;
        // One Chinese character is a word, one Latin letter is not.
        if (term.length < 2 && !/[^\u0000-\u024f]/.test(term)) {
            this.close();
            return;
        }
        const groups = await this.waitFor(rpc("/my/services/suggest", { term }));
        // An answer to what was typed before is too late.
        if (term === this.term && document.activeElement === this.inputEl) {
            this.found = term;
            this.groups = number(groups);
            this.open();
        }
    }

    onKeydown(ev) {
        if (ev.isComposing) {
            return;
        }
        const links = this.links;
        const step = { ArrowDown: 1, ArrowUp: -1 }[ev.key];
        if (step && this.isOpen && links.length) {
            ev.preventDefault();
            // Past the last one comes the field itself, then the first again.
            const places = links.length + 1;
            this.active = ((this.active + 1 + step + places) % places) - 1;
            this.mark();
        } else if (ev.key === "ArrowDown" && this.found === this.term && this.found) {
            ev.preventDefault();
            this.open();
        } else if (ev.key === "Enter" && this.isOpen && this.active >= 0) {
            ev.preventDefault();
            links[this.active].click();
        } else if (ev.key === "Escape" && this.isOpen) {
            ev.preventDefault();
            this.close();
        }
    }

    open() {
        this.isOpen = true;
        this.active = -1;
        this.listEl.replaceChildren();
        this.renderAt(
            "itsm_helpdesk.CatalogueSuggestions",
            { groups: this.groups, term: this.term },
            this.listEl
        );
        const count = this.groups.reduce((sum, group) => sum + group.items.length, 0);
        this.said = count ? _t("Suggestions: %s", count) : _t("Nothing found");
        this.updateContent();
    }

    close() {
        this.isOpen = false;
        this.active = -1;
        this.said = "";
        this.updateContent();
    }

    mark() {
        this.links.forEach((link, index) => {
            link.setAttribute("aria-selected", index === this.active ? "true" : "false");
            link.classList.toggle("active", index === this.active);
        });
        this.links[this.active]?.scrollIntoView({ block: "nearest" });
        this.updateContent();
    }
}

/** Give each suggestion its place in the whole list. */
function number(groups) {
    let place = 0;
    return groups.map((group) => ({
        ...group,
        items: group.items.map((item) => ({ ...item, place: place++ })),
    }));
}

registry.category("public.interactions").add("itsm_helpdesk.catalogue_search", CatalogueSearch);
