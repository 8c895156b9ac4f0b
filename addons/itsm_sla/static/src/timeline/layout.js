import { MINUTE } from "../countdown/duration";

const { DateTime } = luxon;

const SHORTEST = 5 * MINUTE;
// Room at both ends of the picture, as a share of it.
const MARGIN = 0.02;
const ROOM_FOR_WORDS = 0.2;
const ROOM_TO_READ = 0.5;

export const MARKER_ICONS = {
    warning: "fa-exclamation-triangle",
    deadline: "fa-flag",
    now: "fa-caret-down",
};

/** A moment of the server in milliseconds since 1970, false for none. */
export function millis(iso) {
    return iso ? DateTime.fromISO(iso).toMillis() : false;
}

/** Whether a clock still waits for something to happen. */
export function isGoing(clock) {
    return !clock.stopped_at && clock.state !== "cancelled";
}

/**
 * The stretch of time that the picture of some clocks shows.
 *
 * @param {Object[]} clocks
 * @param {number} now
 */
export function spanOf(clocks, now) {
    const moments = clocks.flatMap((clock) => [
        millis(clock.started_at),
        millis(clock.stopped_at),
        millis(clock.deadline),
        isGoing(clock) && now,
    ]);
    const known = moments.filter(Boolean);
    const start = Math.min(...known);
    const length = Math.max(Math.max(...known) - start, SHORTEST);
    return { start: start - length * MARGIN, end: start + length * (1 + MARGIN) };
}

/** Whether some clocks fill so little of a picture that it hides what they did. */
export function isSmallIn(whole, part) {
    return part.end - part.start < (whole.end - whole.start) * ROOM_TO_READ;
}

/** How far a moment lies in the picture, 0 to 1; those outside lie at its ends. */
function share(span, moment) {
    const inside = Math.min(Math.max(moment, span.start), span.end);
    return (inside - span.start) / (span.end - span.start);
}

/** Whether a stretch is wide enough to write on it. */
export function isWide(span, { start, end }) {
    return share(span, end) - share(span, start) > ROOM_FOR_WORDS;
}

/** Where something lies in the picture, as CSS; what is outside is cut off. */
export function placed(span, start, end = start) {
    const left = share(span, start) * 100;
    const width = share(span, end) * 100 - left;
    return `left: ${left.toFixed(3)}%; width: ${width.toFixed(3)}%`;
}

/** Whether any of a stretch lies in the picture. */
export function isInside(span, { start, end }) {
    return end >= span.start && start <= span.end;
}

/**
 * The stretches of a clock, each with its `look`: running, late, paused or stopped.
 * Running across the deadline makes two: in time, and late.
 */
export function partsOf(clock) {
    const deadline = millis(clock.deadline);
    return clock.segments.flatMap((segment, index) => {
        const start = millis(segment.start);
        const end = millis(segment.end);
        const part = (from, to, look) => ({
            key: `${index}-${look}`,
            segment,
            start: from,
            end: to,
            look,
        });
        if (segment.phase !== "running") {
            return [part(start, end, segment.phase)];
        }
        if (!deadline || deadline >= end) {
            return [part(start, end, "running")];
        }
        const late = part(Math.max(start, deadline), end, "late");
        return deadline > start ? [part(start, deadline, "running"), late] : [late];
    });
}

/** In whose hands a stretch was: supplier, team and person, as far as known. */
export function holderText({ supplier_name, team_name, user_name }) {
    return [supplier_name, team_name, user_name].filter(Boolean).join(" · ");
}

/** In whose hands it was, over time: neighbours in the same hands are one. */
export function holdersOf(clock) {
    const holders = [];
    for (const segment of clock.segments) {
        const name = holderText(segment);
        const last = holders.at(-1);
        if (last?.name === name && last.end === millis(segment.start)) {
            last.end = millis(segment.end);
        } else {
            const start = millis(segment.start);
            holders.push({ name, start, end: millis(segment.end) });
        }
    }
    return holders.filter((holder) => holder.name);
}

/** What it stood still for, with the working time of each. */
export function pausesOf(clock) {
    const sums = new Map();
    for (const { phase, cause_name: name, working } of clock.segments) {
        if (phase !== "running") {
            const known = sums.get(name) || { name, phase, working: 0 };
            known.working += working;
            sums.set(name, known);
        }
    }
    return [...sums.values()];
}

/** The closed hours of a clock in the picture: what lies between its open ones. */
export function closedHoursOf(clock, span) {
    if (!clock.work) {
        return [];
    }
    const closed = [];
    let from = span.start;
    for (const [start, end] of clock.work) {
        closed.push({ start: from, end: millis(start) });
        from = millis(end);
    }
    closed.push({ start: from, end: span.end });
    return closed.filter(({ start, end }) => end > start);
}
