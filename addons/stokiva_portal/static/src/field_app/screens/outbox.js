import { useState } from "@odoo/owl";
import { Screen } from "../base";
import { TRIES } from "../outbox";
import { canAsk, letRing } from "../push";

export class Outbox extends Screen {
    static template = "stokiva_portal.FieldOutbox";

    setup() {
        super.setup();
        this.view = useState({ deleting: null, leaving: false, canRing: canAsk(), ring: null });
        this.tries = TRIES;
    }

    get refused() {
        return this.state.ops.filter((op) => op.status === "refused");
    }

    /** What waits, by job. */
    get waiting() {
        const groups = new Map();
        for (const op of this.state.ops.filter((one) => one.status === "pending" && one.type !== "decide")) {
            const order = this.getOrder(op);
            const title = order ? [order.number, order.customer?.name].filter(Boolean).join(" · ") : this._t("Another job");
            groups.set(title, [...(groups.get(title) || []), op]);
        }
        return [...groups.entries()];
    }

    getOrder(op) {
        return this.state.orders.find((order) => order.id === op.work_order_id);
    }

    getIcon(op) {
        return { media: "camera", event: "done", ask: "box", dispute: "alert", note: "sms" }[op.type] || "pen";
    }

    getNote(op) {
        if (op.tries >= TRIES) {
            return this._t("Cannot be saved. Please call the office.");
        }
        return { media: this._t("waits for photos"), undecided: this._t("waits for your decision above") }[op.waits] ||
            this._t("on the phone");
    }

    /** What makes sense depends on why it was refused. */
    getRemedy(op) {
        if (["not_yours", "closed", "late"].includes(op.code)) {
            return "forwarded";
        }
        if (op.type === "approve") {
            return "sign";
        }
        return op.code === "evidence" ? "complete" : "retried";
    }

    async remedy(op) {
        const remedy = this.getRemedy(op);
        const place = { complete: "work", sign: "sign" }[remedy];
        if (place) {
            await this.store.decide(op, "discarded");
            this.go(`job/${op.work_order_id}/${place}`);
        } else {
            await this.store.decide(op, remedy);
        }
    }

    async discard(op) {
        await this.store.decide(op, "discarded");
        this.view.deleting = null;
    }

    async ring() {
        this.view.ring = await letRing();
        this.view.canRing = canAsk();
    }

    async leave() {
        this.view.leaving = !(await this.store.logout());
    }
}
