import { Component, useEffect, useRef, useState } from "@odoo/owl";
import { KeepLast } from "@web/core/utils/concurrency";
import { useDebounced } from "@web/core/utils/timing";
import { useService } from "@web/core/utils/hooks";

const SHOWN = 8;

/** Parts that were used: found in what the phone knows, and on the server if it can. */
export class PartPicker extends Component {
    static template = "itsm_nonit.PartPicker";
    static props = { parts: Array, products: Array, onUse: Function, isFixed: Boolean };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ words: "", found: [] });
        this.searches = new KeepLast();
        this.list = useRef("found");
        // What was found must not lie under the buttons at the foot of the screen.
        useEffect(
            (words) => {
                if (words) {
                    this.list.el?.scrollIntoView({ block: "nearest" });
                }
            },
            () => [this.state.words.trim(), this.state.found]
        );
        this.askServer = useDebounced(this.ask, 300);
    }

    onInput(ev) {
        this.state.words = ev.target.value;
        this.state.found = this.known(this.state.words);
        if (this.state.words.trim()) {
            this.askServer();
        }
    }

    known(words) {
        const wanted = words.trim().toLowerCase();
        return wanted
            ? this.props.products
                  .filter(({ name }) => name.toLowerCase().includes(wanted))
                  .slice(0, SHOWN)
            : [];
    }

    async ask() {
        const words = this.state.words;
        try {
            const found = await this.searches.add(
                this.orm.silent.call("itsm.visit", "field_products", [words])
            );
            if (words === this.state.words && words.trim()) {
                this.state.found = found.slice(0, SHOWN);
            }
        } catch {
            // Without a network, what the phone knows has to do.
        }
    }

    choose(product) {
        const used = this.props.parts.find(({ id }) => id === product.id);
        this.use(product, (used?.quantity || 0) + 1);
        this.state.words = "";
        this.state.found = [];
    }

    onQuantity(part, ev) {
        const quantity = Number(ev.target.value);
        if (Number.isFinite(quantity) && quantity >= 0) {
            this.use(part, quantity);
        }
    }

    use({ id, name, uom }, quantity) {
        this.props.onUse({ product_id: id, name, uom, quantity });
    }
}
