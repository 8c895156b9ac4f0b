import { deserializeDateTime, serializeDateTime } from "@web/core/l10n/dates";

const { DateTime } = luxon;

/** What a reader may choose of the picture, and how it is written down. */

export function startingChoices({ direction, options = {} }) {
    const depth = options.depth || null;
    return {
        direction: direction || options.direction || "impact",
        // Neighbours of neighbours without end are all there is.
        depths: { impact: depth, dependencies: depth, neighbours: depth || 2 },
        window: options.window || null,
        hiddenClasses: [],
        hiddenStates: [],
        collapsed: [],
        opened: [],
        grouped: true,
    };
}

/** The ids of the items from the parameters, an address, or a selection. */
export function itemsOf({ params = {}, context = {} }) {
    const chosen = params.ci_ids ?? (context.active_model === "itsm.ci" ? context.active_ids : []);
    return (Array.isArray(chosen) ? chosen : String(chosen || "").split(","))
        .map(Number)
        .filter((id) => Number.isInteger(id) && id > 0);
}

/** What `itsm.ci.impact_graph` is asked. */
export function optionsOf(choices, given = {}) {
    return {
        ...given,
        direction: choices.direction,
        depth: choices.depths[choices.direction],
        window: choices.window,
    };
}

/** The list with a value, or without it if it was there. */
export function toggled(list, value) {
    return list.includes(value) ? list.filter((each) => each !== value) : [...list, value];
}

// ----------------------------------------------------------------------
// Time window: UTC for the server, local in the inputs
// ----------------------------------------------------------------------

export function toInput(moment) {
    return moment ? deserializeDateTime(moment).toFormat("yyyy-MM-dd'T'HH:mm") : "";
}

export function fromInput(text) {
    const moment = DateTime.fromISO(text);
    return moment.isValid ? serializeDateTime(moment) : false;
}
