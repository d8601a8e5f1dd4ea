import { Component, onMounted, onWillStart, onWillUnmount, onWillUpdateProps, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";

const REFRESH_EVERY = 60_000;
export const OFFICE = "stokiva_service.group_stokiva_call_centre";

// By the names of the search view's filters, as the server counts them.
const TILES = [
    { name: "to_assign", label: _t("to decide"), color: "text-danger" },
    { name: "waiting_provider", label: _t("waiting for an answer"), color: "text-warning-emphasis" },
    { name: "late", label: _t("late"), color: "text-danger" },
    { name: "at_risk", label: _t("at risk"), color: "text-warning-emphasis" },
    { name: "today_jobs", label: _t("to do today"), color: "" },
    { name: "no_window", label: _t("no time yet"), color: "" },
    { name: "awaiting_approval", label: _t("at the customer's"), color: "" },
];

/** Counts above the orders; each opens the list of exactly those. Counted anew every minute. */
export class OrderStrip extends Component {
    static template = "stokiva_service.OrderStrip";
    static props = {
        list: { type: Object, optional: true }, // when it is read again, so are the counts
        opensList: { type: Boolean, optional: true }, // instead of filtering what is below
        onRefresh: { type: Function, optional: true },
    };

    setup() {
        this.orm = useService("orm").silent;
        this.action = useService("action");
        this.tiles = TILES;
        this.state = useState({ counts: {} });
        onWillStart(async () => {
            this.isShown = !this.env.inDialog && (await user.hasGroup(OFFICE));
        });
        onMounted(() => {
            this.count();
            this.timer = browser.setInterval(() => this.refresh(), REFRESH_EVERY);
        });
        onWillUnmount(() => browser.clearInterval(this.timer));
        onWillUpdateProps(({ list }) => {
            if (list !== this.props.list) {
                this.count();
            }
        });
    }

    async count() {
        if (this.isShown) {
            this.state.counts = await this.orm.call("stokiva.work.order", "get_strip", []);
        }
    }

    async refresh() {
        if (!document.hidden) {
            await Promise.all([this.props.onRefresh?.(), this.count()]);
        }
    }

    getItem(name) {
        return this.env.searchModel.getSearchItems((item) => item.name === name)[0];
    }

    isActive(name) {
        return Boolean(!this.opensList && this.getItem(name)?.isActive);
    }

    /** A list that shows some orders only would not show all that are counted. */
    get opensList() {
        return this.props.opensList || Boolean(this.env.searchModel.globalDomain.length);
    }

    onClick(name) {
        if (this.opensList) {
            this.action.doAction("stokiva_service.work_order_action", {
                additionalContext: { search_default_open: 0, [`search_default_${name}`]: 1 },
                viewType: "list",
            });
            return;
        }
        const { searchModel } = this.env;
        const item = this.getItem(this.isActive(name) ? "open" : name);
        searchModel.query = [];
        searchModel.toggleSearchItem(item.id);
    }
}
