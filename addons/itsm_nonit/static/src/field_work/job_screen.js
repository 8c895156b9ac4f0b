import { Component, onWillStart, onWillUnmount, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useDebounced } from "@web/core/utils/timing";
import { FingerPad } from "./finger_pad";
import { PartPicker } from "./part_picker";
import { isBegun, isWorking, momentOf, worked } from "./field_jobs";
import { dataOf, shrink } from "./picture";

const BLANK = { note: "", outcome: "done", code: "", name: "", signature: "" };

/** One task or ticket: what is to be done, what was done, and the end of it. */
export class JobScreen extends Component {
    static template = "itsm_nonit.JobScreen";
    static components = { FingerPad, PartPicker };
    static props = {
        job: Object,
        entries: Array,
        codes: Array,
        products: Array,
        now: Number,
        store: Object,
        queue: Object,
        onBack: Function,
        onEnd: Function,
    };

    setup() {
        this.top = useRef("top");
        this.state = useState({ ending: false, problem: "", busy: false, typed: { ...BLANK } });
        this.keepLater = useDebounced(this.keep, 200, { execBeforeUnmount: true });
        onWillStart(async () => {
            const typed = await this.props.store.get("typed", this.props.job.key);
            Object.assign(this.state.typed, { name: this.props.job.person }, typed);
            this.state.ending = Boolean(typed?.ending);
        });
        // A phone may throw the page away without a word.
        this.onHide = () => this.keep();
        document.addEventListener("visibilitychange", this.onHide);
        onWillUnmount(() => document.removeEventListener("visibilitychange", this.onHide));
    }

    // ------------------------------------------------------------------
    // What was typed
    // ------------------------------------------------------------------

    keep() {
        if (!this.isOver) {
            const typed = { ...this.state.typed, ending: this.state.ending };
            return this.props.store.put("typed", this.props.job.key, typed);
        }
    }

    onTyped(name, value) {
        this.state.typed[name] = value;
        this.state.problem = "";
        this.keepLater();
    }

    // ------------------------------------------------------------------
    // What is shown
    // ------------------------------------------------------------------

    get visit() {
        return this.props.job.visit || { state: "", photos: [], parts: [], signed_by: "" };
    }

    get isBegun() {
        return isBegun(this.props.job);
    }

    get isWorking() {
        return isWorking(this.props.job);
    }

    get refused() {
        return this.props.entries.find((entry) => entry.problem);
    }

    get timeWorked() {
        const minutes = Math.floor(worked(this.props.job, this.props.now) / 60000);
        const hours = Math.floor(minutes / 60);
        const rest = String(minutes % 60).padStart(2, "0");
        return `${hours}:${rest}`;
    }

    photos(kind) {
        return this.visit.photos.filter((photo) => photo.kind === kind);
    }

    photoUrl(photo) {
        return photo.id
            ? `/web/image/itsm.visit.photo/${photo.id}/image_256`
            : `data:image/jpeg;base64,${photo.data}`;
    }

    momentOf(ms) {
        return momentOf(ms);
    }

    verbOf({ verb }) {
        const words = {
            start: _t("Start"),
            pause: _t("Pause"),
            resume: _t("Go on"),
            check: _t("Checklist"),
            photo: _t("Photo"),
            part: _t("Part"),
            sign: _t("Signature"),
            finish: _t("Finish"),
        };
        return words[verb];
    }

    get photoKinds() {
        return [
            { kind: "before", label: _t("Photo Before") },
            { kind: "after", label: _t("Photo After") },
        ];
    }

    // ------------------------------------------------------------------
    // What is done
    // ------------------------------------------------------------------

    async add(verb, values) {
        // Kept before anything is drawn anew, which would take a tick away again.
        await this.props.queue.add(this.props.job, verb, values);
        this.state.problem = "";
    }

    async onPhoto(kind, ev) {
        const [file] = ev.target.files;
        ev.target.value = "";
        if (!file) {
            return;
        }
        this.state.busy = true;
        try {
            await this.add("photo", { kind, data: dataOf(await shrink(file)) });
        } catch {
            this.state.problem = _t("This picture cannot be read. Take another one.");
        } finally {
            this.state.busy = false;
        }
    }

    /** Give up an entry that was refused; what was typed for it is there again. */
    async discard(entry) {
        if (entry.verb === "finish") {
            const { note, outcome, code } = entry.values;
            Object.assign(this.state.typed, { note, outcome, code });
            await this.keep();
        }
        await this.props.queue.discard(entry);
    }

    openEnd() {
        this.state.ending = true;
        this.keepLater();
        this.top.el.scrollTop = 0;
    }

    leaveEnd() {
        this.state.ending = false;
        this.keepLater();
    }

    back() {
        return this.state.ending ? this.leaveEnd() : this.props.onBack();
    }

    /** Return what is missing before the work can end; the server asks for it too. */
    missing() {
        const { job } = this.props;
        const { note, outcome, code } = this.state.typed;
        if (outcome === "again") {
            return note.trim() ? "" : _t("Say why it has to be visited again.");
        }
        const open = job.checks.filter((check) => check.required && !check.done);
        if (open.length) {
            const lines = open.map(({ name }) => name).join(", ");
            return _t("Still to be ticked: %(lines)s.", { lines });
        }
        if (job.resolves && !code) {
            return _t("Choose how it was solved.");
        }
        return job.resolves && !note.trim() ? _t("Write down what was done.") : "";
    }

    async finish() {
        const { note, outcome, code, name, signature } = this.state.typed;
        this.state.problem = this.missing();
        if (!this.state.problem && signature && !name.trim()) {
            this.state.problem = _t("Write the name of who signed.");
        }
        if (this.state.problem || this.state.busy) {
            this.top.el.scrollTop = 0;
            return;
        }
        this.state.busy = true;
        if (signature && !this.visit.signed_by) {
            await this.add("sign", { name: name.trim(), data: dataOf(signature) });
        }
        const resolves = this.props.job.resolves && outcome === "done";
        const values = { outcome, note: note.trim(), code: resolves ? code : "" };
        await this.add("finish", values);
        this.isOver = true;
        await this.props.store.remove("typed", this.props.job.key);
        this.props.onEnd(this.props.job);
    }
}
