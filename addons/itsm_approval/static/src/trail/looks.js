import { _t } from "@web/core/l10n/translation";

/** How approvals, steps, lines and voices look: icon and colour, beside their words. */
export const LOOKS = {
    waiting: { icon: "fa-clock-o", color: "warning" },
    open: { icon: "fa-clock-o", color: "warning" },
    question: { icon: "fa-question", color: "info" },
    granted: { icon: "fa-check", color: "success" },
    approve: { icon: "fa-check", color: "success" },
    refused: { icon: "fa-times", color: "danger" },
    reject: { icon: "fa-times", color: "danger" },
    planned: { icon: "fa-ellipsis-h", color: "quiet" },
    skipped: { icon: "fa-forward", color: "quiet" },
    cancelled: { icon: "fa-ban", color: "quiet" },
    withdrawn: { icon: "fa-undo", color: "quiet" },
    void: { icon: "fa-refresh", color: "quiet" },
};

export const PERSON_LOOK = { icon: "fa-user-o", color: "quiet" };
export const UNKNOWN_LOOK = { icon: "fa-circle-o", color: "quiet" };

/** What became of a voice, in a word. */
export function voiceText({ state, decision }) {
    switch (decision) {
        case "approve":
            return _t("Approved");
        case "reject":
            return _t("Rejected");
    }
    return state === "cancelled" ? _t("Not needed") : _t("Not decided yet");
}

/** By which way a voice came; nothing to say of the usual one. */
export function wayText(way) {
    switch (way) {
        case "portal":
            return _t("on the portal");
        case "mail":
            return _t("by mail link");
        case "timeout":
            return _t("time ran out");
    }
    return "";
}
