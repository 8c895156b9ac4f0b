import { FactFreshness } from "@itsm_helpdesk/report/fact_freshness";

import { registry } from "@web/core/registry";
import { GraphController } from "@web/views/graph/graph_controller";
import { graphView } from "@web/views/graph/graph_view";
import { PivotController } from "@web/views/pivot/pivot_controller";
import { pivotView } from "@web/views/pivot/pivot_view";

/** Pivots and graphs of figures drawn up beforehand: they say how fresh these are. */
export class FactPivotController extends PivotController {
    static template = "itsm_helpdesk.FactPivotView";
    static components = { ...PivotController.components, FactFreshness };
}

export class FactGraphController extends GraphController {
    static template = "itsm_helpdesk.FactGraphView";
    static components = { ...GraphController.components, FactFreshness };
}

registry
    .category("views")
    .add("itsm_fact_pivot", { ...pivotView, Controller: FactPivotController })
    .add("itsm_fact_graph", { ...graphView, Controller: FactGraphController });
