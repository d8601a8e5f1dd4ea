import { useState } from "@odoo/owl";
import { Screen } from "../base";
import { dayKey } from "../i18n";
import { isNew } from "../new_jobs";
import { getLegal } from "../projection";

const MOVING = ["on_the_way", "in_progress"];
const OPEN = ["accepted", ...MOVING];
const DAY = 24 * 3600 * 1000;

/** Sort jobs into late, today and later, each in the order of the visits. */
export function sortJobs(orders, now) {
    const groups = { late: [], today: [], later: [] };
    const rank = (order) => (MOVING.includes(order.state) ? 0 : OPEN.includes(order.state) ? 1 : 2);
    for (const order of orders) {
        const [start, end] = order.window;
        const isOpen = order.state === "accepted";
        const day = start && dayKey(start, order.tz);
        if (isOpen && end && Date.parse(end) < now) {
            groups.late.push(order);
        } else if (isOpen && day && day > dayKey(new Date(now), order.tz)) {
            groups.later.push(order);
        } else {
            groups.today.push(order);
        }
    }
    for (const group of Object.values(groups)) {
        group.sort(
            (a, b) =>
                rank(a) - rank(b) ||
                (a.place ?? 99) - (b.place ?? 99) ||
                (a.window[0] || "9").localeCompare(b.window[0] || "9") ||
                a.id - b.id
        );
    }
    groups.later.sort((a, b) => a.window[0].localeCompare(b.window[0]));
    return groups;
}

export class Today extends Screen {
    static template = "stokiva_portal.FieldToday";

    setup() {
        super.setup();
        this.isNew = isNew;
        this.view = useState({ tab: "today", asking: false });
    }

    get groups() {
        return sortJobs(this.state.orders, Date.now());
    }

    get jobs() {
        return this.groups[this.view.tab];
    }

    get next() {
        const job = this.jobs[0];
        return job && OPEN.includes(job.state) ? job : null;
    }

    get rest() {
        return this.next ? this.jobs.slice(1) : this.jobs;
    }

    get distance() {
        const km = this.groups.today.reduce((sum, job) => sum + (job.km || 0), 0);
        return km ? Math.round(km) : 0;
    }

    get isClockWrong() {
        return Math.abs(this.state.skew) > 5 * 60 * 1000;
    }

    isTomorrow(job) {
        return dayKey(job.window[0], job.tz) === dayKey(new Date(Date.now() + DAY), job.tz);
    }

    getPrimary(job) {
        return this.state.catalogue.primary?.find((event) => getLegal(job).includes(event));
    }

    async ask() {
        this.view.asking = true;
        try {
            await this.store.sync.now();
        } finally {
            this.view.asking = false;
        }
    }

    async step(job) {
        const event = this.getPrimary(job);
        if (event === "depart" || event === "start") {
            await this.store.event(job, event);
        }
        if (event !== "depart") {
            this.go(`job/${job.id}`);
        }
    }
}
