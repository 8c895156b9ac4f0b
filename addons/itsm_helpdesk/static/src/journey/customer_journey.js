import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const MODEL = "itsm.touchpoint";
// The curve's box, in units of its own; it is stretched to the width of the steps.
const WIDTH = 1000;
const HEIGHT = 120;
const MARGIN = 16;

/** Share of the pleased minus that of the angry: from -1 to 1, null without any. */
export function mood(point) {
    const total = point.pleased + point.angry;
    return total ? (point.pleased - point.angry) / total : null;
}

/** The dots of the curve, one for each touchpoint that somebody named. */
export function dots(points) {
    return points
        .map((point, index) => ({ point, index, mood: mood(point) }))
        .filter((dot) => dot.mood !== null)
        .map((dot) => ({
            id: dot.point.id,
            mood: dot.mood,
            x: ((dot.index + 0.5) / points.length) * WIDTH,
            y: MARGIN + ((1 - dot.mood) / 2) * (HEIGHT - 2 * MARGIN),
        }));
}

/**
 * Where people were pleased or angry on their way through a service: a curve of moods
 * over its touchpoints, with numbers, waits against what was promised, and words.
 */
export class CustomerJourney extends Component {
    static template = "itsm_helpdesk.CustomerJourney";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        this.box = { width: WIDTH, height: HEIGHT };
        this.periods = [
            { months: 3, name: _t("Last 3 months") },
            { months: 12, name: _t("Last 12 months") },
            { months: 0, name: _t("All the time") },
        ];
        this.state = useState({ months: 12, services: [], serviceId: false, points: [] });
        onWillStart(() => this.load());
    }

    async load() {
        const services = await this.orm.call(MODEL, "journey_services", [
            this.state.months,
        ]);
        this.state.services = services;
        const known = services.some((service) => service.id === this.state.serviceId);
        await this.choose(known ? this.state.serviceId : services[0]?.id || false);
    }

    async choose(serviceId) {
        const points = serviceId
            ? await this.orm.call(MODEL, "journey", [serviceId, this.state.months])
            : [];
        Object.assign(this.state, { serviceId, points });
    }

    async choosePeriod(ev) {
        this.state.months = Number(ev.target.value);
        await this.load();
    }

    get service() {
        return this.state.services.find(({ id }) => id === this.state.serviceId);
    }

    get dots() {
        return dots(this.state.points);
    }

    get line() {
        return this.dots.map(({ x, y }) => `${x},${y}`).join(" ");
    }

    face(point) {
        const value = mood(point);
        if (value === null) {
            return { icon: "fa-circle-o", tone: "text-muted", label: _t("Nobody named it") };
        }
        if (value > 0.2) {
            return { icon: "fa-smile-o", tone: "text-success", label: _t("Pleased") };
        }
        return value < -0.2
            ? { icon: "fa-frown-o", tone: "text-danger", label: _t("Angry") }
            : { icon: "fa-meh-o", tone: "text-warning", label: _t("Mixed") };
    }

    wait(hours) {
        if (hours >= 48) {
            return _t("%s days", (hours / 24).toFixed(1));
        }
        return hours >= 1
            ? _t("%s h", hours.toFixed(1))
            : _t("%s min", Math.round(hours * 60));
    }

    kept(point) {
        return Math.round((100 * point.kept) / point.promised);
    }

    openTicket(quote) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "itsm.ticket",
            res_id: quote.ticket_id,
            views: [[false, "form"]],
        });
    }

    /** The voices behind a number. */
    openVoices(point, field) {
        return this.action.doAction("itsm_helpdesk.itsm_voice_action", {
            additionalContext: { search_default_itsm_service_id: this.state.serviceId },
            props: { domain: [[field, "=", point.id]] },
        });
    }
}

registry.category("actions").add("itsm_customer_journey", CustomerJourney);
