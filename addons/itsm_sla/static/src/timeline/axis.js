import { DAY, HOUR, MINUTE } from "../countdown/duration";

const { DateTime } = luxon;

const MONTH = 30 * DAY;
/** Distances between ticks that people read easily: unit, count, length. */
const STEPS = [
    ...[1, 2, 5, 10, 15, 30].map((count) => ["minute", count, count * MINUTE]),
    ...[1, 2, 3, 6, 12].map((count) => ["hour", count, count * HOUR]),
    ...[1, 2, 3].map((count) => ["day", count, count * DAY]),
    ...[1, 2].map((count) => ["week", count, count * 7 * DAY]),
    ...[1, 2, 3, 6].map((count) => ["month", count, count * MONTH]),
    ...[1, 2, 5, 10].map((count) => ["year", count, count * 12 * MONTH]),
];
// Each lies where a clock or a calendar has a mark, counted in the next larger unit.
const LARGER = { minute: "hour", hour: "day", month: "year" };

function floorTo(moment, unit, count) {
    const floored = moment.startOf(unit);
    return unit in LARGER
        ? floored.minus({ [unit]: (floored[unit] - (unit === "month")) % count })
        : floored;
}

/** The tick after one; hours keep to the clock on the wall when it is put forward. */
function following(tick, unit, count) {
    const next = tick.plus({ [unit]: count });
    return unit === "hour" && count > 1
        ? floorTo(next.plus({ hours: 1 }), unit, count)
        : next;
}

function labels(moment, unit, isNewDay) {
    const date = { day: "numeric", month: "short" };
    switch (unit) {
        case "minute":
        case "hour":
            return [
                moment.toLocaleString(DateTime.TIME_SIMPLE),
                isNewDay ? moment.toLocaleString({ weekday: "short", ...date }) : "",
            ];
        case "day":
            return [
                moment.toLocaleString(date),
                moment.toLocaleString({ weekday: "short" }),
            ];
        case "week":
            return [moment.toLocaleString(date), ""];
        case "month":
            return [
                moment.toLocaleString({ month: "short" }),
                isNewDay ? String(moment.year) : "",
            ];
    }
    return [String(moment.year), ""];
}

/**
 * The ticks of a time axis, in the user's zone.
 *
 * @param {{start: number, end: number}} span in milliseconds since 1970
 * @param {number} most how many ticks there is room for
 * @returns {{at: number, label: string, below: string}[]}
 */
export function ticksOf({ start, end }, most) {
    const step = STEPS.find(([, , length]) => (end - start) / length <= most);
    const [unit, count] = step || STEPS.at(-1);
    const outer = unit === "month" ? "year" : "day";
    const ticks = [];
    let previous;
    let tick = floorTo(DateTime.fromMillis(start), unit, count);
    while (tick.toMillis() <= end) {
        if (tick.toMillis() >= start) {
            const isNew = !previous || !tick.hasSame(previous, outer);
            const [label, below] = labels(tick, unit, isNew);
            ticks.push({ at: tick.toMillis(), label, below });
            previous = tick;
        }
        tick = following(tick, unit, count);
    }
    return ticks;
}
