import { _t } from "@web/core/l10n/translation";
import { durationText, MINUTE, SECOND } from "./duration";

/** How each standing looks; never by its colour alone. */
export const LOOKS = {
    running: { color: "text-success", icon: "fa-clock-o" },
    warning: { color: "text-warning-emphasis", icon: "fa-exclamation-triangle" },
    late: { color: "text-danger", icon: "fa-exclamation-circle" },
    paused: { color: "text-muted", icon: "fa-pause" },
    met: { color: "text-success", icon: "fa-check" },
    breached: { color: "text-danger", icon: "fa-times" },
    cancelled: { color: "text-muted", icon: "fa-ban" },
};

const COUNTING = ["running", "warning", "late"];

/**
 * @typedef {Object} Promised what a record says of a promise
 * @property {number|false} deadline moments are in milliseconds since 1970
 * @property {number|false} warning
 * @property {number|false} stopped
 * @property {string|false} state
 */

/**
 * Where a promise stands at a moment, a key of `LOOKS`; false for no promise.
 *
 * @param {Promised} promised
 * @param {number} now
 */
export function standingOf({ deadline, warning, stopped, state }, now) {
    if (["met", "cancelled", "paused"].includes(state)) {
        return state;
    }
    if (state === "breached" && (stopped || !deadline)) {
        return "breached";
    }
    if (!deadline) {
        return false;
    }
    if (now >= deadline) {
        return "late";
    }
    return warning && now >= warning ? "warning" : "running";
}

/** Whether what is shown changes while the time passes. */
export function isCounting(standing) {
    return COUNTING.includes(standing);
}

/**
 * When the countdown shows something else: with each full minute, with each second
 * around the deadline, and exactly when its colour changes.
 *
 * @param {Promised} promised
 * @param {number} now
 */
export function nextChange(promised, now) {
    if (!isCounting(standingOf(promised, now))) {
        return Infinity;
    }
    const { deadline, warning } = promised;
    const unit = Math.abs(deadline - now) <= MINUTE ? SECOND : MINUTE;
    const turns = [warning, deadline - MINUTE, deadline].filter((turn) => turn > now);
    return Math.min((Math.floor(now / unit) + 1) * unit, ...turns);
}

/**
 * The standing in a few characters.
 *
 * @param {string} standing
 * @param {Promised} promised
 * @param {number} now
 */
export function shortText(standing, { deadline, stopped }, now) {
    switch (standing) {
        case "paused":
            return _t("Paused");
        case "met":
            return _t("Met");
        case "cancelled":
            return _t("Cancelled");
        case "breached":
            return stopped && deadline
                ? _t("%s late", durationText(stopped - deadline))
                : _t("Breached");
        case "late":
            return _t("%s late", durationText(now - deadline));
    }
    // Rounded up, so that nothing is left exactly at the deadline.
    return durationText(Math.ceil((deadline - now) / SECOND) * SECOND);
}

/** The standing in words. */
export function standingText(standing) {
    return {
        running: _t("In time"),
        warning: _t("Due soon"),
        late: _t("Late"),
        paused: _t("Paused: the time stands still"),
        met: _t("Kept in time"),
        breached: _t("Not kept in time"),
        cancelled: _t("Cancelled: it counts for nobody"),
    }[standing];
}
