import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { Combobox } from "./combobox";

/** “Who decides for you?”: finds colleagues. */
export class ApprovalDelegate extends Combobox {
    static selector = ".o_itsm_absence .o_itsm_delegate";

    get url() {
        return "/my/approvals/absence/people";
    }

    get nothing() {
        return _t("Nobody found");
    }
}

registry.category("public.interactions").add("itsm_approval.delegate", ApprovalDelegate);
