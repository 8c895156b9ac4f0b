import { registry } from "@web/core/registry";

// A requester opens a ticket for a colleague, by keyboard where a list opens, and
// takes it back.
registry.category("web_tour.tours").add("itsm_portal_new_ticket", {
    steps: () => [
        {
            content: "The scripts of the page have started",
            trigger: "body[is-ready=true] #itsm_ticket_form input[name=type][value=incident]",
            run: "click",
        },
        { trigger: "#itsm_name", run: "edit Scanner jams" },
        { trigger: "#itsm_description", run: "edit It takes two sheets at once." },
        { trigger: "input[name=urgency][value='2']", run: "click" },
        { trigger: "#itsm_requested_for", run: "edit colleague" },
        {
            content: "The first colleague found is marked",
            trigger: "#itsm_people.show [role=option][aria-selected=true]:contains(Carl)",
        },
        { trigger: "#itsm_requested_for", run: "press Enter" },
        {
            content: "The list closed and the name stands in the field",
            trigger: "#itsm_requested_for[aria-expanded=false]:value(Carl Colleague)",
        },
        {
            trigger: "#itsm_ticket_form button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".o_itsm_ticket .alert-success" },
        { trigger: ".o_itsm_step.o_itsm_current" },
        { trigger: "details.o_itsm_reason summary", run: "click" },
        { trigger: "#itsm_reason_cancel", run: "edit Found another one." },
        {
            trigger: "details.o_itsm_reason[open] button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".o_itsm_ticket .alert-success" },
    ],
});
