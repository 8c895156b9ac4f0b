import { serializeDateTime } from "@web/core/l10n/dates";
import { CalendarModel } from "@web/views/calendar/calendar_model";

export class ChangeCalendarModel extends CalendarModel {
    static services = [...CalendarModel.services, "orm"];

    // The rows are a view of changes, which nobody writes; a change is moved by a method
    // that says what may be moved, and what follows from it.
    get canEdit() {
        return true;
    }

    /**
     * Entries are bars in the colour of their kind, also in a month; what begins and
     * ends within a day says when it begins, whether it passes midnight or not.
     */
    normalizeRecord(rawRecord) {
        const record = super.normalizeRecord(rawRecord);
        const isLong = record.end.diff(record.start, "hours").hours >= 24;
        return { ...record, isTimeHidden: true, isLong };
    }

    /** Only changes are dragged: their outages move along, freezes have a rule. */
    isMovable(record) {
        return record.rawRecord.kind === "change";
    }

    /**
     * Move a change, and tell what follows from it. What is refused goes back to its
     * place: the server says why.
     */
    async updateRecord({ id, start, end }) {
        let told = [];
        try {
            told = await this.orm.call(
                this.resModel,
                "move",
                [[id], serializeDateTime(start), serializeDateTime(end)],
                { context: this.meta.context }
            );
        } finally {
            await this.load();
        }
        for (const text of told) {
            this.notification.add(text, { type: "warning", sticky: true });
        }
    }
}
