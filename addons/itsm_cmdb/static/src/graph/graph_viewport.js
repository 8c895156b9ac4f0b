import { onMounted, onWillUnmount, useExternalListener } from "@odoo/owl";

const SCALES = { smallest: 0.05, largest: 2.5 };
const STEP = 1.25;
/** Further away than this, small print is not worth drawing. */
const FAR = 0.42;
/** A press that moves less is a click. */
const SLACK = 5;
/** So many nodes move as one image, and are drawn anew after so long at rest. */
const HEAVY = 150;
const REST = 250;
/** An image may be stretched so far before it is drawn anew. */
const STRETCH = 4;
const BARE = 0.5;
const MARGIN = 16;
/** At the bottom stand the legend and the buttons. */
const FOOT = 56;

function between(least, number, most) {
    return Math.min(most, Math.max(least, number));
}

/**
 * Moves and scales the picture by mouse, wheel, touch and keys. Nothing is rendered
 * anew for it: one attribute of one element changes, at most once a frame. A picture of
 * hundreds of items moves as one image until the hand rests.
 */
export class Viewport {
    /**
     * @param {{ el: SVGElement }} svg a reference to the picture
     * @param {() => {width: number, height: number, places: Map}} size of what is drawn
     * @param {object} [saved] as `saved` gave it before
     */
    constructor(svg, size, saved) {
        this.svg = svg;
        this.size = size;
        Object.assign(this, { x: 0, y: 0, scale: 1, pointers: new Map(), moved: false });
        this.restored = saved;
    }

    get saved() {
        return { x: this.x, y: this.y, scale: this.scale };
    }

    /** Holds the picture. It is what is stretched: letters of a stretched SVG are set anew. */
    get stage() {
        return this.svg.el?.parentElement;
    }

    get room() {
        const { clientWidth: width, clientHeight: height } = this.stage;
        return { width, height };
    }

    start() {
        if (this.restored) {
            Object.assign(this, this.restored);
            this.apply();
        } else {
            this.fit();
        }
        // The page must not scroll as well, and only this kind of listener can say so.
        this.onWheel = (event) => this.wheel(event);
        this.svg.el.addEventListener("wheel", this.onWheel, { passive: false });
    }

    stop() {
        cancelAnimationFrame(this.frame);
        clearTimeout(this.rest);
        this.svg.el?.removeEventListener("wheel", this.onWheel);
    }

    // ------------------------------------------------------------------
    // Where it stands
    // ------------------------------------------------------------------

    /** Set the picture to where it stands. */
    draw() {
        const { x, y, scale, svg } = this;
        this.drawn = { x, y, scale };
        const canvas = svg.el?.querySelector(".o_itsm_graph_canvas");
        canvas?.setAttribute("transform", `translate(${x},${y}) scale(${scale})`);
        svg.el?.classList.toggle("o_itsm_graph_far", scale < FAR);
        this.image?.cancel();
        this.image = undefined;
    }

    /** Move and stretch what was drawn last, as one image: no letter is drawn anew. */
    stretch() {
        const { x, y, scale } = this.drawn;
        const ratio = this.scale / scale;
        const left = this.x - x * ratio;
        const top = this.y - y * ratio;
        const { width, height } = this.room;
        // How much of the screen the image leaves empty, at most.
        const bare = Math.max(left, top, width - left - width * ratio, height - top - height * ratio);
        if (ratio > STRETCH || bare > BARE * Math.min(width, height)) {
            this.draw();
        } else {
            const transform = `translate(${left}px,${top}px) scale(${ratio})`;
            this.showImage({ transform: [transform, transform] });
        }
    }

    /** An animation that stands still: unlike a style, it concerns no other element. */
    showImage(frames) {
        if (this.image) {
            this.image.effect.setKeyframes(frames);
        } else {
            this.image = this.stage.animate(frames, { duration: 1000, fill: "both" });
            this.image.pause();
        }
    }

    apply() {
        cancelAnimationFrame(this.frame);
        const isHeavy = this.svg.el && this.drawn && this.size().places.size > HEAVY;
        this.frame = requestAnimationFrame(() => (isHeavy ? this.stretch() : this.draw()));
        if (isHeavy) {
            this.restLater();
        }
    }

    /** A slow machine must not take a slow frame for rest: a hand that holds it moves. */
    restLater() {
        clearTimeout(this.rest);
        this.rest = setTimeout(
            () => (this.pointers.size ? this.restLater() : this.draw()),
            REST
        );
    }

