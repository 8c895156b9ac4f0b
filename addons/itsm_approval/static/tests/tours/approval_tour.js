import { registry } from "@web/core/registry";

// Whoever is asked decides on the form of what is to be approved.
registry.category("web_tour.tours").add("itsm_approval_on_record", {
    steps: () => [
        {
            content: "The trail names who is waited for",
            trigger: ".o_itsm_trail li[aria-current=step]:contains(Bob)",
        },
        { trigger: ".o_itsm_trail_offers button[name=reject]" },
        { trigger: ".o_itsm_trail_offers button[name=approve]", run: "click" },
        { trigger: ".modal [name=text] textarea", run: "edit <b>Fine</b> with me" },
        { trigger: ".modal button[name=action_confirm]:visible", run: "click" },
        {
            content: "The form has loaded anew: it is decided, with the words as typed",
            trigger: "body:not(:has(.modal)) .o_itsm_trail_quote:contains(<b>Fine</b>)",
        },
        { trigger: ".o_itsm_trail:not(:has(.o_itsm_trail_offers))" },
    ],
});

// From the activity menu to the list, and several rejected at once.
registry.category("web_tour.tours").add("itsm_approval_list", {
    steps: () => [
        { trigger: ".o-mail-ActivityMenu-counter:contains(2)" },
        { trigger: ".o_menu_systray i[aria-label=Activities]", run: "click" },
        {
            trigger: ".o-mail-ActivityGroup[data-model_name='itsm.approval']",
            run: "click",
        },
        { trigger: ".o_list_view .o_data_row:eq(1)" },
        { trigger: ".o_list_view thead .o_list_record_selector input", run: "click" },
        { trigger: "button[name=action_open_reject]", run: "click" },
        { trigger: ".modal [name=text] textarea", run: "edit Not this year" },
        { trigger: ".modal button.btn-danger[name=action_confirm]:visible", run: "click" },
        {
            content: "Nothing waits any more; the screen says so",
            trigger: "body:not(:has(.modal)) .o_view_nocontent_smiling_face",
        },
    ],
});
