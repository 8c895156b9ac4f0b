import { formatDateTime } from "@web/views/fields/formatters";
import { deserializeDateTime } from "@web/core/l10n/dates";

const { DateTime } = luxon;

/** A moment of the server as the reader's clock shows it. */
export function local(moment) {
    return formatDateTime(deserializeDateTime(moment), { showSeconds: false });
}

/** How long ago, or how soon, a moment of the server is: “3 days ago”. */
export function relative(moment) {
    return deserializeDateTime(moment).toRelative({ base: DateTime.now() });
}

/** Whether a moment of the server has passed. */
export function isPast(moment) {
    return deserializeDateTime(moment) < DateTime.now();
}
