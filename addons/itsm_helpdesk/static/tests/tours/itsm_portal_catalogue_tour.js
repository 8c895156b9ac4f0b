import { registry } from "@web/core/registry";

const field = ".o_itsm_search [role=combobox]";

// From the home to a request by keyboard: suggestions, a star, the form, sending.
registry.category("web_tour.tours").add("itsm_portal_catalogue", {
    steps: () => [
        {
            content: "The scripts of the page have started",
            trigger: `body[is-ready=true] ${field}`,
            run: "edit zebra",
        },
        { trigger: ".o_itsm_suggestions.show [role=option]:contains(Laptop zebra)" },
        {
            content: "Nothing is chosen by itself",
            trigger: `${field}[aria-expanded=true]:not([aria-activedescendant])`,
            run: "press Escape",
        },
        { trigger: `${field}[aria-expanded=false]`, run: "press ArrowDown" },
        { trigger: `${field}[aria-expanded=true]`, run: "press ArrowDown" },
        {
            trigger: `${field}[aria-activedescendant=itsm_suggestion_0]`,
            run: "press Enter",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_itsm_star button[aria-pressed=false]",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".o_itsm_star button[aria-pressed=true]" },
        {
            trigger: ".o_itsm_glance a.btn-primary",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: "#itsm_request_form [name=q_device]", run: "edit X1" },
        {
            trigger: "#itsm_request_form .o_itsm_submit button.btn-primary",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".o_itsm_ticket .alert-success" },
        { trigger: ".o_itsm_answers:contains(X1)" },
    ],
});
