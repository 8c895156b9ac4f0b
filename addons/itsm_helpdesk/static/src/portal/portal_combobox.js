import { Combobox } from "@itsm_approval/portal/combobox";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/** A colleague “for somebody else”. */
export class PortalPerson extends Combobox {
    static selector = "form .o_itsm_person";

    get url() {
        return "/my/tickets/new/people";
    }

    get nothing() {
        return _t("Nobody found");
    }
}

/** The record that a question of a request form asks for. */
export class QuestionRecord extends Combobox {
    static selector = "form .o_itsm_combobox";

    get url() {
        return this.el.closest("[data-lookup-url]").dataset.lookupUrl;
    }

    get params() {
        return { path: this.el.dataset.path };
    }

    get minSearch() {
        return Number(this.el.dataset.minSearch);
    }

    get nothing() {
        return _t("Nothing found");
    }
}

registry.category("public.interactions").add("itsm_helpdesk.portal_person", PortalPerson);
registry.category("public.interactions").add("itsm_helpdesk.question_record", QuestionRecord);
