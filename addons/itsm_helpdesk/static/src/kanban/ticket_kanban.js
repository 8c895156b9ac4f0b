import { registry } from "@web/core/registry";
import { RelationalModel } from "@web/model/relational_model/relational_model";
import { kanbanView } from "@web/views/kanban/kanban_view";

/**
 * The board of tickets. A card dropped on a stage that needs words (why it waits,
 * what solved it …) stays where it was and opens the form that asks for them.
 */
export class TicketGroupList extends RelationalModel.DynamicGroupList {
    async moveRecord(dataRecordId, dataGroupId, refId, targetGroupId) {
        const action =
            dataGroupId !== targetGroupId &&
            this.groupByField.name === "stage_id" &&
            (await this.actionBefore(dataRecordId, dataGroupId, targetGroupId));
        if (!action) {
            return super.moveRecord(...arguments);
        }
        await new Promise((resolve) =>
            this.model.action.doAction(action, { onClose: resolve })
        );
        await this.model.load();
    }

    actionBefore(dataRecordId, dataGroupId, targetGroupId) {
        const [source, target] = [dataGroupId, targetGroupId].map((id) =>
            this.groups.find((group) => group.id === id)
        );
        const record = source.list.records.find((record) => record.id === dataRecordId);
        return this.model.orm.call(this.resModel, "action_before_stage", [
            [record.resId],
            target.value,
        ]);
    }
}

export class TicketKanbanModel extends RelationalModel {
    static DynamicGroupList = TicketGroupList;
}

registry
    .category("views")
    .add("itsm_ticket_kanban", { ...kanbanView, Model: TicketKanbanModel });
