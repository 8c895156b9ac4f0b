import { registry } from "@web/core/registry";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";

import { FactFreshness } from "./fact_freshness";

/** A list of figures that are drawn up beforehand: it says how fresh they are. */
export class FactListController extends ListController {
    static template = "itsm_helpdesk.FactListView";
    static components = { ...ListController.components, FactFreshness };
}

registry
    .category("views")
    .add("itsm_fact_list", { ...listView, Controller: FactListController });
