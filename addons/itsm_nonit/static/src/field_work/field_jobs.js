import { deserializeDateTime } from "@web/core/l10n/dates";

const { DateTime } = luxon;

const ENDED = new Set([
    "done",
    "failed",
    "skipped",
    "resolved",
    "closed",
    "cancelled",
    "approval",
    "waiting",
]);

const toMs = (text) => (text ? deserializeDateTime(text).toMillis() : 0);

/** Return a task or ticket as the screen uses it: moments as numbers. */
export function fromServer(job) {
    const visit = job.visit && {
        ...job.visit,
        since: toMs(job.visit.since),
        planned_start: toMs(job.visit.planned_start),
    };
    return { ...job, due: toMs(job.due), visit };
}

/** Tell whether a task or ticket is still in the list of what is to be done. */
export function isOpen(job) {
    return !ENDED.has(job.state) || isBegun(job);
}

export const isBegun = (job) => ["working", "paused"].includes(job.visit?.state);
export const isWorking = (job) => job.visit?.state === "working";

/** Return a moment in short: of today, the time alone says it. */
export function momentOf(ms) {
    const moment = DateTime.fromMillis(ms);
    const day = { weekday: "short", day: "numeric", month: "short" };
    return moment.toLocaleString(
        moment.hasSame(DateTime.now(), "day")
            ? DateTime.TIME_SIMPLE
            : { ...day, hour: "numeric", minute: "2-digit" }
    );
}

/** Return the milliseconds worked, without the pauses. */
export function worked(job, now) {
    const { minutes = 0, since = 0 } = job.visit || {};
    return minutes * 60000 + (since ? Math.max(now - since, 0) : 0);
}

function rest(visit, at) {
    return {
        ...visit,
        state: "paused",
        minutes: visit.minutes + Math.round(Math.max(at - visit.since, 0) / 60000),
        since: 0,
    };
}

const EMPTY = { state: "paused", minutes: 0, since: 0, photos: [], parts: [], signed_by: "" };

function withPart(parts, { product_id, name, uom, quantity }) {
    const part = { id: product_id, name, uom, quantity };
    const found = parts.some(({ id }) => id === product_id);
    const all = found
        ? parts.map((old) => (old.id === product_id ? { ...old, quantity } : old))
        : [...parts, part];
    return all.filter((other) => other.quantity);
}

const CHANGES = {
    start: ({ visit }, { at }) => ({
        mine: true,
        visit: { ...EMPTY, ...visit, state: "working", since: visit?.since || at },
    }),
    resume: ({ visit }, { at }) => ({
        visit: { ...EMPTY, ...visit, state: "working", since: visit?.since || at },
    }),
    pause: ({ visit }, { at }) => ({ visit: visit?.since ? rest(visit, at) : visit }),
    check: ({ checks }, { values }) => ({
        checks: checks.map((check) =>
            check.id === values.check_id ? { ...check, done: values.done } : check
        ),
    }),
    photo: ({ visit }, { values, key }) => ({
        visit: {
            ...EMPTY,
            ...visit,
            photos: [...(visit?.photos || []), { key, kind: values.kind, data: values.data }],
        },
    }),
    part: ({ visit }, { values }) => ({
        visit: { ...EMPTY, ...visit, parts: withPart(visit?.parts || [], values) },
    }),
    sign: ({ visit }, { values }) => ({
        visit: { ...EMPTY, ...visit, signed_by: values.name },
    }),
    finish: (_job, _entry) => ({ isFinished: true }),
};

/** Return the work as it will be when the entries that wait have been sent. */
export function withEntries(jobs, entries) {
    const byKey = new Map(jobs.map((job) => [job.key, job]));
    for (const entry of entries) {
        const job = byKey.get(entry.job);
        if (!job) {
            continue;
        }
        if (["start", "resume"].includes(entry.verb)) {
            // Nobody works in two places at once.
            for (const other of byKey.values()) {
                if (other.key !== entry.job && isWorking(other)) {
                    byKey.set(other.key, { ...other, visit: rest(other.visit, entry.at) });
                }
            }
        }
        byKey.set(entry.job, { ...job, ...CHANGES[entry.verb](job, entry) });
    }
    return [...byKey.values()];
}

/** Tell whether something is to be done today, or should have been done before. */
export function isToday(job, now) {
    const end = DateTime.fromMillis(now).endOf("day").toMillis();
    const moment = job.visit?.planned_start || job.due;
    return isBegun(job) || !moment || moment <= end;
}

/** Return `[{place, directions, jobs}]`: one way to each place, the urgent first. */
export function byPlace(jobs) {
    const places = new Map();
    for (const job of jobs) {
        const { id, name } = job.place;
        if (!places.has(id)) {
            places.set(id, { id, name, directions: job.directions, jobs: [] });
        }
        places.get(id).jobs.push(job);
    }
    const groups = [...places.values()];
    for (const group of groups) {
        group.jobs.sort(
            (a, b) =>
                isBegun(b) - isBegun(a) ||
                (a.visit?.planned_start || a.due || Infinity) -
                    (b.visit?.planned_start || b.due || Infinity) ||
                a.title.localeCompare(b.title)
        );
    }
    // Without a place: at the end.
    return groups.sort((a, b) => !a.id - !b.id || a.name.localeCompare(b.name));
}
