import { useState } from "@odoo/owl";
import { Screen } from "../base";
import { getLegal, getMissing } from "../projection";
import { SignaturePad } from "../signature_pad";

async function hash(value) {
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify(value)));
    return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The phone is handed to the customer: what was done, his signature, and the code from his own phone. */
export class Sign extends Screen {
    static template = "stokiva_portal.FieldSign";
    static components = { ...Screen.components, SignaturePad };

    setup() {
        super.setup();
        this.view = useState({
            way: "here",
            signature: "",
            name: this.order.customer?.name || "",
            code: "",
            error: "",
        });
    }

    get canSubmit() {
        return getLegal(this.order).includes("submit") && !getMissing(this.order).length;
    }

    /** The request that waits for the customer's answer; none while something is on the way. */
    get asked() {
        return this.order.state === "awaiting_approval" && !this.order.waiting ? this.order.asked : null;
    }

    get lines() {
        if (this.asked) {
            return this.asked.lines;
        }
        const quantity = (line) => (line.quantity === 1 ? "" : ` × ${this.number(line.quantity)}`);
        return [...this.order.labour, ...this.order.parts].map((line) => ({
            text: `${line.name}${quantity(line)}`,
            price: line.price || "",
        }));
    }

    get total() {
        const isComplete = [...this.order.labour, ...this.order.parts].every((line) => !line.waits);
        return this.asked ? this.asked.total : isComplete ? this.order.total : null;
    }

    async submit() {
        this.view.error = "";
        if (this.view.way === "here" && !this.view.signature) {
            this.view.error = this._t("The customer has not signed yet.");
            return;
        }
        const payload = { shown_hash: await hash([this.order.number, this.lines, this.total]) };
        if (this.view.way === "here") {
            Object.assign(payload, { signature: this.view.signature, signed_by: this.view.name });
        }
        const requires = this.store.getWaitingMedia(this.order);
        if (await this.store.event(this.order, "submit", payload, { requires })) {
            this.go(`job/${this.order.id}`);
        }
    }

    sendCode() {
        return this.store.event(this.order, "send_code", {}, { label: this._t("Code to the customer") });
    }

    async approve() {
        this.view.error = "";
        if (!this.view.signature || !this.view.code.trim()) {
            this.view.error = this._t("Signature and code are needed.");
            return;
        }
        const payload = {
            shown_hash: this.asked.hash,
            signature: this.view.signature,
            name: this.view.name,
            code: this.view.code.trim(),
        };
        await this.store.act("approve", this.order.id, payload, { label: this._t("Approval on site") });
        this.go(`job/${this.order.id}`);
    }
}
