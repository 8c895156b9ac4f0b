import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Picker } from "./picker";

/** Files are sent with the call, so they are read as text. */
function readFile(file) {
    return new Promise((resolve, reject) => {
        const reader = new FileReader();
        reader.onload = () => resolve([file.name, reader.result.split(",")[1] || ""]);
        reader.onerror = () => reject(reader.error);
        reader.readAsDataURL(file);
    });
}

/** One question of a service's form, as plain input, list, boxes or table. */
export class QuestionInput extends Component {
    static template = "itsm_nonit.FrontOfficeQuestion";
    static components = { Picker };
    static props = {
        line: Object,
        value: { optional: true },
        path: String,
        name: { type: String, optional: true },
        required: { type: Boolean, optional: true },
        error: { type: String, optional: true },
        errors: { type: Object, optional: true },
        onChange: Function,
        onFiles: { type: Function, optional: true },
        lookup: Function,
        isCell: { type: Boolean, optional: true },
    };
    static defaultProps = { errors: {}, required: false, isCell: false };

    setup() {
        this.optional = _t("(optional)");
    }

    get id() {
        return `o_itsm_q_${this.props.path.replaceAll(".", "_")}`;
    }

    /** A self-reference: cells of tables are questions, too. */
    get Cell() {
        return QuestionInput;
    }

    get rows() {
        const rows = Array.isArray(this.props.value) ? this.props.value : [];
        return rows.length ? rows : [{}];
    }

    set(value) {
        this.props.onChange(value);
    }

    toggle(key) {
        const chosen = Array.isArray(this.props.value) ? this.props.value : [];
        this.set(
            chosen.includes(key) ? chosen.filter((one) => one !== key) : [...chosen, key]
        );
    }

    isChosen(key) {
        const { value } = this.props;
        return Array.isArray(value) ? value.includes(key) : value === key;
    }

    isRecord(id) {
        return String(this.props.value) === String(id);
    }

    setCell(row, key, value) {
        const rows = this.rows.map((each) => ({ ...each }));
        rows[row][key] = value;
        this.set(rows);
    }

    addRow() {
        this.set([...this.rows, {}]);
    }

    removeRow(row) {
        this.set(this.rows.filter((_row, index) => index !== row));
    }

    async onFile(ev) {
        this.props.onFiles(await Promise.all([...ev.target.files].map(readFile)));
    }

    async search(term) {
        const found = await this.props.lookup(this.props.line.path, term);
        return found.map(({ id, name, detail }) => ({ id, label: name, detail }));
    }
}
