import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { CalendarModel } from "@web/views/calendar/calendar_model";
import { calendarView } from "@web/views/calendar/calendar_view";

/** Opens with a single day on a phone, where the windows of a week are too narrow to read. */
export class PhoneCalendarModel extends CalendarModel {
    getLocalStorageScale() {
        const isChosen = browser.localStorage.getItem(this.storageKey);
        return this.env.isSmall && !isChosen ? "day" : super.getLocalStorageScale();
    }
}

registry.category("views").add("stokiva_calendar", { ...calendarView, Model: PhoneCalendarModel });
