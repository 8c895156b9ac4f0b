import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useBus, useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { blankRule, draftOf, isComplete, stored } from "./condition";
import { ConditionEditor } from "./condition_editor";
import { outlineFor } from "./outline";
import { isBroken, recordsIn, sentence } from "./sentence";

/**
 * A condition on the answers of a form: a sentence to read, rows to edit. Rows that
 * say too little are kept on the screen and stop the form from being saved.
 */
export class ConditionField extends Component {
    static template = "itsm_helpdesk.ConditionField";
    static components = { ConditionEditor };
    static props = {
        ...standardFieldProps,
        placeholder: { type: String, optional: true },
        isCell: { type: Boolean, optional: true },
    };

    setup() {
        // Who saves at once waits until it is known whether the condition is whole.
        useBus(this.props.record.model.bus, "NEED_LOCAL_CHANGES", ({ detail }) =>
            detail.proms.push(this.pending)
        );
        this.orm = useService("orm");
        this.nameService = useService("name");
        this.state = useState({ questions: [], names: {}, draft: draftOf(null) });
        useRecordObserver((record, props) => this.follow(record, props.name));
    }

    get isEditable() {
        return !this.props.readonly;
    }

    // ------------------------------------------------------------------
    // What the record says
    // ------------------------------------------------------------------

    async follow(record, name) {
        const value = record.data[name] || null;
        const questions = await outlineFor(this.orm, record);
        const names = value ? await this.loadNames(recordsIn(value, questions)) : {};
        Object.assign(this.state, { questions, names });
        // Rows under way are not thrown away by the echo of what was just stored.
        if (JSON.stringify(stored(this.state.draft)) !== JSON.stringify(value)) {
            this.state.draft = draftOf(value);
        }
    }

    async loadNames(records) {
        const names = {};
        for (const [model, ids] of Object.entries(records)) {
            names[model] = await this.nameService.loadDisplayNames(model, ids);
        }
        return names;
    }

    nameOf(model, id) {
        const name = this.state.names[model]?.[id];
        return typeof name === "string" ? name : `#${id}`;
    }

    get value() {
        return this.props.record.data[this.props.name] || null;
    }

    get text() {
        if (!this.value) {
            return this.props.placeholder || _t("Always");
        }
        return sentence(this.value, this.state.questions, (model, id) =>
            this.nameOf(model, id)
        );
    }

    get isBroken() {
        return Boolean(this.value) && isBroken(this.value, this.state.questions);
    }

    // ------------------------------------------------------------------
    // Changes
    // ------------------------------------------------------------------

    begin() {
        return this.update({ match: "all", rules: [blankRule()] });
    }

    update(draft) {
        this.state.draft = draft;
        this.pending = this.keep(draft);
        return this.pending;
    }

    async keep(draft) {
        const { name, record } = this.props;
        await record.update({ [name]: stored(draft) });
        if (!draft.rules.every(isComplete)) {
            await record.setInvalidField(name);
        }
    }
}

export const conditionField = {
    component: ConditionField,
    displayName: _t("Condition on Answers"),
    supportedTypes: ["json"],
    isEmpty: () => false,
    extractProps: ({ attrs, placeholder, viewType }) => ({
        placeholder: placeholder || attrs.placeholder,
        isCell: viewType === "list",
    }),
};

registry.category("fields").add("itsm_condition", conditionField);