    /** The picture is another: what was drawn of the one before is of no use. */
    forget() {
        this.drawn = undefined;
    }

    move(x, y) {
        this.x += x;
        this.y += y;
        this.apply();
    }

    /** Show all of it, no larger than life. */
    fit() {
        const room = this.room;
        const { width, height } = this.size();
        const scale = Math.min(
            1,
            (room.width - 2 * MARGIN) / (width || 1),
            (room.height - MARGIN - FOOT) / (height || 1)
        );
        this.scale = between(SCALES.smallest, scale, 1);
        this.fill();
    }

    /** Leave no room empty that the drawing could fill. */
    fill() {
        const { width, height } = this.size();
        const room = this.room;
        const within = (at, length, space) =>
            length <= space
                ? MARGIN + (space - length) / 2
                : between(MARGIN + space - length, at, MARGIN);
        this.x = within(this.x, width * this.scale, room.width - 2 * MARGIN);
        this.y = within(this.y, height * this.scale, room.height - MARGIN - FOOT);
        this.apply();
    }

    /** Zoom; the given point of the screen, or the middle, stays where it is. */
    zoom(factor, point = this.middle) {
        const scale = between(SCALES.smallest, this.scale * factor, SCALES.largest);
        const change = scale / this.scale;
        this.x = point.x - (point.x - this.x) * change;
        this.y = point.y - (point.y - this.y) * change;
        this.scale = scale;
        this.apply();
    }

    zoomIn() {
        this.zoom(STEP);
    }

    zoomOut() {
        this.zoom(1 / STEP);
    }

    get middle() {
        const { width, height } = this.room;
        return { x: width / 2, y: height / 2 };
    }

    /** Bring a box of the drawing into sight, legible, moving no more than needed. */
    reveal(box, legible = false) {
        if (legible && this.scale < 0.6) {
            this.zoom(0.8 / this.scale);
        }
        const { width, height } = this.room;
        const pull = (start, length, room) => {
            const end = start + length;
            return start < MARGIN ? MARGIN - start : Math.min(0, room - MARGIN - end);
        };
        const { scale } = this;
        this.move(
            pull(this.x + box.x * scale, box.width * scale, width),
            pull(this.y + box.y * scale, box.height * scale, height)
        );
    }

    // ------------------------------------------------------------------
    // Mouse and fingers
    // ------------------------------------------------------------------

    at(event) {
        const { left, top } = this.stage.parentElement.getBoundingClientRect();
        return { x: event.clientX - left, y: event.clientY - top };
    }

    wheel(event) {
        event.preventDefault();
        const lines = event.deltaMode === 1 ? 16 : 1;
        this.zoom(Math.exp(between(-120, -event.deltaY * lines, 120) / 400), this.at(event));
    }

    press(event) {
        if (event.button === 0) {
            this.pointers.set(event.pointerId, this.at(event));
            this.moved = this.pointers.size > 1;
            this.way = 0;
        }
    }

    drag(event) {
        const before = this.pointers.get(event.pointerId);
        if (!before) {
            return;
        }
        const now = this.at(event);
        this.way += Math.hypot(now.x - before.x, now.y - before.y);
        this.moved ||= this.way > SLACK;
        if (this.pointers.size === 2) {
            this.pinch(event.pointerId, before, now);
        } else if (this.moved) {
            this.move(now.x - before.x, now.y - before.y);
        }
        this.pointers.set(event.pointerId, now);
    }

    pinch(id, before, now) {
        const [, other] = [...this.pointers].find(([each]) => each !== id);
        const gap = (point) => Math.hypot(point.x - other.x, point.y - other.y) || 1;
        this.zoom(gap(now) / gap(before), {
            x: (now.x + other.x) / 2,
            y: (now.y + other.y) / 2,
        });
        this.move((now.x - before.x) / 2, (now.y - before.y) / 2);
    }

    release(event) {
        this.pointers.delete(event.pointerId);
    }
}

/** Give a component a viewport on its picture. */
export function useViewport(svg, size, saved) {
    const viewport = new Viewport(svg, size, saved);
    onMounted(() => viewport.start());
    onWillUnmount(() => viewport.stop());
    // A press may end, or go on, outside of the picture.
    useExternalListener(window, "pointermove", (event) => viewport.drag(event));
    useExternalListener(window, "pointerup", (event) => viewport.release(event));
    useExternalListener(window, "pointercancel", (event) => viewport.release(event));
    return viewport;
}
