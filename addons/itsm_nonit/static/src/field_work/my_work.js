import { Component, onWillStart, onWillUnmount, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { session } from "@web/session";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import {
    byPlace,
    fromServer,
    isBegun,
    isOpen,
    isToday,
    isWorking,
    momentOf,
    withEntries,
} from "./field_jobs";
import { FieldQueue, isNetworkLost } from "./field_queue";
import { FieldStore } from "./field_store";
import { JobScreen } from "./job_screen";

const TICK = 15000;
const EMPTY_DAY = { jobs: [], codes: [], products: [] };

/**
 * The work of somebody without a desk: tasks and tickets by place, on a phone.
 *
 * Nothing waits for the network. What one does is kept here first and shown as done;
 * it is sent when that is possible, and until then shown as waiting.
 */
export class MyWork extends Component {
    static template = "itsm_nonit.MyWork";
    static components = { JobScreen };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.store = new FieldStore(`itsm_field_work-${session.db}-${user.userId}`);
        this.queue = new FieldQueue(this.store, (entry) => this.send(entry), {
            change: () => this.takeQueue(),
            answer: (entry, answer) => this.takeAnswer(entry, answer),
            drained: () => this.load(),
        });
        this.state = useState({
            day: EMPTY_DAY,
            entries: [],
            openKey: "",
            ended: null,
            onlyToday: true,
            isOffline: false,
            isSignedOut: false,
            isKept: true,
            readAt: 0,
            now: Date.now(),
        });
        onWillStart(() => this.start());
        this.timer = window.setInterval(() => (this.state.now = Date.now()), TICK);
        onWillUnmount(() => {
            window.clearInterval(this.timer);
            this.queue.stop();
            this.store.close();
        });
    }

    async start() {
        await this.store.open();
        this.state.isKept = this.store.isKept;
        const copy = await this.store.get("copy", "day");
        if (copy) {
            this.state.day = copy.day;
            this.state.readAt = copy.at;
        }
        await this.queue.read();
        await this.load();
        this.state.openKey = (await this.store.get("copy", "open")) || "";
        // Not awaited: what waits may take long on a poor network.
        this.queue.start();
    }

    // ------------------------------------------------------------------
    // Server
    // ------------------------------------------------------------------

    async load() {
        try {
            const day = await this.orm.silent.call("itsm.visit", "field_day", []);
            this.state.day = { ...day, jobs: day.jobs.map(fromServer) };
            this.queue.isOffline = this.state.isOffline = false;
            await this.keepDay();
        } catch (error) {
            if (!isNetworkLost(error)) {
                throw error;
            }
            this.queue.isOffline = this.state.isOffline = true;
        }
    }

    async keepDay() {
        this.state.readAt = Date.now();
        await this.store.put("copy", "day", { day: this.state.day, at: this.state.readAt });
    }

    send({ key, verb, task_id, ticket_id, values, at, forced }) {
        const age = Math.max(Date.now() - at, 0) / 1000;
        const entry = { key, verb, task_id, ticket_id, values, age, forced };
        return this.orm.silent.call("itsm.visit", "field_do", [entry]);
    }

    takeQueue() {
        this.state.entries = this.queue.entries;
        this.state.isOffline = this.queue.isOffline;
        this.state.isSignedOut = this.queue.isSignedOut;
        this.state.now = Date.now();
    }

    async takeAnswer(entry, { job, finished }) {
        const jobs = this.state.day.jobs.filter(({ key }) => key !== entry.job);
        this.state.day.jobs = [...jobs, ...job.map(fromServer)];
        if (finished && this.state.ended?.key === entry.job) {
            Object.assign(this.state.ended, finished, { isSent: true });
        }
        await this.keepDay();
    }

    // ------------------------------------------------------------------
    // What is shown
    // ------------------------------------------------------------------

    get jobs() {
        const open = this.state.day.jobs.filter(isOpen);
        return withEntries(open, this.state.entries);
    }

    get openJob() {
        return this.jobs.find(({ key }) => key === this.state.openKey);
    }

    get todo() {
        const now = this.state.now;
        return this.jobs.filter(
            (job) =>
                (!job.isFinished || this.refusalOf(job)) &&
                (!this.state.onlyToday || isToday(job, now))
        );
    }

    get places() {
        return byPlace(this.todo);
    }

    get finished() {
        return this.jobs.filter((job) => job.isFinished && !this.refusalOf(job));
    }

    get refusedCount() {
        return this.state.entries.filter(({ problem }) => problem).length;
    }

    get waitingCount() {
        return this.state.entries.length - this.refusedCount;
    }

    entriesOf(job) {
        return this.state.entries.filter((entry) => entry.job === job.key);
    }

    refusalOf(job) {
        return this.entriesOf(job).some(({ problem }) => problem);
    }

    isBegun(job) {
        return isBegun(job);
    }

    isWorking(job) {
        return isWorking(job);
    }

    momentOf(ms) {
        return momentOf(ms);
    }

    get qrUrl() {
        const url = encodeURIComponent(this.state.ended.url);
        return `/report/barcode/?barcode_type=QR&value=${url}&width=240&height=240`;
    }

    // ------------------------------------------------------------------
    // Going about
    // ------------------------------------------------------------------

    async open(key) {
        this.state.openKey = key;
        this.state.ended = null;
        await this.store.put("copy", "open", key);
    }

    async reload() {
        await this.load();
        await this.queue.run();
    }

    async onEnd(job) {
        const finish = this.queue.entries.find(
            (entry) => entry.job === job.key && entry.verb === "finish"
        );
        // It may be sent already; else the address comes with the answer.
        this.state.ended = {
            key: job.key,
            title: job.title,
            person: job.person,
            url: job.url,
            isSent: !finish,
        };
        this.state.openKey = "";
        await this.store.put("copy", "open", "");
    }
}

registry.category("actions").add("itsm_field_work", MyWork);
