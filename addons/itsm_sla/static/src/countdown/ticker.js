import { onMounted, onPatched, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { batched } from "@web/core/utils/timing";

/**
 * The one timer of all countdowns of a page. It runs while there is at least one, and
 * sleeps until the next moment at which one of them shows something else.
 */
const listeners = new Set();
let timer;

function tick() {
    for (const listener of listeners) {
        listener.onTick();
    }
    schedule();
}

function schedule() {
    browser.clearTimeout(timer);
    if (!listeners.size || document.hidden) {
        return;
    }
    const now = Date.now();
    const next = Math.min(...[...listeners].map((one) => one.nextChange(now)));
    if (Number.isFinite(next)) {
        timer = browser.setTimeout(tick, Math.max(next - now, 1));
    }
}

const reschedule = batched(schedule);

/** A hidden page does not count; once it is seen again it catches up. */
function onVisibilityChange() {
    if (document.hidden) {
        browser.clearTimeout(timer);
    } else {
        tick();
    }
}

function listen(listener) {
    if (!listeners.size) {
        document.addEventListener("visibilitychange", onVisibilityChange);
    }
    listeners.add(listener);
    reschedule();
}

function forget(listener) {
    listeners.delete(listener);
    if (!listeners.size) {
        document.removeEventListener("visibilitychange", onVisibilityChange);
    }
    reschedule();
}

/**
 * Renders the component again whenever the passing of time changes what it shows.
 *
 * @param {(now: number) => number} nextChange moment of the next change after `now`, in
 *      milliseconds since 1970; Infinity for none
 * @returns {() => number} the present moment, to be asked while rendering
 */
export function useNow(nextChange) {
    const state = useState({ beat: 0 });
    const listener = { nextChange, onTick: () => state.beat++ };
    onMounted(() => listen(listener));
    onPatched(reschedule);
    onWillUnmount(() => forget(listener));
    return () => {
        // Reading the beat is what makes the next one render the component.
        void state.beat;
        return Date.now();
    };
}
