/* The app's state: what the database holds, joined for the screens, and what people do to it. */
import { reactive } from "@odoo/owl";
import { call, Failure, readAnswer } from "./api";
import { dropDatabase, openDatabase, openPhone, read, readTogether, transact } from "./db";
import { locate } from "./evidence";
import { chooseLang, _t } from "./i18n";
import { findLeft, forgetThumbs } from "./left";
import { countNew } from "./new_jobs";
import * as outbox from "./outbox";
import { concerns, project } from "./projection";
import { keepRinging, stopRinging } from "./push";
import { Sync } from "./sync";

const NO_WORDS = { workmanships: [], parts: [], faults: [], targets: {}, actions: {}, states: {}, kinds: {}, forms: {} };

const reload = () => location.reload();

export class Store {
    constructor() {
        this.state = reactive({
            ready: false,
            uid: null,
            name: "",
            link: "ok", // ok, offline, trouble, auth, upgrade_required, no_technician
            sending: null,
            synced: null,
            skew: 0,
            update: false,
            full: null, // what found no room: "photo" or "all"
            left: null, // what somebody else has not sent from this phone: `{uid, name, count}`
            position: undefined, // whether this technician lets the phone say where it is; undefined: not asked yet
            seen: null, // the jobs that were looked at
            busy: 0, // photos that are being stored; "nothing waits" is not true before
            orders: [],
            ops: [],
            thumbs: {},
            catalogue: null,
            sentToday: 0,
        });
        this.channel = new BroadcastChannel("stokiva-field");
        this.channel.onmessage = () => this.refresh();
    }

    async start() {
        this.phone = await openPhone(reload);
        const { device, uid } = await readTogether(this.phone, { device: ["meta", "device"], uid: ["meta", "uid"] });
        this.device = device || window.stokivaFirst?.device || crypto.randomUUID();
        if (!device) {
            await this.remember("device", this.device);
        }
        if (uid) {
            await this.open(uid);
        } else {
            await this.meet();
        }
        this.state.ready = true;
    }

    remember(key, value) {
        return transact(this.phone, ["meta"], ({ meta }) => meta.put(value, key));
    }

    /** Find out who is signed in on this phone, if anybody; the page itself may have asked already. */
    async meet() {
        const first = window.stokivaFirst?.answer.catch(() => { throw new Failure("network"); }).then(readAnswer);
        try {
            const answer = await (first || call("/field/ping", {}));
            await this.open(answer.uid, answer);
        } catch (error) {
            this.state.link = error.kind === "auth" ? "auth" : "offline";
        }
    }

    /**
     * Show what the phone has of somebody.
     *
     * @param {number} uid
     * @param {Object} [answer] of a first sync, if there was one
     */
    async open(uid, answer) {
        this.sync?.stop();
        this.db?.close();
        await findLeft(this, uid);
        this.state.uid = uid;
        this.name = `stokiva-field-${uid}`;
        this.db = await openDatabase(this.name, reload);
        this.sync = new Sync({
            db: this.db,
            uid,
            device: this.device,
            onAnswer: (answer) => this.onAnswer(answer),
            onState: (state, detail) => this.onState(state, detail),
            onChange: async () => {
                await this.refresh();
                await countNew(this);
                this.channel.postMessage("changed");
            },
        });
        if (answer?.results) {
            await this.sync.take(answer, []);
        } else {
            await this.refresh();
        }
    }

    /** Do what no screen waits for. */
    async run() {
        if (this.sync) {
            this.sync.start();
            keepRinging();
            navigator.storage?.persist?.();
            await forgetThumbs(this);
        }
    }

    async refresh() {
        const { orders, outbox: rows, thumbs, catalogue, user, synced, position, seen } = await readTogether(this.db, {
            orders: ["orders"],
            outbox: ["outbox"],
            thumbs: ["thumbs"],
            ...Object.fromEntries(["catalogue", "user", "synced", "position", "seen"].map((key) => [key, ["meta", key]])),
        });
        const ops = outbox.sort(rows);
        const words = { ...NO_WORDS, ...catalogue };
        Object.assign(this.state, {
            catalogue: words,
            ops,
            synced: synced || null,
            position,
            seen: seen || null,
            name: user?.name || "",
            thumbs: Object.fromEntries(thumbs.map(({ uuid, src }) => [uuid, src])),
            orders: orders.map((order) =>
                project(order, ops.filter((op) => concerns(op, order.id)), words)
            ),
        });
    }

    // -- what the server says -----------------------------------------------------------------------------

