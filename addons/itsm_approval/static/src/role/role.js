import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** A role that somebody has to a record, of those that its model knows. */
export class ApprovalRole extends Component {
    static template = "itsm_approval.Role";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ choices: [] });
        onWillStart(() => this.load(this.props));
        onWillUpdateProps((props) => this.load(props));
    }

    async load({ record }) {
        const model = record.data.res_model;
        if (model && model !== this.model) {
            this.model = model;
            this.state.choices = await this.orm.cache().call(
                "itsm.approval.policy.line",
                "role_choices",
                [model]
            );
        }
    }

    get value() {
        return this.props.record.data[this.props.name] || "";
    }

    get label() {
        const known = this.state.choices.find(([key]) => key === this.value);
        return known ? known[1] : this.value;
    }

    onChange(ev) {
        this.props.record.update({ [this.props.name]: ev.target.value || false });
    }
}

registry.category("fields").add("itsm_approval_role", {
    component: ApprovalRole,
    displayName: _t("Role of an approver"),
    supportedTypes: ["char"],
    fieldDependencies: [{ name: "res_model", type: "selection" }],
});
