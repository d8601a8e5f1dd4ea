/* A phone's own databases. One per user: nobody sees or sends what another left on a shared phone. */
const STORES = {
    meta: {},
    orders: { keyPath: "id" },
    outbox: { keyPath: "seq", autoIncrement: true },
    media: { keyPath: "uuid" },
    thumbs: { keyPath: "uuid" },
    drafts: {},
};

/**
 * Open the database of a user.
 *
 * @param {string} name
 * @param {Function} onBlocking another tab wants to change or delete it
 * @param {Object} [layout] its stores
 * @returns {Promise<IDBDatabase>}
 */
export function openDatabase(name, onBlocking, layout = STORES) {
    return new Promise((resolve, reject) => {
        const request = indexedDB.open(name, 1);
        request.onupgradeneeded = () => {
            for (const [store, options] of Object.entries(layout)) {
                const made = request.result.createObjectStore(store, options);
                if (store === "outbox") {
                    made.createIndex("uuid", "uuid", { unique: true });
                }
            }
        };
        request.onsuccess = () => {
            request.result.onversionchange = () => {
                request.result.close();
                onBlocking();
            };
            resolve(request.result);
        };
        request.onerror = () => reject(request.error);
    });
}

/**
 * Carry out reads and writes together: all or none, and on the disk when the promise is kept.
 *
 * @param {IDBDatabase} db
 * @param {string[]} stores
 * @param {Function} work gets the stores by name; may return a request whose result is wanted
 */
export function transact(db, stores, work, mode = "readwrite") {
    return new Promise((resolve, reject) => {
        const tx = db.transaction(stores, mode, { durability: "strict" });
        let wanted;
        tx.oncomplete = () => resolve(wanted && wanted.result);
        tx.onerror = () => reject(tx.error);
        tx.onabort = () => reject(tx.error || new Error("aborted"));
        try {
            wanted = work(Object.fromEntries(stores.map((name) => [name, tx.objectStore(name)])));
        } catch (error) {
            tx.abort();
            reject(error);
        }
    });
}

/** Return all rows of a store. */
export function readAll(db, store) {
    return transact(db, [store], (stores) => stores[store].getAll(), "readonly");
}

/**
 * Read several things as they are at one moment.
 *
 * @param {Object} wanted by name `[store]` for all its rows, `[store, key]` for one
 * @returns {Promise<Object>} by name
 */
export async function readTogether(db, wanted) {
    const entries = Object.entries(wanted);
    const requests = {};
    await transact(db, [...new Set(entries.map(([, [store]]) => store))], (stores) => {
        for (const [name, [store, key]] of entries) {
            requests[name] = key === undefined ? stores[store].getAll() : stores[store].get(key);
        }
    }, "readonly");
    return Object.fromEntries(entries.map(([name]) => [name, requests[name].result]));
}

/** Return one row of a store, undefined without. */
export function read(db, store, key) {
    return transact(db, [store], (stores) => stores[store].get(key), "readonly");
}

/**
 * Open what the phone knows of itself: whose work it shows, and its own id. Not in localStorage, which browsers write
 * seconds later: one that was killed would not know whose work it holds.
 */
export function openPhone(onBlocking) {
    return openDatabase("stokiva-field", onBlocking, { meta: {} });
}

/** Delete a database; resolves when it is gone. */
export function dropDatabase(name) {
    return new Promise((resolve, reject) => {
        const request = indexedDB.deleteDatabase(name);
        request.onsuccess = () => resolve();
        request.onerror = () => reject(request.error);
    });
}
