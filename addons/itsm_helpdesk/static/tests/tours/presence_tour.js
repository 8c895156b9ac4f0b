import { registry } from "@web/core/registry";

// The test puts a second person on the ticket before the form opens.
registry.category("web_tour.tours").add("itsm_presence", {
    steps: () => [
        {
            content: "The other person is named at the top of the ticket",
            trigger: ".o_itsm_presence:contains(Lea Leader) img",
        },
        { trigger: ".o-mail-Chatter-logNote", run: "click" },
        {
            content: "Writing in the chatter is told to the server",
            trigger: ".o-mail-Chatter .o-mail-Composer-input",
            run: "edit I look into it.",
        },
        { trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item a", run: "click" },
        { trigger: ".o_list_view" },
    ],
});
