import { _t } from "@web/core/l10n/translation";

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

// From so many days on, hours do not matter.
const MANY_DAYS = 30;

/**
 * An amount of time in the two units that matter: “35 s”, “12 min”, “2 h 05 min”,
 * “4 d 3 h”. What is not a whole unit does not count.
 *
 * @param {number} milliseconds whatever its sign
 */
export function durationText(milliseconds) {
    const amount = Math.abs(milliseconds);
    if (amount < MINUTE) {
        return _t("%s s", Math.floor(amount / SECOND));
    }
    const minutes = Math.floor(amount / MINUTE);
    if (amount < HOUR) {
        return _t("%s min", minutes);
    }
    const hours = Math.floor(amount / HOUR);
    if (amount < DAY) {
        const rest = String(minutes % 60).padStart(2, "0");
        return _t("%(hours)s h %(minutes)s min", { hours, minutes: rest });
    }
    const days = Math.floor(amount / DAY);
    return days < MANY_DAYS
        ? _t("%(days)s d %(hours)s h", { days, hours: hours % 24 })
        : _t("%s d", days);
}

/**
 * An amount of working time: hours and minutes, since a day of work is not a day.
 *
 * @param {number} seconds
 */
export function workingTimeText(seconds) {
    const minutes = Math.floor(Math.abs(seconds) / 60);
    if (minutes < 60) {
        return _t("%s min", minutes);
    }
    const rest = String(minutes % 60).padStart(2, "0");
    return _t("%(hours)s h %(minutes)s min", {
        hours: Math.floor(minutes / 60),
        minutes: rest,
    });
}
