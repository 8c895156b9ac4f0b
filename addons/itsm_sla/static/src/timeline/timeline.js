import { Component, useEffect, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { MINUTE } from "../countdown/duration";
import { useNow } from "../countdown/ticker";
import { ticksOf } from "./axis";
import { isGoing, isSmallIn, MARKER_ICONS, millis, spanOf } from "./layout";
import { SlaTimelineRow } from "./timeline_row";

const MODEL = "itsm.sla.clock";
// A picture that is left open shows what is going on, if not to the minute.
const REFRESH = 5 * MINUTE;
const TICKS = { wide: 9, narrow: 5 };

/**
 * “Why is it late?”: the clocks of a record, drawn over time. It is drawn anew
 * whenever the form has loaded its record, that is after each change.
 */
export class SlaTimeline extends Component {
    static template = "itsm_sla.Timeline";
    static components = { SlaTimelineRow };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm").silent;
        this.action = useService("action");
        this.ui = useService("ui");
        this.keepLast = new KeepLast();
        this.state = useState({ picture: false, failed: false, zoomed: false });
        this.now = useNow((now) => this.nextRefresh(now));
        useEffect(
            () => void this.load(),
            () => [this.props.record.resId, this.props.record.data]
        );
        useEffect(
            (isDue) => void (isDue && this.load()),
            () => [this.isOutdated(this.now())]
        );
    }

    // ------------------------------------------------------------------
    // Loading
    // ------------------------------------------------------------------

    async load() {
        const { resId, resModel } = this.props.record;
        this.loadedAt = Date.now();
        if (!resId) {
            this.state.picture = { clocks: [] };
            return;
        }
        try {
            const picture = await this.keepLast.add(
                this.orm.call(MODEL, "timeline", [resModel, resId])
            );
            Object.assign(this.state, { picture, failed: false });
        } catch (error) {
            // The form is of use without its picture.
            this.state.failed = error.data?.message || error.message;
        }
    }

    get isLive() {
        return Boolean(this.state.picture && this.state.picture.clocks.some(isGoing));
    }

    nextRefresh(now) {
        return this.isLive ? Math.max(this.loadedAt + REFRESH, now + MINUTE) : Infinity;
    }

    isOutdated(now) {
        return this.isLive && now >= this.loadedAt + REFRESH;
    }

    // ------------------------------------------------------------------
    // What is drawn
    // ------------------------------------------------------------------

    get clocks() {
        return this.state.picture.clocks;
    }

    /** What the rows have in common. */
    get frame() {
        const now = millis(this.state.picture.now);
        const whole = spanOf(this.clocks, now);
        const zoomed = this.clocks.find((clock) => clock.id === this.state.zoomed);
        const span = zoomed ? spanOf([zoomed], now) : whole;
        return {
            now,
            span,
            ticks: ticksOf(span, this.ui.isSmall ? TICKS.narrow : TICKS.wide),
            mayZoom: (clock) => isSmallIn(whole, spanOf([clock], now)),
        };
    }

    get legend() {
        return [
            ["running", _t("Running")],
            ["late", _t("Running, late")],
            ["paused", _t("Paused")],
            ["stopped", _t("Stopped")],
            ["closed", _t("Closed hours")],
        ];
    }

    get markerLegend() {
        return [
            ["warning", MARKER_ICONS.warning, _t("Warning")],
            ["deadline", MARKER_ICONS.deadline, _t("Deadline")],
            ["now", MARKER_ICONS.now, _t("Now")],
        ];
    }

    zoom(clockId) {
        this.state.zoomed = this.state.zoomed === clockId ? false : clockId;
    }

    // ------------------------------------------------------------------
    // What can be done about it
    // ------------------------------------------------------------------

    waive(clockId) {
        return this.openDialog("itsm_sla.itsm_sla_waiver_action_request", {
            default_clock_id: clockId,
        });
    }

    correct() {
        const { resId, resModel } = this.props.record;
        return this.openDialog("itsm_sla.itsm_sla_correction_action", {
            active_model: resModel,
            active_id: resId,
            active_ids: [resId],
        });
    }

    /** Open a form over this one; its record may have changed when that closes. */
    async openDialog(action, additionalContext) {
        const { record } = this.props;
        if (await record.save()) {
            await this.action.doAction(action, {
                additionalContext,
                onClose: () => record.load(),
            });
        }
    }
}

registry.category("view_widgets").add("itsm_sla_timeline", { component: SlaTimeline });
