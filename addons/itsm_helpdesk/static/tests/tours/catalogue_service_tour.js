import { registry } from "@web/core/registry";

const DIALOG = ".modal:not(.o_inactive_modal)";

/** Add a question to the form; the dialog stays open for what else it is to have. */
function addQuestion(label, type) {
    return [
        {
            trigger: ".o_field_widget[name=question_ids] a:contains(Add a question)",
            run: "click",
        },
        {
            trigger: `${DIALOG} .o_field_widget[name=name] input`,
            run: `edit ${label}`,
        },
        {
            trigger: `${DIALOG} .o_field_widget[name=type] input`,
            run: "click",
        },
        {
            trigger: `.o_select_menu_item:contains(/^${type}$/)`,
            run: "click",
        },
    ];
}

function addOption(position, name) {
    return [
        {
            trigger: `${DIALOG} .o_field_widget[name=option_ids] a:contains(Add an option)`,
            run: "click",
        },
        {
            trigger: `${DIALOG} .o_data_row:nth-child(${position}).o_selected_row .o_field_widget[name=name] input`,
            run: `edit ${name}`,
        },
    ];
}

function saveQuestion(label) {
    return [
        {
            trigger: `${DIALOG} .o_form_button_save`,
            run: "click",
        },
        {
            trigger: `body:not(:has(.modal)) .o_data_cell:contains(${label})`,
        },
    ];
}

registry.category("web_tour.tours").add("itsm_catalogue_service", {
    steps: () => [
        {
            trigger: ".o-kanban-button-new",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=name] input",
            run: "edit New Laptop of the Tour",
        },
        {
            trigger: ".o_field_widget[name=desk_id] input",
            run: "edit Tour Desk",
        },
        {
            trigger: ".ui-autocomplete a:contains(Tour Desk)",
            run: "click",
        },
        {
            content: "A picture from the table of icons",
            trigger: ".o_itsm_icon_button",
            run: "click",
        },
        {
            trigger: ".o_itsm_icon_picker button:has(.fa-laptop)",
            run: "click",
        },
        { trigger: ".o_itsm_icon_button .fa-laptop" },
        {
            trigger: ".nav-link[name=form]",
            run: "click",
        },
        ...addQuestion("Device", "One of several"),
        ...addOption(1, "Laptop"),
        ...addOption(2, "Tablet"),
        ...saveQuestion("Device"),
        ...addQuestion("Price", "Amount of money"),
        ...saveQuestion("Price"),
        ...addQuestion("Reason", "Long text"),
        {
            content: "Neither of the questions is saved yet, and both can be named",
            trigger: `${DIALOG} .o_field_widget[name=shown_if] .o_itsm_condition_begin`,
            run: "click",
        },
        {
            trigger: `${DIALOG} .o_itsm_condition_question`,
            run: "selectByLabel Device",
        },
        {
            trigger: `${DIALOG} .o_itsm_condition_value select`,
            run: "selectByLabel Laptop",
        },
        {
            trigger: `${DIALOG} .o_itsm_condition_add`,
            run: "click",
        },
        { trigger: `${DIALOG} .o_itsm_condition_row:eq(1)` },
        {
            content: "A rule that says too little keeps the question from being saved",
            trigger: `${DIALOG} .o_form_button_save`,
            run: "click",
        },
        { trigger: `${DIALOG} .o_field_widget[name=shown_if].o_field_invalid` },
        {
            trigger: `${DIALOG} .o_itsm_condition_row:eq(1) .o_itsm_condition_question`,
            run: "selectByLabel Price",
        },
        {
            trigger: `${DIALOG} .o_itsm_condition_row:eq(1) .o_itsm_condition_operator`,
            run: "select greater",
        },
        {
            trigger: `${DIALOG} .o_itsm_condition_row:eq(1) .o_itsm_condition_value input`,
            run: "edit 1000 && press Tab",
        },
        {
            trigger: `${DIALOG} .o_itsm_condition_text:contains(Device is Laptop and Price is more than 1,000)`,
        },
        ...saveQuestion("Reason"),
        {
            content: "The list tells it in words",
            trigger: ".o_data_row:contains(Reason) .o_itsm_condition_text:contains(Device is Laptop and Price is more than 1,000)",
        },
        {
            trigger: ".o_statusbar_buttons button:contains(/^Publish$/)",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(Published)",
        },
        {
            content: "The questions are saved, and their condition is still told in words",
            trigger: ".o_data_row:contains(Reason) .o_itsm_condition_text:contains(Device is Laptop and Price is more than 1,000)",
        },
    ],
});
