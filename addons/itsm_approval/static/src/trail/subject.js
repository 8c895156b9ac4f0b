import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** What is to be approved, as labels and values. */
export class ApprovalSubject extends Component {
    static template = "itsm_approval.Subject";
    static props = { ...standardFieldProps };

    get facts() {
        return this.props.record.data[this.props.name] || [];
    }
}

registry.category("fields").add("itsm_approval_subject", {
    component: ApprovalSubject,
    displayName: _t("Subject of an approval"),
    supportedTypes: ["json"],
});
