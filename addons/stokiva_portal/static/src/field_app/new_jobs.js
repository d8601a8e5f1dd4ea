/* Which jobs nobody has looked at yet; what comes with the first connection is not new. */
import { transact } from "./db";

export const isNew = ({ seen }, order) => Boolean(seen) && order.state === "accepted" && !seen.includes(order.id);

/** Note that jobs were looked at. */
export async function see(store, orders) {
    const { state } = store;
    const kept = (state.seen || []).filter((id) => state.orders.some((order) => order.id === id));
    state.seen = [...new Set([...kept, ...orders.map((order) => order.id)])];
    await transact(store.db, ["meta"], ({ meta }) => meta.put([...state.seen], "seen"));
    await countNew(store);
}

/** Show on the app's icon how many jobs are new. */
export async function countNew(store) {
    const { state } = store;
    if (!state.seen && state.synced) {
        return see(store, state.orders);
    }
    const count = state.orders.filter((order) => isNew(state, order)).length;
    await navigator.setAppBadge?.(count).catch(() => {});
}
