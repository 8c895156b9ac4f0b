import { _t } from "@web/core/l10n/translation";
import { ConnectionAbortedError, ConnectionLostError } from "@web/core/network/rpc";

const TRY_AGAIN_AFTER = 10000;
const TOO_LONG = 60000;

/** A key that no other entry has; `randomUUID` is not there on plain HTTP. */
function newKey() {
    const bytes = window.crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Entries on their way to the server: kept first, then sent one by one in the order in
 * which they were made.
 *
 * What the server refuses stays, with the reason, and holds what was made after it for
 * the same work; other work goes on. An entry that was sent twice does no harm: the
 * server knows its key.
 */
export class FieldQueue {
    /**
     * @param {FieldStore} store
     * @param {Function} send takes an entry, returns the server's answer
     * @param {Object} on `change(entries)`, `answer(entry, answer)`, `drained()`
     */
    constructor(store, send, on) {
        this.store = store;
        this.send = send;
        this.on = on;
        this.entries = [];
        this.isOffline = false;
        this.isSignedOut = false;
        this.isSending = false;
    }

    async start() {
        await this.read();
        this.wake = () => this.run();
        window.addEventListener("online", this.wake);
        this.timer = window.setInterval(this.wake, TRY_AGAIN_AFTER);
        this.run();
    }

    stop() {
        window.removeEventListener("online", this.wake);
        window.clearInterval(this.timer);
        this.isStopped = true;
    }

    async read() {
        this.entries = await this.store.all("queue");
        this.on.change();
    }

    async add(job, verb, values = {}) {
        const entry = {
            number: this.store.nextNumber(),
            key: newKey(),
            verb,
            job: job.key,
            title: job.title,
            task_id: job.task_id,
            ticket_id: job.task_id ? false : job.ticket_id,
            values,
            at: Date.now(),
            forced: false,
            problem: "",
        };
        await this.store.put("queue", entry.number, entry);
        await this.read();
        this.run();
    }

    /** Send an entry that was refused once more, or only record the visit. */
    async tryAgain(entry, forced = false) {
        const again = { ...entry, forced: forced || entry.forced, problem: "" };
        await this.store.put("queue", again.number, again);
        await this.read();
        await this.run();
    }

    /** Give up an entry; without its beginning, nothing of the work can be sent. */
    async discard(entry) {
        const lost = this.entries.filter(
            (other) =>
                other.number === entry.number ||
                (entry.verb === "start" && other.job === entry.job)
        );
        for (const { number } of lost) {
            await this.store.remove("queue", number);
        }
        await this.read();
        await this.run();
    }

    /** Send what waits. Called again while it runs, it looks once more at the end. */
    async run() {
        if (this.isSending || this.isStopped) {
            this.again = true;
            return;
        }
        this.isSending = true;
        try {
            do {
                this.again = false;
                await this.alone(() => this.drain());
            } while (this.again && !this.isOffline && !this.isStopped);
        } finally {
            this.isSending = false;
            this.on.change();
        }
    }

    /** Two windows of one phone take turns, so that the order holds. */
    alone(callback) {
        return window.navigator.locks
            ? window.navigator.locks.request(this.store.name, callback)
            : callback();
    }

    async drain() {
        await this.read();
        const held = new Set();
        let sent = 0;
        for (const entry of this.entries) {
            if (this.isStopped) {
                return;
            }
            if (entry.problem || held.has(entry.job)) {
                held.add(entry.job);
                continue;
            }
            const answer = await this.attempt(entry);
            if (this.isOffline || this.isSignedOut) {
                return;
            }
            if (answer) {
                await this.store.remove("queue", entry.number);
                await this.on.answer(entry, answer);
                sent++;
            } else {
                held.add(entry.job);
            }
            await this.read();
        }
        if (sent) {
            await this.on.drained();
        }
    }

    /** Send one entry; a refusal is kept with it. */
    async attempt(entry) {
        try {
            const answer = await inTime(this.send(entry));
            this.isOffline = this.isSignedOut = false;
            return answer;
        } catch (error) {
            this.isOffline = isNetworkLost(error);
            this.isSignedOut = error.exceptionName === "odoo.http.SessionExpiredException";
            if (!this.isOffline && !this.isSignedOut) {
                const problem = reasonOf(error);
                await this.store.put("queue", entry.number, { ...entry, problem });
            }
            return null;
        }
    }
}

export function isNetworkLost(error) {
    return error instanceof ConnectionLostError || error instanceof ConnectionAbortedError;
}

/** Return the server's sentence; what only programmers understand is not shown. */
export function reasonOf(error) {
    const isSentence = error.exceptionName?.startsWith("odoo.exceptions.");
    return (
        (isSentence && error.data?.message) ||
        _t("The server had a problem with this entry. Try again, or tell your leader.")
    );
}

/** Give up waiting for an answer that a poor network may have swallowed. */
async function inTime(promise) {
    let timer;
    const late = new Promise((_resolve, reject) => {
        timer = window.setTimeout(() => reject(new ConnectionLostError()), TOO_LONG);
    });
    try {
        return await Promise.race([promise, late]);
    } finally {
        window.clearTimeout(timer);
    }
}
