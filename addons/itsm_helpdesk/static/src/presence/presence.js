import { Component, useEffect, useExternalListener, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { formatList } from "@web/core/l10n/utils";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { url } from "@web/core/utils/urls";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const AGENT = "itsm_helpdesk.group_itsm_agent";
const BEAT = 20000;
// Who has not pressed a key for this long is thinking, not writing.
const STILL_WRITING = 15000;
const LOOK_AT_COMPOSER = 3000;
const COMPOSER = ".o-mail-Chatter .o-mail-Composer, .o_mail_composer_form";

/**
 * The line at the top of a ticket that says who else has it open or is writing an
 * answer. It asks with every beat, so it works without the websocket too; the
 * websocket only makes it ask at once.
 */
export class TicketPresence extends Component {
    static template = "itsm_helpdesk.TicketPresence";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm").silent;
        this.bus = useService("bus_service");
        this.state = useState({ others: [] });
        useEffect(
            (ticketId) => this.openTicket(ticketId),
            () => [this.props.record.resId]
        );
        useExternalListener(document, "input", this.onInput, { capture: true });
        useExternalListener(window, "focus", this.onFocus);
        useExternalListener(window, "pagehide", this.onPageHide);
    }

    // ------------------------------------------------------------------
    // Coming, staying and going
    // ------------------------------------------------------------------

    /**
     * @param {number|false} ticketId false for a ticket that is not saved yet
     * @returns {Function} what is to be done when the form leaves the ticket
     */
    openTicket(ticketId) {
        this.forget();
        if (!ticketId) {
            return () => {};
        }
        const channel = `itsm.ticket.presence/${ticketId}`;
        const onNews = (payload) => {
            if (payload.ticket_id === ticketId && payload.user_id !== user.userId) {
                this.beat();
            }
        };
        let closed = false;
        user.hasGroup(AGENT).then((isAgent) => {
            if (closed || !isAgent) {
                return;
            }
            this.ticketId = ticketId;
            this.bus.addChannel(channel);
            this.bus.subscribe("itsm.ticket/presence", onNews);
            this.beatTimer = browser.setInterval(() => this.beat(), BEAT);
            this.beat();
        });
        return () => {
            closed = true;
            if (this.ticketId === ticketId) {
                this.bus.unsubscribe("itsm.ticket/presence", onNews);
                this.bus.deleteChannel(channel);
                this.forget();
                this.call("presence_leave", ticketId);
            }
        };
    }

    forget() {
        browser.clearInterval(this.beatTimer);
        browser.clearTimeout(this.writingTimer);
        this.ticketId = undefined;
        this.composer = undefined;
        this.lastInput = 0;
        this.lastBeat = 0;
        this.wasWriting = false;
        this.state.others = [];
    }

    async beat() {
        const ticketId = this.ticketId;
        if (!ticketId) {
            return;
        }
        this.lastBeat = Date.now();
        this.wasWriting = this.isWriting;
        const others = await this.call("presence_beat", ticketId, this.wasWriting);
        if (others && ticketId === this.ticketId) {
            this.state.others = others;
        }
    }

    /** A beat that fails is not worth a message: the next one comes soon. */
    async call(method, ticketId, ...args) {
        try {
            return await this.orm.call("itsm.ticket", method, [[ticketId], ...args]);
        } catch {
            return false;
        }
    }

    onFocus() {
        if (Date.now() - this.lastBeat > BEAT / 4) {
            this.beat();
        }
    }

    /** The page closes: only a beacon still gets through. */
    onPageHide() {
        if (!this.ticketId) {
            return;
        }
        const params = {
            model: "itsm.ticket",
            method: "presence_leave",
            args: [[this.ticketId]],
            kwargs: {},
        };
        navigator.sendBeacon(
            "/web/dataset/call_kw/itsm.ticket/presence_leave",
            new Blob([JSON.stringify({ jsonrpc: "2.0", method: "call", params })], {
                type: "application/json",
            })
        );
    }

    // ------------------------------------------------------------------
    // Writing
    // ------------------------------------------------------------------

    get isWriting() {
        const composer = this.composer;
        if (!composer?.isConnected || Date.now() - this.lastInput > STILL_WRITING) {
            return false;
        }
        return Boolean((composer.value ?? composer.textContent).trim());
    }

    onInput(ev) {
        if (!this.ticketId || !ev.target.closest?.(COMPOSER)) {
            return;
        }
        this.composer = ev.target;
        this.lastInput = Date.now();
        this.lookAtComposer();
    }

    /** Tell the others when the writing starts, and when it stops. */
    lookAtComposer() {
        browser.clearTimeout(this.writingTimer);
        const writing = this.isWriting;
        if (writing !== this.wasWriting) {
            this.beat();
        }
        if (writing) {
            this.writingTimer = browser.setTimeout(
                () => this.lookAtComposer(),
                LOOK_AT_COMPOSER
            );
        }
    }

    // ------------------------------------------------------------------
    // What is shown
    // ------------------------------------------------------------------

    get writers() {
        return this.state.others.filter((other) => other.writing);
    }

    get text() {
        const writers = this.writers;
        const people = writers.length ? writers : this.state.others;
        const names = formatList(people.map((other) => other.name));
        if (writers.length) {
            return writers.length === 1
                ? _t("%s is writing an answer…", names)
                : _t("%s are writing an answer…", names);
        }
        return people.length === 1
            ? _t("%s has this ticket open.", names)
            : _t("%s have this ticket open.", names);
    }

    avatar(other) {
        return url("/web/image", {
            model: "res.users",
            field: "avatar_128",
            id: other.user_id,
        });
    }
}

registry.category("view_widgets").add("itsm_presence", { component: TicketPresence });
