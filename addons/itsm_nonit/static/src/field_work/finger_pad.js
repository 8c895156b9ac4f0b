import { Component, onMounted, useRef } from "@odoo/owl";

/**
 * A field to sign in with a finger. Odoo's own asks the server for fonts first, which
 * is no use without a network.
 */
export class FingerPad extends Component {
    static template = "itsm_nonit.FingerPad";
    static props = { picture: String, onChange: Function };

    setup() {
        this.canvas = useRef("canvas");
        this.last = null;
        onMounted(() => this.prepare());
    }

    /** Draw as fine as the screen is, and what was signed before. */
    prepare() {
        const el = this.canvas.el;
        const ratio = window.devicePixelRatio || 1;
        el.width = el.clientWidth * ratio;
        el.height = el.clientHeight * ratio;
        this.pen = el.getContext("2d");
        this.pen.scale(ratio, ratio);
        this.blank();
        if (this.props.picture) {
            const image = new Image();
            image.onload = () =>
                this.pen.drawImage(image, 0, 0, el.clientWidth, el.clientHeight);
            image.src = this.props.picture;
        }
    }

    blank() {
        const el = this.canvas.el;
        this.pen.fillStyle = "#fff";
        this.pen.fillRect(0, 0, el.clientWidth, el.clientHeight);
        this.pen.strokeStyle = "#1b2a49";
        this.pen.lineWidth = 2.5;
        this.pen.lineCap = this.pen.lineJoin = "round";
    }

    pointOf(ev) {
        const box = this.canvas.el.getBoundingClientRect();
        return { x: ev.clientX - box.left, y: ev.clientY - box.top };
    }

    onDown(ev) {
        this.canvas.el.setPointerCapture(ev.pointerId);
        this.last = this.pointOf(ev);
        this.moved = false;
    }

    onMove(ev) {
        if (!this.last) {
            return;
        }
        const point = this.pointOf(ev);
        this.pen.beginPath();
        this.pen.moveTo(this.last.x, this.last.y);
        this.pen.lineTo(point.x, point.y);
        this.pen.stroke();
        this.last = point;
        this.moved = true;
    }

    onUp() {
        // A touch by mistake is no signature.
        if (this.last && this.moved) {
            this.props.onChange(this.canvas.el.toDataURL("image/png"));
        }
        this.last = null;
    }

    clear() {
        this.blank();
        this.props.onChange("");
    }
}
