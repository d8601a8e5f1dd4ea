/* Photos and positions: what proves where and how the work was done. */
import { transact } from "./db";
import { _t } from "./i18n";
import * as outbox from "./outbox";
import { findPosition, shrink } from "./photo";

/** Return where the phone is, if the company asks for it and the technician agrees; null without. */
export async function locate(store, order) {
    if (!order.wants_position || !store.state.position) {
        return null;
    }
    store.state.busy++;
    try {
        return await findPosition();
    } finally {
        store.state.busy--;
    }
}

/** Remember whether the technician agrees; the browser asks him, too. */
export async function allowPosition(store, isAllowed) {
    await transact(store.db, ["meta"], ({ meta }) => meta.put(isAllowed, "position"));
    await store.refresh();
    if (isAllowed) {
        await findPosition();
    }
    store.sync.now();
}

/** Keep photos; returns the operations' UUIDs, fewer than files when one could not be kept. */
export async function addPhotos(store, order, kind, files) {
    store.state.busy++;
    const uuids = [];
    const label = store.state.catalogue.kinds[kind] || _t("Photo of the customer's complaint");
    try {
        const position = await locate(store, order);
        for (const file of files) {
            const media = await shrink(file);
            const uuid = media && (await store.act("media", order.id, { kind, ...position }, { media, label }));
            if (!uuid) {
                break;
            }
            uuids.push(uuid);
        }
    } finally {
        store.state.busy--;
    }
    return uuids;
}

/** Take a photo away: off the phone when it is only there, else at the server, too. */
export async function removePhoto(store, order, photo) {
    const op = store.state.ops.find((one) => one.uuid === photo.uuid);
    if (op && store.state.sending !== op.uuid) {
        await outbox.discard(store.db, op);
        await store.refresh();
        store.channel.postMessage("changed");
        return;
    }
    const requires = op ? [op.uuid] : [];
    await store.act("media_remove", order.id, { photo: photo.uuid || photo.id }, { requires, label: _t("Photo taken away") });
}

/** Return the files of an order that have not arrived. */
export const getWaitingMedia = ({ state }, order) =>
    state.ops
        .filter((op) => op.work_order_id === order.id && op.type === "media" && op.status === "pending")
        .map((op) => op.uuid);
