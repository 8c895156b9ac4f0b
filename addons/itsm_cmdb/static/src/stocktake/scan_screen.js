import { Component, onWillStart, useExternalListener, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import {
    BarcodeVideoScanner,
    isBarcodeScannerSupported,
} from "@web/core/barcode/barcode_video_scanner";
import { getDataURLFromFile } from "@web/core/utils/urls";
import { KeepLast } from "@web/core/utils/concurrency";
import { registry } from "@web/core/registry";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { useService } from "@web/core/utils/hooks";
import { beep } from "./beep";

const MODEL = "itsm.ci.stocktake";
// The same label stays before the camera for a while; it is read once.
const SAME_LABEL_MS = 3000;
const KEPT_SCANS = 20;

/**
 * Counting with a phone, room by room: says at once what a label turned out to be.
 *
 * A scan is sent when the one before it is answered, so that none is lost however
 * fast one scans; what cannot be sent stays in the box.
 */
export class StocktakeScan extends Component {
    static template = "itsm_cmdb.StocktakeScan";
    static components = { BarcodeVideoScanner };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.input = useRef("code");
        this.photo = useRef("photo");
        this.searches = new KeepLast();
        this.queue = Promise.resolve();
        this.lastRead = { text: "", at: 0 };
        const { active_id, active_model } = this.props.action.context;
        this.id = active_model && active_model !== MODEL ? false : active_id;
        this.state = useState({
            ready: false,
            problem: "",
            info: {},
            room: null,
            rooms: [],
            choosingRoom: false,
            pending: [],
            feedback: null,
            choices: null,
            note: "",
            scans: [],
            camera: false,
            sound: window.localStorage.getItem("itsm_stocktake_sound") !== "off",
            busy: 0,
        });
        this.hasCamera = isBarcodeScannerSupported();
        onWillStart(() => this.load());
        // A hand scanner types where one has not clicked into the box before.
        useExternalListener(window, "keydown", (ev) => this.onWindowKey(ev));
    }

    async load() {
        if (!this.id) {
            this.state.problem = _t("Open a stock-take first, then press “Count”.");
            return;
        }
        const info = await this.orm.call(MODEL, "scan_state", [this.id]);
        this.state.info = info;
        this.state.rooms = info.rooms;
        this.state.choosingRoom = true;
        if (!info.may_count) {
            this.state.problem = _t("You cannot count here at present.");
        }
        this.state.ready = true;
    }

    // ------------------------------------------------------------------
    // Rooms
    // ------------------------------------------------------------------

    async onSearchRoom(ev) {
        const found = this.orm.call(MODEL, "find_rooms", [this.id, ev.target.value]);
        this.state.rooms = await this.searches.add(found);
    }

    async chooseRoom(room) {
        await this.guarded(async () => {
            this.enterRoom(await this.orm.call(MODEL, "room_state", [this.id, room.id]));
        });
    }

    enterRoom(answer) {
        this.state.room = answer.room;
        this.state.pending = answer.pending;
        this.state.choosingRoom = false;
        this.takeProgress(answer);
        this.focus();
    }

    takeProgress(answer) {
        for (const name of ["done", "total", "room_done", "room_total", "extra"]) {
            if (name in answer) {
                this.state.info[name] = answer[name];
            }
        }
    }

    get percent() {
        const { done, total } = this.state.info;
        return total ? Math.floor((done * 100) / total) : 0;
    }

    get roomPercent() {
        const { room_done, room_total } = this.state.info;
        return room_total ? Math.floor((room_done * 100) / room_total) : 0;
    }

    // ------------------------------------------------------------------
    // Reading
    // ------------------------------------------------------------------

    onWindowKey(ev) {
        const target = ev.target;
        const typing = target.closest?.("input, textarea, select, [contenteditable=true]");
        const printable = ev.key?.length === 1 && !ev.ctrlKey && !ev.metaKey && !ev.altKey;
        if (!typing && printable && ev.key !== " ") {
            this.input.el?.focus();
        }
    }

    onSubmit() {
        // Read from the box itself: a scanner types faster than the screen is drawn.
        const text = this.input.el.value.trim();
        this.input.el.value = "";
        if (text) {
            this.read(text);
        }
    }

    onCameraResult(text) {
        const now = Date.now();
        if (text === this.lastRead.text && now - this.lastRead.at < SAME_LABEL_MS) {
            this.lastRead.at = now;
            return;
        }
        this.lastRead = { text, at: now };
        this.read(text);
    }

    onCameraError(error) {
        this.state.camera = false;
        this.state.problem = error.message;
    }

    toggleCamera() {
        this.state.problem = "";
        this.state.camera = !this.state.camera;
    }

    toggleSound() {
        this.state.sound = !this.state.sound;
        window.localStorage.setItem("itsm_stocktake_sound", this.state.sound ? "on" : "off");
    }

    read(text, options = {}) {
        this.queue = this.queue.then(() =>
            this.guarded(async () => {
                const room = this.state.room?.id || false;
                const answer = await this.orm.call(MODEL, "scan", [this.id, text, room], {
                    item_id: options.item || false,
                    again: options.again || false,
                });
                this.take(answer, text);
            }, text)
        );
        return this.queue;
    }

    /** Run something that asks the server; what failed is shown and can be sent again. */
    async guarded(callback, text = "") {
        this.state.busy++;
        this.state.problem = "";
        try {
            await callback();
        } catch (error) {
            const message = error.data?.message || error.message;
            this.state.problem = message || _t("The server cannot be reached.");
            this.state.feedback = null;
            if (this.input.el && !this.input.el.value) {
                this.input.el.value = text;
            }
            this.sound("error");
        } finally {
            this.state.busy--;
        }
    }

    take(answer, text) {
        this.state.choices = null;
        this.takeProgress(answer);
        if (answer.kind === "room") {
            this.state.feedback = { kind: "room", title: answer.room.name };
            this.enterRoom(answer);
            this.sound("expected");
            return;
        }
        if (answer.kind === "choose") {
            this.state.choices = { items: answer.items, text };
            this.state.feedback = null;
            this.sound("moved");
            return;
        }
        this.state.feedback = { ...answer, text, title: this.titleOf(answer) };
        this.state.note = "";
        if (answer.kind !== "already") {
            this.state.scans.unshift({ ...answer, id: answer.line_id, text });
            this.state.scans.splice(KEPT_SCANS);
            this.state.pending = this.state.pending.filter((l) => l.id !== answer.line_id);
        }
        this.sound(answer.kind);
        this.focus();
    }

    titleOf(answer) {
        switch (answer.kind) {
            case "expected":
                return _t("Expected here");
            case "moved":
                return answer.from
                    ? _t("Moved from %(place)s", { place: answer.from })
                    : _t("Had no place on file");
            case "unknown":
                return _t("Unknown label");
            default:
                return answer.mine
                    ? _t("You have seen it already")
                    : _t("Already seen by %(name)s", { name: answer.by });
        }
    }

    labelOf(scan) {
        return scan.item ? scan.item.name : scan.code;
    }

    iconOf(kind) {
        const icons = {
            expected: "fa-check-circle",
            moved: "fa-truck",
            unknown: "fa-question-circle",
            already: "fa-history",
            room: "fa-map-marker",
        };
        return icons[kind];
    }

    sound(kind) {
        if (this.state.sound) {
            beep(kind);
        }
    }

    focus() {
        // On a phone this would open the keyboard over what one wants to see.
        if (!window.matchMedia("(pointer: coarse)").matches) {
            this.input.el?.focus();
        }
    }

    // ------------------------------------------------------------------
    // What one does about a scan
    // ------------------------------------------------------------------

    choose(item) {
        return this.read(this.state.choices.text, { item: item.id });
    }

    seeHere() {
        const { text, item } = this.state.feedback;
        return this.read(text, { again: true, item: item?.id });
    }

    seePending(line) {
        return this.read(line.code);
    }

    async undo() {
        const [last] = this.state.scans;
        await this.guarded(async () => {
            const room = this.state.room?.id || false;
            this.takeProgress(
                await this.orm.call(MODEL, "undo_scan", [this.id, last.id, room])
            );
            this.state.scans.shift();
            this.state.feedback = null;
            if (this.state.room) {
                const answer = await this.orm.call(MODEL, "room_state", [this.id, room]);
                this.state.pending = answer.pending;
            }
        });
    }

    async saveNote() {
        const { line_id } = this.state.feedback;
        await this.guarded(() =>
            this.orm.call(MODEL, "note_scan", [this.id, line_id, this.state.note])
        );
    }

    async savePhoto(ev) {
        const [file] = ev.target.files;
        const { line_id } = this.state.feedback;
        if (!file) {
            return;
        }
        await this.guarded(async () => {
            const url = await getDataURLFromFile(file);
            const data = url.split(",")[1];
            await this.orm.call(MODEL, "note_scan", [this.id, line_id, null, data]);
            this.state.feedback.hasPhoto = true;
        });
    }

    leave() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: MODEL,
            res_id: this.id,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("itsm_stocktake_scan", StocktakeScan);
