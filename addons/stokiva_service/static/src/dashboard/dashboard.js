import { Component, markup, onMounted, onWillStart, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { ControlPanel } from "@web/search/control_panel/control_panel";
import { View } from "@web/views/view";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const REFRESH_EVERY = 60_000;
// The search view brings all fields along; a click on a graph opens the list.
const getViews = () => ["graph", "pivot", "list", "form", "search"].map((type) => [false, type]);

/** Figures of now, counted anew every minute, and Odoo's own graphs of the last days. */
export class Dashboard extends Component {
    static template = "stokiva_service.Dashboard";
    static components = { ControlPanel, View };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ days: 90, board: null });
        onWillStart(() => this.load());
        onMounted(() => {
            this.timer = browser.setInterval(() => this.refresh(), REFRESH_EVERY);
        });
        onWillUnmount(() => browser.clearInterval(this.timer));
    }

    read(orm, days) {
        return orm.call("stokiva.dashboard", "get_board", [this.props.action.params.board, days]);
    }

    async load(days = this.state.days) {
        const board = await this.read(this.orm, days);
        Object.assign(this.state, { days, board });
    }

    /** The graphs stay as they are: whoever looks at one is not to be disturbed. */
    async refresh() {
        if (!document.hidden) {
            const { tiles } = await this.read(this.orm.silent, this.state.days);
            this.state.board.tiles = tiles;
        }
    }

    getPeriodText(days) {
        return days === 365 ? _t("12 months") : _t("%s days", days);
    }

    getViewProps({ model, domain, context }) {
        return {
            type: "graph",
            resModel: model,
            views: getViews(),
            searchViewId: false,
            domain,
            context,
            display: { controlPanel: false },
            useSampleModel: false,
            noContentHelp: markup`<p class="text-muted">${_t("Nothing to show")}</p>`,
        };
    }

    /** The action's own filters would find something else than what was counted. */
    async openTile({ action, search }) {
        const { context, ...loaded } = await this.action.loadAction(action);
        const kept = Object.entries(context).filter(([name]) => !name.startsWith("search_default_"));
        const chosen = search.map((name) => [`search_default_${name}`, 1]);
        return this.action.doAction(
            { ...loaded, context: Object.fromEntries([...kept, ...chosen]) },
            { viewType: "list" }
        );
    }

    openChart({ title, model, domain, context }) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: title,
            res_model: model,
            views: getViews(),
            domain,
            context,
        });
    }
}

registry.category("actions").add("stokiva_dashboard", Dashboard);
