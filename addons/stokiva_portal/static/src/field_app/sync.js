/* Brings what waits to the server and what is new to the phone. One flight at a time, whatever starts it. */
import { call, Failure, upload } from "./api";
import { read, readAll, transact } from "./db";
import * as outbox from "./outbox";

const PROTOCOL = 1;
const SOON = 15_000;
const LATER = [60_000, 120_000];
// Well before the server ends a session that nobody used, which takes days.
const PROLONG = 3_600_000;

export class Sync {
    /**
     * @param {Object} owner `{db, uid, device, onAnswer, onChange, onState}`
     */
    constructor(owner) {
        Object.assign(this, owner);
        this.wanted = false;
        this.running = null;
        this.failures = 0;
        this.token = null;
        this.stopped = false;
    }

    start() {
        for (const event of ["online", "pageshow"]) {
            window.addEventListener(event, () => this.now());
        }
        document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.now());
        this.now();
    }

    stop() {
        this.stopped = true;
        clearTimeout(this.timer);
    }

    /** Sync soon: also when a flight is under way, for it may have left already. */
    now() {
        this.wanted = true;
        this.running ||= (async () => {
            try {
                while (this.wanted && !this.stopped) {
                    this.wanted = false;
                    const asked = Date.now();
                    await navigator.locks.request(`stokiva-field-sync-${this.uid}`, () => this.flight(asked));
                }
            } finally {
                this.running = null;
                this.plan();
            }
        })();
        return this.running;
    }

    async plan() {
        clearTimeout(this.timer);
        if (this.stopped) {
            return;
        }
        const rows = await outbox.list(this.db);
        const hurry = rows.some((op) => op.status === "pending");
        const pause = hurry
            ? Math.min(SOON * 2 ** Math.max(0, this.failures - 3), LATER[1])
            : LATER[0] + Math.random() * (LATER[1] - LATER[0]);
        this.timer = setTimeout(
            () => (hurry || document.visibilityState === "visible" ? this.now() : this.plan()),
            pause
        );
    }

    async flight(asked) {
        const last = (await read(this.db, "meta", "synced")) || 0;
        const rows = await outbox.list(this.db);
        if (last > asked && !rows.some((op) => op.status === "pending")) {
            return this.onChange(); // another tab was faster
        }
        this.held = new Set();
        try {
            do {
                while (await this.round());
            } while (await this.sendMedia());
            this.failures = 0;
            this.onState("ok");
            await this.prolong();
        } catch (error) {
            if (error.name === "QuotaExceededError") {
                return this.onState("full"); // the server answers again as before
            }
            if (!(error instanceof Failure)) {
                throw error;
            }
            this.failures++;
            if (error.kind === "told") {
                return;
            }
            if (error.kind === "csrf") {
                this.token = null;
                this.wanted = this.failures < 3;
            }
            this.onState({ auth: "auth", server: "trouble" }[error.kind] || "offline");
        }
    }

    /**
     * Keep the session alive, which lasts for days, and what the server has noted in it. Seldom, for an answer under way while somebody signs out in another
     * tab would bring his session back.
     */
    async prolong() {
        const last = await read(this.db, "meta", "prolonged");
        if (last > Date.now() - PROLONG && !this.unsaved) {
            return;
        }
        if (last || this.unsaved) {
            await call("/field/ping", {}).catch(() => {});
        }
        await transact(this.db, ["meta"], ({ meta }) => meta.put(Date.now(), "prolonged"));
    }

    /** One request. Returns whether another one may bring more. */
    async round() {
        const rows = await outbox.list(this.db);
        const { picked, more } = outbox.pick(rows, this.held);
        const orders = await readAll(this.db, "orders");
        const catalogue = await read(this.db, "meta", "catalogue");
        const answer = await call("/field/sync", {
            protocol: PROTOCOL,
            uid: this.uid,
            device: this.device,
            sent_at: new Date().toISOString(),
            digest: Object.fromEntries(orders.map((order) => [order.id, order.print])),
            catalogue: catalogue?.fingerprint,
            ops: picked.map(outbox.pack),
            more,
            waiting: rows.length - picked.length,
            name: navigator.userAgent,
            shares_position: Boolean(await read(this.db, "meta", "position")),
        });
        if (answer.state) {
            this.onState(answer.state, answer);
            throw new Failure("told");
        }
        // Without the first part something that stays in error would spin.
        return (await this.take(answer, rows)) > 0 && more;
    }

    /** Keep what an answer brings; returns how many of the operations sent are final by it. */
    async take(answer, rows) {
        this.token = answer.csrf_token;
        this.unsaved = answer.unsaved;
        let final = 0;
        await transact(this.db, ["outbox", "media", "orders", "meta"], (stores) => {
            final = outbox.settle(stores, rows, answer.results);
            for (const order of answer.snapshot?.orders || []) {
                stores.orders.put({ ...order, print: answer.snapshot.digest[order.id] });
            }
            for (const id of answer.snapshot?.removed || []) {
                stores.orders.delete(id);
            }
            if (answer.catalogue) {
                stores.meta.put(answer.catalogue, "catalogue");
            }
            stores.meta.put(Date.now(), "synced");
            stores.meta.put({ uid: answer.uid, name: answer.name, lang: answer.lang }, "user");
        });
        for (const result of answer.results) {
            if (["blocked", "error"].includes(result.status)) {
                this.held.add(rows.find((row) => row.uuid === result.uuid)?.work_order_id);
            }
        }
        this.onAnswer(answer);
        await this.onChange();
        return final;
    }

    /** Send the files that wait. Returns whether an operation that waits for one may go now. */
    async sendMedia() {
        let sent = 0;
        for (const op of (await outbox.list(this.db)).filter((row) => row.type === "media" && row.status === "pending")) {
            const file = await read(this.db, "media", op.uuid);
            if (!this.token || this.stopped) {
                return false;
            }
            this.onState("sending", op.uuid);
            const answer = await upload(
                {
                    csrf_token: this.token,
                    uid: this.uid,
                    uuid: op.uuid,
                    device: this.device,
                    work_order_id: op.work_order_id,
                    taken_at: op.client_time,
                    sent_at: new Date().toISOString(),
                    ...op.payload,
                },
                new Blob([file.bytes], { type: file.mime })
            );
            if (answer.state) {
                this.wanted = true; // the next sync tells what has to be done
                throw new Failure("told");
            }
            await transact(this.db, ["outbox", "media", "orders"], (stores) => {
                outbox.settle(stores, [op], [{ ...answer, uuid: op.uuid }]);
                showSent(stores.orders, op, answer.result?.media_id);
            });
            sent += answer.status === "applied";
            this.held.delete(op.work_order_id);
            await this.onChange();
        }
        return sent > 0;
    }
}

/** Let a photo stay in its job until the next answer tells of it: it would be missing from the screen for so long. */
function showSent(orders, op, id) {
    const request = orders.get(op.work_order_id);
    request.onsuccess = () => {
        const order = request.result;
        if (id && order && !order.photos.some((photo) => photo.id === id)) {
            order.photos.push({ id, uuid: op.uuid, kind: op.payload.kind, type: "photo" });
            orders.put(order);
        }
    };
}
