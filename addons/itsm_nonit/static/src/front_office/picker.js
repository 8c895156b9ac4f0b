import { Component, onWillUnmount, useEffect, useRef, useState } from "@odoo/owl";
import { KeepLast } from "@web/core/utils/concurrency";

/** How long somebody types before it is searched: shorter than between two words. */
const PAUSE = 120;
let count = 0;

/**
 * An input that finds something while one types. Arrows choose, Enter takes what is
 * marked – also when the answer is still on its way, so fast typists need not wait.
 */
export class Picker extends Component {
    static template = "itsm_nonit.FrontOfficePicker";
    static props = {
        label: String,
        placeholder: { type: String, optional: true },
        hotkey: { type: String, optional: true },
        value: { type: String, optional: true },
        focusOn: { type: Number, optional: true },
        search: Function,
        onPick: Function,
        /** Called with the text when Enter finds nothing. */
        onNothing: { type: Function, optional: true },
        onTyped: { type: Function, optional: true },
        /** Called with the text when somebody goes on without choosing. */
        onLeft: { type: Function, optional: true },
        invalid: { type: Boolean, optional: true },
        /** Called with what is under way, so that others can wait for it. */
        track: { type: Function, optional: true },
    };
    static defaultProps = { placeholder: "", value: "", focusOn: 0, invalid: false };

    setup() {
        this.id = `o_itsm_picker_${++count}`;
        this.inputRef = useRef("input");
        this.keepLast = new KeepLast();
        this.state = useState({ items: [], active: 0, text: this.props.value });
        useEffect(
            (value) => {
                // What was typed comes back as the value; that is no news.
                if (value !== this.state.text) {
                    this.state.text = value;
                    this.close();
                }
            },
            () => [this.props.value]
        );
        useEffect(
            (turn) => {
                if (turn) {
                    this.inputRef.el.focus();
                    this.inputRef.el.select();
                }
            },
            () => [this.props.focusOn]
        );
        onWillUnmount(() => clearTimeout(this.timer));
    }

    get listId() {
        return `${this.id}_list`;
    }

    get activeId() {
        return this.state.items.length ? `${this.id}_${this.state.active}` : undefined;
    }

    onInput(ev) {
        this.state.text = ev.target.value;
        this.isOpenQuestion = true;
        this.props.onTyped?.(this.state.text);
        clearTimeout(this.timer);
        this.pending = true;
        this.timer = setTimeout(() => this.find(), PAUSE);
    }

    async find() {
        clearTimeout(this.timer);
        const text = this.state.text;
        const items = await this.keepLast.add(this.props.search(text));
        this.pending = false;
        this.state.items = items;
        this.state.active = 0;
    }

    async onKeydown(ev) {
        const { items } = this.state;
        if (ev.key === "ArrowDown" || ev.key === "ArrowUp") {
            ev.preventDefault();
            if (!items.length) {
                await this.find();
            } else {
                const step = ev.key === "ArrowDown" ? 1 : items.length - 1;
                this.state.active = (this.state.active + step) % items.length;
            }
        } else if (ev.key === "Enter" && !ev.ctrlKey && !ev.metaKey) {
            ev.preventDefault();
            const taken = this.take();
            this.props.track?.(taken);
            await taken;
        } else if (ev.key === "Escape" && items.length) {
            ev.stopPropagation();
            this.close();
        }
    }

    /** Take what is marked, after a search that is still under way. */
    async take() {
        if (this.pending) {
            await this.find();
        }
        const item = this.state.items[this.state.active];
        if (item) {
            await this.pick(item);
        } else {
            this.props.onNothing?.(this.state.text.trim());
        }
    }

    pick(item) {
        this.close();
        this.isOpenQuestion = false;
        this.state.text = item.label;
        return this.props.onPick(item);
    }

    onBlur() {
        if (this.isOpenQuestion) {
            this.isOpenQuestion = false;
            this.props.onLeft?.(this.state.text.trim());
        }
        // A click on a row comes before the list is gone.
        setTimeout(() => this.close(), 150);
    }

    close() {
        clearTimeout(this.timer);
        this.state.items = [];
    }
}
