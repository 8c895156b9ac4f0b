import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import {
    PropertiesField,
    propertiesField,
} from "@web/views/fields/properties/properties_field";
import { PropertyValue } from "@web/views/fields/properties/property_value";

const NUMBERS = ["integer", "float"];

/** A number that nobody has given is shown as such, not as zero. */
class AttributeValue extends PropertyValue {
    get isNumber() {
        return NUMBERS.includes(this.props.type);
    }

    get displayValue() {
        const isGiven = typeof this.props.value === "number";
        return this.isNumber && !isGiven ? "" : super.displayValue;
    }

    async onValueChange(value) {
        if (this.isNumber && !String(value).trim()) {
            return this.props.onChange(false);
        }
        return super.onValueChange(value);
    }
}

/**
 * The attributes of an item: properties that say which are required and what they mean,
 * and whose definition is kept on the class, not on the item's form.
 */
export class AttributesField extends PropertiesField {
    static template = "itsm_cmdb.AttributesField";
    static components = { ...PropertiesField.components, PropertyValue: AttributeValue };

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
