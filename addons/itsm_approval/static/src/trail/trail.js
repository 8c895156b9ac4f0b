import { Component, useEffect, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { LOOKS, PERSON_LOOK, UNKNOWN_LOOK, voiceText, wayText } from "./looks";

const MODEL = "itsm.approval";

/**
 * An approval's way: who decided, who is next, since when, what was asked; with
 * buttons for what the reader may do. It reads anew whenever the form has loaded
 * its record, and loads that after each decision.
 */
export class ApprovalTrail extends Component {
    static template = "itsm_approval.Trail";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm").silent;
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.state = useState({ trail: false, failed: false });
        Object.assign(this, { voiceText, wayText });
        useEffect(
            () => void this.load(),
            () => [this.approvalId, this.props.record.data]
        );
    }

    /** On an approval's own form the field is its id, elsewhere a link to it. */
    get approvalId() {
        const { name, record } = this.props;
        return record.resModel === MODEL ? record.resId : record.data[name]?.id;
    }

    async load() {
        if (!this.approvalId) {
            this.state.trail = false;
            return;
        }
        try {
            const trail = await this.keepLast.add(
                this.orm.call(MODEL, "trail", [[this.approvalId]])
            );
            Object.assign(this.state, { trail, failed: false });
        } catch (error) {
            // The form is of use without it.
            this.state.failed = error.data?.message || error.message;
        }
    }

    // ------------------------------------------------------------------
    // What is shown
    // ------------------------------------------------------------------

    get isOwnForm() {
        return this.props.record.resModel === MODEL;
    }

    lookOf(state) {
        return LOOKS[state] || UNKNOWN_LOOK;
    }

    /** Only in the open step is anybody waited for. */
    voiceLook(step, { decision }) {
        const isDue = step.state === "open";
        return decision || isDue ? this.lookOf(decision || "waiting") : PERSON_LOOK;
    }

    /** Where there is one line only, its name says no more than the step's. */
    showsName(step, line) {
        return line.name && (step.lines.length > 1 || line.name !== step.name);
    }

    voterText({ name, decided_by: decider }) {
        return decider && decider !== name
            ? _t("%(delegate)s for %(approver)s", { delegate: decider, approver: name })
            : name;
    }

    /** The voices that count; those that became needless are told in one line. */
    votesOf(line) {
        return line.votes.filter((vote) => vote.state !== "cancelled");
    }

    needlessOf(line) {
        const names = line.votes.filter((vote) => vote.state === "cancelled");
        return names.map((vote) => vote.name).join(", ");
    }

    get offers() {
        const { may_vote, may_answer, may_withdraw } = this.state.trail;
        return [
            may_vote && ["approve", _t("Approve"), "btn-primary"],
            may_vote && ["reject", _t("Reject"), "btn-secondary"],
            may_answer && ["answer", _t("Answer"), may_vote ? "btn-secondary" : "btn-primary"],
            may_vote && ["ask", _t("Ask a Question"), "btn-secondary"],
            may_withdraw && ["withdraw", _t("Withdraw"), "btn-light"],
        ].filter(Boolean);
    }

    // ------------------------------------------------------------------
    // What can be done
    // ------------------------------------------------------------------

    /** Open the dialog over the form; the record may have changed when it closes. */
    async decide(kind) {
        const { record } = this.props;
        if (this.isOwnForm || (await record.save())) {
            const args = [[this.approvalId], kind];
            const dialog = await this.orm.call(MODEL, "action_decide", args);
            await this.action.doAction(dialog, { onClose: () => record.load() });
        }
    }

    open() {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: MODEL,
            res_id: this.approvalId,
            views: [[false, "form"]],
        });
    }
}

registry.category("fields").add("itsm_approval_trail", {
    component: ApprovalTrail,
    displayName: _t("Approval"),
    supportedTypes: ["many2one", "integer"],
});