    onAnswer(answer) {
        this.state.skew = Date.parse(answer.server_time.replace(" ", "T") + "Z") - Date.now();
        this.state.sentToday += answer.results.filter((result) => result.status === "applied").length;
        if (answer.version !== document.querySelector("meta[name=app-version]")?.content) {
            this.findUpdate();
        }
        if (chooseLang(answer.lang) && !this.state.busy) {
            location.reload();
        }
    }

    /** Look for a new version, which is then offered. */
    findUpdate() {
        navigator.serviceWorker?.getRegistration("/field/").then((registration) => registration?.update().catch(() => {}));
    }

    onState(state, detail) {
        if (state === "sending") {
            this.state.sending = detail;
            return;
        }
        this.state.sending = null;
        if (state === "wrong_user") {
            this.sync.stop();
            this.open(detail.uid).then(() => this.run()); // what the other one has not sent stays in his own database
            return;
        }
        if (state === "full") {
            this.state.full = "all";
            return;
        }
        if (state === "upgrade_required") {
            this.findUpdate();
        }
        this.state.link = state;
    }

    // -- what people do -----------------------------------------------------------------------------------

    /**
     * Keep what somebody did; it is on the disk when the promise is kept.
     *
     * @param {string} type
     * @param {number} orderId
     * @param {Object} payload
     * @param {Object} [more] `{label, requires, place, media}`
     */
    async act(type, orderId, payload, { media, ...more } = {}) {
        let uuid;
        try {
            uuid = await outbox.add(this.db, { type, work_order_id: orderId, payload, ...more }, media);
            this.state.full = null;
        } catch (error) {
            if (error.name !== "QuotaExceededError") {
                throw error;
            }
            this.state.full = media ? "photo" : "all";
            return false;
        }
        await this.refresh();
        this.channel.postMessage("changed");
        this.sync.now();
        return uuid;
    }

    async event(order, event, payload = {}, more = {}) {
        const label = this.state.catalogue.actions[event] || event;
        const check_in = event === "start" ? await locate(this, order) : null;
        return this.act("event", order.id, { event, ...payload, ...(check_in ? { check_in } : {}) }, { label, ...more });
    }

    // -- what was refused ---------------------------------------------------------------------------------

    async decide(op, decision) {
        const replacement = [];
        if (decision === "retried") {
            const file = op.type === "media" ? await read(this.db, "media", op.uuid) : null;
            const uuid = await outbox.add(
                this.db,
                { type: op.type, work_order_id: op.work_order_id, payload: op.payload, label: op.label, place: op.place, requires: op.requires },
                file && { ...file, thumb: this.state.thumbs[op.uuid] || "" }
            );
            replacement.push(uuid);
        }
        await outbox.discard(this.db, op, replacement);
        await this.act("decide", op.work_order_id, { uuid: op.uuid, decision }, { label: _t("Decision") });
    }

    async exportFile() {
        const text = await outbox.exportAll(this.db, this.state.name);
        const link = document.createElement("a");
        link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
        link.download = `stokiva-${new Date().toISOString().slice(0, 16)}.json`;
        link.click();
        URL.revokeObjectURL(link.href);
    }

    // -- signing in and out -------------------------------------------------------------------------------

    async login(login, password) {
        const answer = await call("/field/login", { login, password });
        if (answer.redirect) {
            location.href = answer.redirect;
        } else if (answer.error) {
            return answer.error;
        } else {
            this.state.link = "ok";
            if (answer.uid === this.state.uid && this.sync) {
                this.sync.token = null;
                this.sync.now();
            } else {
                await this.open(answer.uid);
                this.run();
            }
        }
        return null;
    }

    /** Sign out; what is not sent is not lost by it: nothing happens then. */
    async logout() {
        if (this.state.ops.length || this.state.busy) {
            return false;
        }
        await stopRinging();
        await call("/field/logout", {});
        this.sync.stop();
        await transact(this.db, ["orders", "meta", "media", "thumbs", "drafts"], (stores) => {
            Object.values(stores).forEach((store) => store.clear());
        });
        this.db.close();
        await dropDatabase(this.name).catch(() => {});
        await this.remember("uid", null);
        location.hash = "";
        location.reload();
        return true;
    }

    // -- half-filled forms --------------------------------------------------------------------------------

    readDraft(key) {
        return read(this.db, "drafts", key);
    }

    keepDraft(key, value) {
        return transact(this.db, ["drafts"], ({ drafts }) =>
            value === null ? drafts.delete(key) : drafts.put(JSON.parse(JSON.stringify(value)), key)
        );
    }
}
