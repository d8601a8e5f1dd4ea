import { Component, onMounted, onWillStart, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const { DateTime } = luxon;
const REFRESH_EVERY = 30_000;

/** A few big figures for a screen on the wall: nobody touches it, so it looks after itself. */
export class Wall extends Component {
    static template = "stokiva_service.Wall";
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm").silent;
        this.state = useState({ tiles: [], readAt: null, isStale: false });
        // Who may not see it is told so; later failures are the network's.
        onWillStart(() => this.read());
        onMounted(() => {
            this.timer = browser.setInterval(() => this.refresh(), REFRESH_EVERY);
        });
        onWillUnmount(() => browser.clearInterval(this.timer));
    }

    async read() {
        const tiles = await this.orm.call("stokiva.dashboard", "get_wall", []);
        Object.assign(this.state, { tiles, readAt: DateTime.now(), isStale: false });
    }

    async refresh() {
        try {
            await this.read();
        } catch {
            this.state.isStale = true;
        }
    }

    get time() {
        return this.state.readAt.toLocaleString(DateTime.TIME_24_SIMPLE);
    }

    get day() {
        return this.state.readAt.toLocaleString({ weekday: "long", day: "numeric", month: "long" });
    }
}

registry.category("actions").add("stokiva_wall", Wall);
