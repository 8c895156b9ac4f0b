import { registry } from "@web/core/registry";

const column = (name) => `.o_kanban_group:has(.o_column_title:contains('${name}'))`;
// A card that is still on its way cannot be dragged.
const card = ".o_kanban_record.o_draggable:contains(Card to drag)";

registry.category("web_tour.tours").add("itsm_ticket_kanban", {
    steps: () => [
        {
            trigger: `${column("In Progress")} ${card}`,
            run: `drag_and_drop(${column("Pending")})`,
        },
        {
            content: "Waiting needs a reason, so the form opens; it is discarded",
            trigger: ".modal [name=pending_reason_id]",
        },
        { trigger: ".modal button:contains(Discard)", run: "click" },
        {
            content: "The card is back",
            trigger: `body:not(:has(.modal)) ${column("In Progress")} ${card}`,
            run: `drag_and_drop(${column("Pending")})`,
        },
        { trigger: ".modal [name=pending_reason_id] input", run: "edit Awaiting parts" },
        {
            trigger: ".o-autocomplete--dropdown-item a:contains(Awaiting parts)",
            run: "click",
        },
        { trigger: ".modal button[name=action_apply]", run: "click" },
        {
            trigger: `body:not(:has(.modal)) ${column("Pending")} ${card}`,
            run: `drag_and_drop(${column("In Progress")})`,
        },
        {
            content: "Going on needs no words",
            trigger: `body:not(:has(.modal)) ${column("In Progress")} ${card}`,
        },
    ],
});
