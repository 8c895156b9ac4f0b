import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { usePopover } from "@web/core/popover/popover_hook";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const FALLBACK = "fa-cube";
// What offices ask for, by subject: machines, network, people, house, travel, papers.
const ICONS = [
    "laptop desktop tablet mobile phone print keyboard-o hdd-o server database",
    "wifi sitemap plug cloud envelope-o comments video-camera globe code windows",
    "user-plus user-times user users id-badge id-card-o address-book-o graduation-cap handshake-o wheelchair",
    "key lock unlock-alt shield building-o home wrench lightbulb-o thermometer-half bath",
    "car bus bicycle plane train truck map-marker suitcase bed coffee",
    "file-text-o folder-open-o book certificate gavel pencil-square-o archive money credit-card calculator",
    "shopping-cart gift cube cubes medkit stethoscope heartbeat flask leaf recycle",
    "calendar clock-o bell-o bullhorn question-circle-o life-ring star-o paint-brush camera music",
].map((row) => row.split(" ").map((name) => `fa-${name}`));

class IconPicker extends Component {
    static template = "itsm_helpdesk.IconPicker";
    static props = { value: String, choose: Function, close: Function };

    setup() {
        this.rows = ICONS;
        this.state = useState({ typed: this.props.value });
    }

    nameOf(icon) {
        return icon.replace("fa-", "").replaceAll("-", " ");
    }

    choose(icon) {
        this.props.choose(icon);
        this.props.close();
    }

    chooseTyped() {
        const typed = this.state.typed.trim().replace(/^fa\s+/, "");
        const isShort = typed && !typed.startsWith("fa-");
        this.choose((isShort ? `fa-${typed}` : typed) || false);
    }
}

/** A Font Awesome icon: shown as such, chosen from a table of those that offices need. */
export class IconField extends Component {
    static template = "itsm_helpdesk.IconField";
    static props = { ...standardFieldProps };

    setup() {
        this.popover = usePopover(IconPicker, { position: "bottom-start" });
    }

    get value() {
        return this.props.record.data[this.props.name] || "";
    }

    get icon() {
        return this.value || FALLBACK;
    }

    open(ev) {
        this.popover.open(ev.currentTarget, {
            value: this.value,
            choose: (icon) => this.props.record.update({ [this.props.name]: icon }),
        });
    }
}

export const iconField = {
    component: IconField,
    displayName: _t("Icon"),
    supportedTypes: ["char"],
    isEmpty: () => false,
};

registry.category("fields").add("itsm_icon", iconField);
