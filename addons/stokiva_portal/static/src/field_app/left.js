/* What others and former jobs have left on the phone. */
import { readAll, readTogether, transact } from "./db";

/** Note who works on this phone, and find what somebody else has left; it stays in his own database until he signs in. */
export async function findLeft(store, uid) {
    const { uid: last, name, ops } = store.state;
    const known = await readTogether(store.phone, { uid: ["meta", "uid"], left: ["meta", "left"] });
    let left = known.left || null;
    if (last && last !== uid && ops.length) {
        left = { uid: last, name, count: ops.length };
    }
    store.state.left = left && left.uid !== uid ? left : null;
    if (known.uid !== uid || left !== known.left) {
        await transact(store.phone, ["meta"], ({ meta }) => {
            meta.put(uid, "uid");
            meta.put(store.state.left && { ...store.state.left }, "left");
        });
    }
}

/** Small copies go with their jobs. */
export async function forgetThumbs(store) {
    const kept = new Set(store.state.orders.map((order) => order.id));
    const waiting = new Set(store.state.ops.map((op) => op.uuid));
    const old = (await readAll(store.db, "thumbs")).filter((one) => !kept.has(one.work_order_id) && !waiting.has(one.uuid));
    await transact(store.db, ["thumbs"], ({ thumbs }) => old.forEach(({ uuid }) => thumbs.delete(uuid)));
}
