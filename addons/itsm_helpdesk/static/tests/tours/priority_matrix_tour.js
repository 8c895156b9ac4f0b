import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("itsm_priority_matrix", {
    steps: () => [
        {
            trigger: ".o_itsm_matrix select[data-cell='22']",
            run: "select 1",
        },
        { trigger: ".o_itsm_matrix .alert" },
        {
            trigger: "#itsm_matrix_desk",
            run: "selectByLabel Matrix Desk",
        },
        {
            content: "A cell of all desks is shown as inherited",
            trigger: ".o_itsm_matrix select.fst-italic[data-cell='33']",
            run: "select 2",
        },
        {
            content: "Now it is the desk's own",
            trigger: ".o_itsm_matrix select:not(.fst-italic)[data-cell='33']",
        },
        {
            trigger: ".o_itsm_matrix select.fst-italic[data-cell='11']",
            run: "select 4",
        },
        {
            content: "Give the second one back",
            trigger: ".o_itsm_matrix div:has(> select[data-cell='11']) button",
            run: "click",
        },
        { trigger: ".o_itsm_matrix select.fst-italic[data-cell='11']" },
        {
            trigger: ".o_control_panel .btn-primary:contains(Apply to Open Tickets)",
            run: "click",
        },
        { trigger: ".o_notification" },
    ],
});
