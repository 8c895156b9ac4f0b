import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import {
    PropertiesField,
    propertiesField,
} from "@web/views/fields/properties/properties_field";

/**
 * The attributes of an item: properties that say which are required and what they mean,
 * and whose definition is kept on the class, not on the item's form.
 */
export class AttributesField extends PropertiesField {
    static template = "itsm_cmdb.AttributesField";

    async checkDefinitionWriteAccess() {
        return false;
    }

    _getPropertyEditWarningText() {
        return _t("Attributes are kept on the class “%(name)s”. Open it to change them.", {
            name: this.props.record.data[this.definitionRecordField].display_name,
        });
    }
}

export const attributesField = {
    ...propertiesField,
    component: AttributesField,
    displayName: _t("Attributes"),
};

registry.category("fields").add("itsm_attributes", attributesField);
