import { Component, useEffect, useState } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";

/** What is known to help with what somebody calls about; nobody waits for it. */
export class KnownAnswers extends Component {
    static template = "itsm_nonit.FrontOfficeKnownAnswers";
    static props = { serviceId: [Number, Boolean], words: String };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ answers: [] });
        useEffect(
            (serviceId, words) => {
                this.ask(serviceId, words);
            },
            () => [this.props.serviceId, this.props.words]
        );
    }

    async ask(serviceId, words) {
        this.state.answers = [];
        if (!serviceId && !words) {
            return;
        }
        const answers = await this.orm.silent.call("itsm.front.office", "known", [
            serviceId,
            words,
        ]);
        // An answer to what was said before is too late.
        if (serviceId === this.props.serviceId && words === this.props.words) {
            this.state.answers = answers;
        }
    }
}
