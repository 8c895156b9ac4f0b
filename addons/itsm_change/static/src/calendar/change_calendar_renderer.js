import { CalendarCommonPopover } from "@web/views/calendar/calendar_common/calendar_common_popover";
import { CalendarCommonRenderer } from "@web/views/calendar/calendar_common/calendar_common_renderer";
import { CalendarRenderer } from "@web/views/calendar/calendar_renderer";

/** What a click on an entry shows: looked at here, changed on its form. */
export class ChangeCalendarPopover extends CalendarCommonPopover {
    get isEventEditable() {
        return false;
    }
}

export class ChangeCalendarCommonRenderer extends CalendarCommonRenderer {
    static components = {
        ...CalendarCommonRenderer.components,
        Popover: ChangeCalendarPopover,
    };
    static eventTemplate = "itsm_change.CalendarEvent";

    /** An outage stands beside its change, so that each can be read and dragged. */
    get options() {
        return { ...super.options, slotEventOverlap: false };
    }

    convertRecordToEvent(record) {
        return {
            ...super.convertRecordToEvent(record),
            editable: this.props.model.isMovable(record),
        };
    }

    /** What something is must not be told by colour alone. */
    eventClassNames(info) {
        const record = this.props.model.records[info.event.id];
        const kind = record ? `o_itsm_change_${record.rawRecord.kind}` : "";
        return [...super.eventClassNames(info), kind];
    }

    // By what it was dragged, not to where: so the hour stays what it is on the wall,
    // also in a month, for what takes several days, and when the clocks change.
    onEventDrop(info) {
        this.fc.api.unselect();
        this.moveBy(info, info.delta, info.delta);
    }

    onEventResize(info) {
        this.fc.api.unselect();
        this.moveBy(info, info.startDelta, info.endDelta);
    }

    moveBy({ event }, startDelta, endDelta) {
        const record = this.props.model.records[event.id];
        return this.props.model.updateRecord({
            id: record.id,
            start: record.start.plus(duration(startDelta)),
            end: record.end.plus(duration(endDelta)),
        });
    }
}

/** @param {Object} delta of FullCalendar */
function duration({ years, months, days, milliseconds }) {
    return { years, months, days, milliseconds };
}

export class ChangeCalendarRenderer extends CalendarRenderer {
    static components = {
        ...CalendarRenderer.components,
        day: ChangeCalendarCommonRenderer,
        week: ChangeCalendarCommonRenderer,
        month: ChangeCalendarCommonRenderer,
    };
}
