import { Component, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatDateTime } from "@web/views/fields/formatters";
import { SECOND, workingTimeText } from "../countdown/duration";
import { LOOKS } from "../countdown/standing";
import {
    closedHoursOf,
    holderText,
    holdersOf,
    isGoing,
    isInside,
    isWide,
    MARKER_ICONS,
    millis,
    partsOf,
    pausesOf,
    placed,
} from "./layout";

const { DateTime } = luxon;

/** One clock of the picture: its stretches, its sums in words, and both as a table. */
export class SlaTimelineRow extends Component {
    static template = "itsm_sla.TimelineRow";
    static props = {
        clock: Object,
        isZoomed: Boolean,
        mayWaive: Boolean,
        mayZoom: Boolean,
        now: Number,
        onWaive: Function,
        onZoom: Function,
        span: Object,
        ticks: Array,
    };

    setup() {
        this.isWide = isWide;
        this.millis = millis;
        this.placed = placed;
        this.track = useRef("track");
        // Which stretch the tab key stops at, and what is told of the one in focus.
        this.state = useState({ current: 0, told: "" });
    }

    // ------------------------------------------------------------------
    // What is drawn
    // ------------------------------------------------------------------

    get look() {
        const { breached, state } = this.props.clock;
        return LOOKS[breached ? "breached" : state];
    }

    get parts() {
        const { clock, span } = this.props;
        return partsOf(clock).filter((part) => isInside(span, part));
    }

    get holders() {
        const { clock, span } = this.props;
        return holdersOf(clock).filter((holder) => isInside(span, holder));
    }

    get pauses() {
        return pausesOf(this.props.clock);
    }

    get closedHours() {
        return closedHoursOf(this.props.clock, this.props.span);
    }

    get markers() {
        const { clock, now, span } = this.props;
        return [
            ["warning", millis(clock.warning_at), MARKER_ICONS.warning, _t("Warning")],
            ["deadline", millis(clock.deadline), MARKER_ICONS.deadline, _t("Deadline")],
            ["stop", millis(clock.stopped_at), this.look.icon, _t("Stopped")],
            ["now", isGoing(clock) && now, MARKER_ICONS.now, _t("Now")],
        ]
            .filter(([, at]) => at && at >= span.start && at <= span.end)
            .map(([name, at, icon, label]) => ({
                name,
                at,
                icon,
                text: _t("%(what)s: %(moment)s", { what: label, moment: this.local(at) }),
            }));
    }

    /** A waiver excuses what is late, or may become so. */
    get canWaive() {
        const { clock, mayWaive } = this.props;
        return mayWaive && (clock.breached || isGoing(clock));
    }

    // ------------------------------------------------------------------
    // In words
    // ------------------------------------------------------------------

    local(moment) {
        return formatDateTime(DateTime.fromMillis(moment));
    }

    worked(seconds) {
        return workingTimeText(seconds);
    }

    phaseText({ look, segment }) {
        switch (look) {
            case "paused":
                return _t("Paused: %s", segment.cause_name);
            case "stopped":
                return _t("Stopped: %s", segment.cause_name);
            case "late":
                return _t("Running, late");
        }
        return segment.cause_name
            ? _t("Running, though waiting: %s", segment.cause_name)
            : _t("Running");
    }

    pauseText({ name, working }) {
        const time = this.worked(working);
        return _t("%(reason)s: %(time)s of working time", { reason: name, time });
    }

    /** A stretch in one line: what, from when to when, how long, in whose hands. */
    partText(part) {
        const { segment } = part;
        return [
            this.phaseText(part),
            _t("%(start)s to %(end)s", {
                start: this.local(part.start),
                end: this.local(part.end),
            }),
            part.end - part.start === segment.seconds * SECOND &&
                _t("%s of working time", this.worked(segment.working)),
            holderText(segment),
        ]
            .filter(Boolean)
            .join(" · ");
    }

    tell(index) {
        this.state.told = this.partText(this.parts[index]);
    }

    onFocus(index) {
        this.state.current = index;
        this.tell(index);
    }

    onBlur() {
        this.state.told = "";
    }

    /** The stretches are one stop of the tab key; the arrows go through them. */
    onKeydown(ev) {
        const last = this.parts.length - 1;
        const current = Math.min(this.state.current, last);
        const index = {
            ArrowLeft: Math.max(current - 1, 0),
            ArrowRight: Math.min(current + 1, last),
            Home: 0,
            End: last,
        }[ev.key];
        if (index !== undefined) {
            ev.preventDefault();
            this.track.el.querySelectorAll(".o_itsm_sla_part")[index].focus();
        }
    }
}
