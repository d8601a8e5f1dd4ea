/* What every screen has. */
import { Component, markup, useState } from "@odoo/owl";
import { allowPosition } from "./evidence";
import { SHAPES } from "./icons";
import * as i18n from "./i18n";
import { say } from "./words";

export class Icon extends Component {
    static template = "stokiva_portal.FieldIcon";
    static props = { name: String };

    get shape() {
        return markup(`<svg class="i" viewBox="0 0 24 24" aria-hidden="true">${SHAPES[this.props.name]}</svg>`);
    }
}

export const STATE_ICONS = {
    accepted: "calcheck",
    on_the_way: "van",
    in_progress: "wrench",
    awaiting_approval: "pen",
    completed: "done",
    canceled: "remove",
    returned: "history",
};
export const EVENT_ICONS = {
    depart: "van",
    start: "wrench",
    submit: "check",
    suspend: "remove",
    pause: "pause",
    take_in: "box",
    hand_back: "box",
    move: "box",
    collect: "check",
    return: "history",
};

export class State extends Component {
    static template = "stokiva_portal.FieldState";
    static components = { Icon };
    static props = { order: Object };

    setup() {
        this.state = useState(this.env.store.state);
        this.icons = STATE_ICONS;
    }
}

export class Screen extends Component {
    static components = { Icon, State };
    static props = { order: { type: Object, optional: true }, name: { type: String, optional: true } };

    setup() {
        this.store = this.env.store;
        this.state = useState(this.store.state);
        this.go = this.env.go;
        this.icons = EVENT_ICONS;
        Object.assign(this, i18n, { say });
    }

    allowPosition(isAllowed) {
        return allowPosition(this.store, isAllowed);
    }

    get order() {
        return this.props.order;
    }

    action(event) {
        return this.state.catalogue.actions[event] || event;
    }

    /** Return the customer's telephone, address and map, for the phone's own apps. */
    getContact(order) {
        const customer = order.customer;
        if (!customer) {
            return null;
        }
        const place = customer.position ? customer.position.join(",") : customer.lines.join(", ");
        const isApple = /iPhone|iPad|Macintosh/.test(navigator.userAgent);
        return {
            tel: customer.tel && `tel:${customer.tel}`,
            sms: customer.tel && `sms:${customer.tel}`,
            map: isApple
                ? `https://maps.apple.com/?daddr=${encodeURIComponent(place)}`
                : `geo:${customer.position ? place : "0,0"}?q=${encodeURIComponent(place)}`,
        };
    }

    /** What the technician should have with him: what has come for the job, is noted on it, or such jobs often need. */
    getTakeAlong({ state, parts, requests, take_along }) {
        if (state !== "accepted") {
            return [];
        }
        const arrived = requests.filter((row) => row.is_here);
        const known = [...new Set([...arrived.map((row) => row.what), ...parts.map((line) => line.name)])];
        const likely = take_along.filter(([name]) => !known.some((one) => one.includes(name)));
        return [...known, ...likely.map(([name, share]) => `${name} (${i18n.percent(share)})`)];
    }

    getHours(order) {
        const [start, end] = order.window;
        return start ? `${i18n.hour(start, order.tz)}–${i18n.hour(end, order.tz)}` : i18n._t("No time yet");
    }
}
