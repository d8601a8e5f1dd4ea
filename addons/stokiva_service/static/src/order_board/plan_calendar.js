import { useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { serializeDateTime } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { CalendarCommonRenderer } from "@web/views/calendar/calendar_common/calendar_common_renderer";
import { CalendarController } from "@web/views/calendar/calendar_controller";
import { CalendarRenderer } from "@web/views/calendar/calendar_renderer";
import { CalendarSidePanel } from "@web/views/calendar/calendar_side_panel/calendar_side_panel";
import { calendarView } from "@web/views/calendar/calendar_view";
import { OFFICE } from "./order_strip";
import { PhoneCalendarModel } from "./phone_calendar";

const { DateTime } = luxon;
const WINDOW = { hours: 2 };
const FIRST_HOUR = 9; // where a day is chosen, but no hour
const MOST_UNPLANNED = 40;

/** Windows of work orders. What is dragged is planned by the server's event, and goes back when it is refused. */
export class PlanCalendarModel extends PhoneCalendarModel {
    setup() {
        super.setup(...arguments);
        this.unplanned = { records: [], length: 0 };
    }

    get canEdit() {
        return this.meta.canEdit && this.canPlan;
    }

    async load() {
        this.canPlan ??= await user.hasGroup(OFFICE);
        return super.load(...arguments);
    }

    async updateData(data) {
        const [unplanned] = await Promise.all([this.fetchUnplanned(), super.updateData(data)]);
        this.unplanned = unplanned;
    }

    fetchUnplanned() {
        const domain = [
            ...this.meta.domain,
            ["state", "in", ["created", "assigned", "accepted"]],
            ["window_start", "=", false],
        ];
        return this.orm.webSearchRead(this.resModel, domain, {
            specification: { name: {}, subtitle: {}, district: {}, provider_id: { fields: { display_name: {} } } },
            order: "deadline, id",
            limit: MOST_UNPLANNED,
        });
    }

    /** Where all are one provider's, its technicians are told apart instead. */
    async fetchRecords() {
        const records = await super.fetchRecords(...arguments);
        const providers = new Set(records.map(({ provider_id }) => provider_id && provider_id[0]));
        this.meta.fieldMapping.color = providers.size > 1 ? "provider_id" : "personnel_id";
        return records;
    }

    async updateRecord(record) {
        const before = this.records[record.id];
        if (record.isAllDay) {
            const { hour, minute } = before.start;
            record.start = record.start.set({ hour, minute });
        }
        const end = !record.isAllDay && record.end ? record.end : record.start.plus(before.end.diff(before.start));
        await this.plan(record.id, record.start, end);
    }

    async plan(id, start, end) {
        const values = { window_start: serializeDateTime(start), window_end: serializeDateTime(end) };
        try {
            await this.orm.call(this.resModel, "action_plan_by_drag", [[id], values]);
        } finally {
            await this.load();
        }
    }
}

export class PlanCalendarCommonRenderer extends CalendarCommonRenderer {
    static eventTemplate = "stokiva_service.PlanCalendarEvent";

    get options() {
        return { ...super.options, drop: this.onDrop };
    }

    onDrop({ allDay, date, dateStr, draggedEl }) {
        const start = allDay ? DateTime.fromISO(dateStr).set({ hour: FIRST_HOUR }) : DateTime.fromJSDate(date);
        this.props.model.plan(Number(draggedEl.dataset.id), start, start.plus(WINDOW));
    }
}

export class PlanCalendarRenderer extends CalendarRenderer {
    static components = {
        ...CalendarRenderer.components,
        day: PlanCalendarCommonRenderer,
        week: PlanCalendarCommonRenderer,
        month: PlanCalendarCommonRenderer,
    };
}

/** Beside the calendar: orders that have no window yet, to be dragged into it. */
export class PlanCalendarSidePanel extends CalendarSidePanel {
    static template = "stokiva_service.PlanCalendarSidePanel";
    static props = [...CalendarSidePanel.props, "editRecord"];

    setup() {
        super.setup();
        const listRef = useRef("unplanned");
        useEffect(
            (el, canPlan) => {
                let draggable;
                if (el && canPlan) {
                    loadBundle("web.fullcalendar_lib").then(() => {
                        draggable = new FullCalendar.Interaction.Draggable(el, {
                            itemSelector: ".o_stokiva_unplanned",
                            eventData: () => ({ create: false, duration: WINDOW }),
                        });
                    });
                }
                return () => draggable?.destroy();
            },
            () => [listRef.el, this.props.model.canEdit]
        );
    }
}

export class PlanCalendarController extends CalendarController {
    static components = { ...CalendarController.components, CalendarSidePanel: PlanCalendarSidePanel };

    get sidePanelProps() {
        return { ...super.sidePanelProps, editRecord: this.editRecord.bind(this) };
    }
}

registry.category("views").add("stokiva_plan_calendar", {
    ...calendarView,
    Controller: PlanCalendarController,
    Model: PlanCalendarModel,
    Renderer: PlanCalendarRenderer,
});
