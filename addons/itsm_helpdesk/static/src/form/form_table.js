import { Interaction } from "@web/public/interaction";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/**
 * Rows of a table in a request form: added and removed by a button. One is always
 * there; an empty one is not sent on.
 */
export class FormTable extends Interaction {
    static selector = ".o_itsm_form_table";
    dynamicContent = {
        ".o_itsm_add_row": {
            "t-on-click": () => this.add(true),
            "t-att-disabled": () => this.rows.length >= this.maxRows,
        },
        tbody: { "t-on-click": this.onClick },
        ".o_itsm_row_said": { "t-out": () => this.said },
    };

    setup() {
        this.maxRows = Number(this.el.dataset.maxRows);
        this.bodyEl = this.el.querySelector("tbody");
        this.said = "";
        this.nextNumber = this.rows.length;
        // Spare rows are for those whose browser cannot add any.
        this.rows.filter((row) => row.hidden).forEach((row) => row.remove());
    }

    get rows() {
        return [...this.bodyEl.querySelectorAll(".o_itsm_form_row")];
    }

    add(isAsked) {
        if (this.rows.length >= this.maxRows) {
            return;
        }
        const template = document.createElement("template");
        template.innerHTML = this.el
            .querySelector("template")
            .innerHTML.replaceAll("__row__", this.nextNumber++);
        const row = template.content.firstElementChild;
        this.insert(row, this.bodyEl);
        this.tell(row);
        if (isAsked) {
            row.querySelector("input:not([type=hidden]), select, textarea").focus();
            this.said = _t("Row %s added", this.rows.length);
        }
    }

    onClick(ev) {
        const row = ev.target.closest(".o_itsm_remove_row")?.closest(".o_itsm_form_row");
        if (row) {
            this.remove(row);
        }
    }

    remove(row) {
        const place = this.rows.indexOf(row);
        this.services["public.interactions"].stopInteractions(row);
        row.remove();
        if (!this.rows.length) {
            this.add(false);
        }
        const next = this.rows[Math.min(place, this.rows.length - 1)];
        next.querySelector(".o_itsm_remove_row").focus();
        this.said = _t("Row %s removed", place + 1);
        this.tell(this.el);
    }

    /** The form looks again at what is shown. */
    tell(el) {
        el.dispatchEvent(new Event("input", { bubbles: true }));
    }
}

registry.category("public.interactions").add("itsm_helpdesk.form_table", FormTable);
