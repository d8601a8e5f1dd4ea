import { onWillStart, useState } from "@odoo/owl";
import { Screen } from "../base";
import { addPhotos, getWaitingMedia, removePhoto } from "../evidence";
import { concerns, getLegal, getMissing } from "../projection";
import { SignaturePad } from "../signature_pad";

const MAX_PHOTOS = 5;

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
            refusing: false,
            refusal: { comment: "", photos: [] },
        });
        this.key = `${this.order.id}/dispute`;
        onWillStart(async () => {
            const kept = await this.store.readDraft(this.key);
            if (kept) {
                Object.assign(this.view, { refusing: true, refusal: kept });
            }
        });
    }

    get canSubmit() {
        return getLegal(this.order).includes("submit") && !getMissing(this.order).length;
    }

    /** The request of a job that waits for the customer's answer; none while something is on the way. */
    getAsked({ asked, id, state }) {
        const isMoving = this.state.ops.some(
            (op) => concerns(op, id) && op.status === "pending" && op.payload.kind !== "complaint"
        );
        return asked && !isMoving && (state === "awaiting_approval" || asked.kind === "quote") ? asked : null;
    }

    get asked() {
        return this.getAsked(this.order);
    }

    /** The other jobs of the trip, which the customer signs with this one. */
    get others() {
        const together = this.asked?.together || [];
        return this.state.orders.filter((order) => together.includes(order.id) && this.getAsked(order));
    }

    /** What stands above a job's work when there is more than one. */
    getHeading(order) {
        return this.joined(order.device.name, order.number);
    }

    get isQuote() {
        return this.asked?.kind === "quote";
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
        const requires = getWaitingMedia(this.store, this.order);
        if (await this.store.event(this.order, "submit", payload, { requires })) {
            this.go(`job/${this.order.id}`);
        }
    }

    // -- the customer does not approve --------------------------------------------------------------------

    keepRefusal() {
        return this.store.keepDraft(this.key, this.view.refusal);
    }

    async leaveRefusal() {
        const photos = this.state.ops.filter((op) => this.view.refusal.photos.includes(op.uuid));
        for (const photo of photos) {
            await removePhoto(this.store, this.order, photo);
        }
        await this.store.keepDraft(this.key, null);
        Object.assign(this.view, { refusing: false, refusal: { comment: "", photos: [] } });
    }

    async onComplaint(ev) {
        const files = [...ev.target.files].slice(0, MAX_PHOTOS - this.view.refusal.photos.length);
        ev.target.value = "";
        this.view.refusal.photos.push(...(await addPhotos(this.store, this.order, "complaint", files)));
        await this.keepRefusal();
    }

    /** The work is sent unsigned, and the customer's objection after it. */
    async dispute() {
        const { comment, photos } = this.view.refusal;
        this.view.error = comment.trim() || this.isQuote ? "" : this._t("Please write what the customer finds wrong.");
        if (this.view.error) {
            return;
        }
        const payload = { comment: comment.trim(), ...(this.asked ? { shown_hash: this.asked.hash } : {}) };
        if (this.canSubmit) {
            await this.store.event(this.order, "submit", {}, { requires: getWaitingMedia(this.store, this.order) });
        }
        const label = this._t("The customer does not approve");
        if (await this.store.act("dispute", this.order.id, payload, { label, requires: [...photos] })) {
            await this.store.keepDraft(this.key, null);
            this.go(`job/${this.order.id}`);
        }
    }

    sendCode() {
        return this.store.event(this.order, "send_code", {}, { label: this._t("Code to the customer") });
    }

    /** Who mistyped the code signs again: what was refused needs no decision then. */
    async dropRefused() {
        const isRefused = (op) => op.type === "approve" && op.status === "refused" && op.work_order_id === this.order.id;
        for (const op of this.state.ops.filter(isRefused)) {
            await this.store.decide(op, "discarded");
        }
    }

    async approve() {
        this.view.error = "";
        if (!this.view.signature || !this.view.code.trim()) {
            this.view.error = this._t("Signature and code are needed.");
            return;
        }
        await this.dropRefused();
        const payload = {
            shown_hash: this.asked.hash,
            signature: this.view.signature,
            name: this.view.name,
            code: this.view.code.trim(),
            others: Object.fromEntries(this.others.map(({ id, asked }) => [id, asked.hash])),
        };
        await this.store.act("approve", this.order.id, payload, { label: this._t("Approval on site") });
        this.go(`job/${this.order.id}`);
    }
}
