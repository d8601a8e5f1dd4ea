import { onMounted, useState } from "@odoo/owl";
import { Screen } from "../base";
import { see } from "../new_jobs";
import { getLegal, getMissing } from "../projection";

export class Job extends Screen {
    static template = "stokiva_portal.FieldJob";

    setup() {
        super.setup();
        this.view = useState({ more: false, history: false, note: "" });
        onMounted(() => see(this.store, [this.order]));
    }

    get legal() {
        return getLegal(this.order);
    }

    get primary() {
        const steps = [...(this.state.catalogue.primary || []), ...(this.order.state === "completed" ? ["collect"] : [])];
        return steps.find((event) => this.legal.includes(event));
    }

    get others() {
        return (this.state.catalogue.secondary || []).filter(
            (event) => this.legal.includes(event) && event !== this.primary
        );
    }

    get canEdit() {
        return this.legal.includes("edit") && this.order.state !== "awaiting_approval";
    }

    get missing() {
        return getMissing(this.order);
    }

    get ticked() {
        return this.order.checklist.filter((item) => item.is_done).length;
    }

    waits(...types) {
        return this.state.ops.some(
            (op) => op.work_order_id === this.order.id && op.status === "pending" && types.includes(op.type)
        );
    }

    /** The one filled button: the next step, or the way to what is missing for it. */
    async onPrimary() {
        if (this.primary === "submit") {
            this.go(`job/${this.order.id}/${this.missing.length ? "work" : "sign"}`);
        } else if ((this.order.forms[this.primary] || []).length) {
            this.go(`job/${this.order.id}/form/${this.primary}`);
        } else {
            await this.store.event(this.order, this.primary);
        }
    }

    async onOther(event) {
        if ((this.order.forms[event] || []).length) {
            this.go(`job/${this.order.id}/form/${event}`);
        } else {
            this.view.more = false;
            await this.store.event(this.order, event);
        }
    }

    async sendNote() {
        const text = this.view.note.trim();
        if (text && (await this.store.act("note", this.order.id, { text }, { label: this._t("Note to the office") }))) {
            this.view.note = "";
            this.view.more = false;
        }
    }
}
