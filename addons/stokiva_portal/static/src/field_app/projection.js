/* What is shown: the server's truth and what waits on this phone, never mixed up. No DOM, no database. */

const clone = (value) => JSON.parse(JSON.stringify(value));
const same = (line, name) => line.uuid === name || String(line.id) === String(name);
const waiting = (line, op) => Object.assign(line, { waits: !op.status || op.status === "pending" });

const APPLY = {
    event(order, { event, values = {} }, { targets }) {
        const atDesk = order.state === "accepted";
        order.state = targets[event] || order.state;
        if (event === "take_in") {
            order.custody = atDesk ? "workshop" : "technician";
        } else if (event === "hand_back") {
            order.custody = "customer";
        } else if (event === "move") {
            order.custody = values.custody;
        }
        order.done.push(event);
    },
    check(order, { line, is_done, remark }, _catalogue, op) {
        const item = order.checklist.find((one) => one.id === line);
        if (item) {
            waiting(Object.assign(item, { is_done, remark }), op);
        }
    },
    findings(order, { cause_id, resolution_id, diagnosis }) {
        Object.assign(order, { cause_id, resolution_id, diagnosis });
    },
    serial(order, { serial }) {
        order.device.serial = serial;
    },
    labour_add(order, { workmanship_id }, catalogue, op) {
        const entry = catalogue.workmanships.find(([id]) => id === workmanship_id);
        order.labour.push(waiting({ uuid: op.uuid, entry: workmanship_id, name: entry?.[1], quantity: 1 }, op));
    },
    part_add(order, { product_id, quantity }, catalogue, op) {
        const entry = catalogue.parts.find(([id]) => id === product_id);
        order.parts.push(waiting({ uuid: op.uuid, entry: product_id, name: entry?.[1], quantity }, op));
    },
    part_set(order, { line, quantity }, _catalogue, op) {
        const part = order.parts.find((one) => same(one, line));
        if (part) {
            waiting(Object.assign(part, { quantity }), op);
        }
    },
    labour_remove(order, { line }) {
        order.labour = order.labour.filter((one) => !same(one, line));
    },
    part_remove(order, { line }) {
        order.parts = order.parts.filter((one) => !same(one, line));
    },
    media(order, { kind }, _catalogue, op) {
        if (kind !== "complaint") {
            order.photos.push(waiting({ uuid: op.uuid, kind, type: "photo" }, op));
        }
    },
    media_remove(order, { photo }) {
        order.photos = order.photos.filter((one) => !same(one, photo));
    },
    ask(order, { kind, values }, { parts, workmanships }, op) {
        const thing = [...parts, ...workmanships].find(([id]) => String(id) === (values.product_id || values.workmanship_id));
        order.requests.push(waiting({ what: thing?.[1] || op.label, quantity: values.quantity, kind, tone: "warn" }, op));
    },
    dispute(order) {
        order.done.push("dispute");
    },
};

/** Whether an operation is about a job: on it, or with it, as an approval of the whole trip. */
export const concerns = (op, id) => op.work_order_id === id || id in (op.payload.others || {});

/**
 * Return an order as it will be when all that waits has been taken over.
 *
 * @param {Object} known the server's
 * @param {Object[]} ops of this order, in the order in which they were made; refused ones change nothing
 * @param {Object} catalogue
 */
export function project(known, ops, catalogue) {
    // What an older server or app has not stored is empty.
    const order = { requests: [], asks: [], take_along: [], ...clone(known), done: [] };
    for (const op of ops) {
        if (op.status === "pending") {
            APPLY[op.type]?.(order, op.payload, catalogue, op);
        }
    }
    order.waiting = ops.filter((op) => op.status === "pending").length;
    order.refused = ops.filter((op) => op.status === "refused").length;
    return order;
}

/** Return the steps that the workflow allows now, as the server's table says. */
export function getLegal(order) {
    const legal = order.legal[`${order.state}/${order.custody}`] || [];
    return legal.filter((event) => !(event === "submit" && order.done.includes("submit")));
}

/** Return what is missing before the work can be submitted: `{kind, what}` each. */
export function getMissing(order) {
    const missing = [];
    for (const kind of ["before", "after"]) {
        const taken = order.photos.filter((photo) => photo.kind === kind && photo.type === "photo").length;
        if (taken < order.needs[kind]) {
            missing.push({ kind: "photo", what: kind });
        }
    }
    if (order.needs.serial && !order.device.serial) {
        missing.push({ kind: "serial" });
    }
    if (order.needs.checklist && order.checklist.some((item) => item.is_mandatory && !item.is_done)) {
        missing.push({ kind: "checklist" });
    }
    return missing;
}
