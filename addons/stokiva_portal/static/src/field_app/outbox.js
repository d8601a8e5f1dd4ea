/* What was done and is not at the server yet. A row is here before anything says "saved". */
import { readAll, transact } from "./db";

const MAX_OPS = 20;
const MAX_BYTES = 400_000;
/** So often something is tried before the technician is told. */
export const TRIES = 5;

/** So much is left for what people write: a photo is refused before a word is. */
const RESERVE = 5_000_000;

const byPlace = (a, b) => a.place - b.place || a.seq - b.seq;

/** Put what is kept into the order in which it was made. */
export const sort = (rows) => rows.sort(byPlace);

/** Return all that is kept, sorted. */
export async function list(db) {
    return sort(await readAll(db, "outbox"));
}

/**
 * Keep an operation, with its file.
 *
 * @param {Object} op `{type, work_order_id, payload, requires, label, place}`
 * @param {Object} [media] `{bytes, mime, thumb}`
 * @returns {Promise<string>} its UUID, when it is on the disk
 * @throws {DOMException} QuotaExceededError; nothing is kept of it then
 */
export async function add(db, op, media) {
    if (media) {
        const { quota, usage } = (await navigator.storage?.estimate?.()) || {};
        if (quota && quota - usage < media.bytes.byteLength + RESERVE) {
            throw new DOMException("no room for a photo", "QuotaExceededError");
        }
    }
    const uuid = crypto.randomUUID();
    const made = { requires: [], ...op, uuid, status: "pending", tries: 0, client_time: new Date().toISOString() };
    await transact(db, ["outbox", "media", "thumbs"], ({ outbox, media: files, thumbs }) => {
        if (media) {
            files.add({ uuid, bytes: media.bytes, mime: media.mime });
            thumbs.add({ uuid, work_order_id: op.work_order_id, src: media.thumb });
        }
        outbox.add({ ...made, place: op.place ?? Date.now() });
    });
    return uuid;
}

/** Return what goes next: decisions first, nothing of a job that stands still. */
export function pick(rows, held) {
    const picked = [];
    let size = 0;
    for (const op of [...rows].sort((a, b) => (b.type === "decide") - (a.type === "decide") || byPlace(a, b))) {
        if (op.status !== "pending" || op.type === "media" || (held.has(op.work_order_id) && op.type !== "decide")) {
            continue;
        }
        const bytes = JSON.stringify(op.payload).length + 500;
        if (picked.length === MAX_OPS || (picked.length && size + bytes > MAX_BYTES)) {
            return { picked, more: true };
        }
        picked.push(op);
        size += bytes;
    }
    return { picked, more: false };
}

/** Return an operation as it is sent. */
export function pack({ uuid, type, work_order_id, payload, client_time, requires }) {
    return { uuid, type, work_order_id, payload, client_time, requires };
}

/**
 * Write down what became of operations; inside a transaction on `outbox` and `media`.
 *
 * @returns {number} how many are final
 */
export function settle(stores, rows, results) {
    let final = 0;
    for (const result of results) {
        const op = rows.find((row) => row.uuid === result.uuid);
        if (!op) {
            continue;
        }
        if (result.status === "applied" || (result.status === "rejected" && op.type === "decide")) {
            final++;
            stores.outbox.delete(op.seq);
            stores.media.delete(op.uuid); // the small copy stays to be looked at
        } else if (result.status === "rejected") {
            final++;
            stores.outbox.put({ ...op, status: "refused", code: result.code, message: result.message });
        } else {
            const tries = op.tries + (result.status === "error");
            stores.outbox.put({ ...op, tries, waits: result.code, message: result.message });
        }
    }
    return final;
}

/** Take something off the phone, its file with it; nothing waits for it any more, but for what replaces it. */
export async function discard(db, op, replacement = []) {
    const rows = await list(db);
    return transact(db, ["outbox", "media", "thumbs"], ({ outbox, media, thumbs }) => {
        outbox.delete(op.seq);
        media.delete(op.uuid);
        thumbs.delete(op.uuid);
        for (const row of rows.filter((one) => one.requires.includes(op.uuid))) {
            outbox.put({ ...row, requires: [...row.requires.filter((uuid) => uuid !== op.uuid), ...replacement] });
        }
    });
}

/** Return all that is not sent as one text, for a file. */
export async function exportAll(db, user) {
    const files = await readAll(db, "media");
    const encode = (bytes) => {
        let text = "";
        const view = new Uint8Array(bytes);
        for (let at = 0; at < view.length; at += 8192) {
            text += String.fromCharCode(...view.subarray(at, at + 8192));
        }
        return btoa(text);
    };
    return JSON.stringify({
        user,
        exported_at: new Date().toISOString(),
        operations: await list(db),
        files: files.map((file) => ({ ...file, bytes: encode(file.bytes) })),
    });
}
