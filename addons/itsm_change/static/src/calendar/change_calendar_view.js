import { registry } from "@web/core/registry";
import { CalendarController } from "@web/views/calendar/calendar_controller";
import { calendarView } from "@web/views/calendar/calendar_view";
import { ChangeCalendarModel } from "./change_calendar_model";
import { ChangeCalendarRenderer } from "./change_calendar_renderer";

/** The calendar of changes: opens what an entry stands for, not the entry. */
export class ChangeCalendarController extends CalendarController {
    async editRecord(record) {
        const action = await this.orm.call(this.model.resModel, "action_open", [[record.id]]);
        return this.action.doAction(action);
    }

    onSubscribe() {
        return this.action.doAction("itsm_change.itsm_change_feed_action");
    }
}

export const changeCalendarView = {
    ...calendarView,
    Controller: ChangeCalendarController,
    Model: ChangeCalendarModel,
    Renderer: ChangeCalendarRenderer,
    buttonTemplate: "itsm_change.CalendarButtons",
};

registry.category("views").add("itsm_change_calendar", changeCalendarView);
