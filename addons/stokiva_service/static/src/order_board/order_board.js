import { onMounted, onWillUpdateProps, useExternalListener, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatFloat } from "@web/core/utils/numbers";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { OrderKanbanRenderer } from "./order_kanban";

const EMPTY = {
    decide: _t("Nothing to decide."),
    answer: _t("No provider has to answer."),
    risk: _t("Nothing is late or at risk."),
    today: _t("Nobody is in the field."),
};
// While one of these is open, somebody is about something: the board waits.
const BUSY = ".o_dialog, .o-dropdown--menu, .o_popover";

/** The dispatcher's board: what has to be decided, and beside it who has time today. */
export class OrderBoardRenderer extends OrderKanbanRenderer {
    static template = "stokiva_service.OrderBoardRenderer";

    setup() {
        super.setup();
        this.load = useState({ rows: [], opened: {} });
        this.draggedId = null;
        this.isDroppedOnProvider = false;
        onMounted(() => this.readLoad());
        onWillUpdateProps(({ list }) => {
            if (list !== this.props.list) {
                this.readLoad();
            }
        });
        useExternalListener(window, "pointerup", (ev) => this.onPointerUp(ev), { capture: true });
        this.refresh = this.refresh.bind(this);
    }

    // === REFRESHING === //

    get isBusy() {
        return Boolean(this.draggedId || this.getSelection().length || document.querySelector(BUSY));
    }

    /** Read all again; what is folded, loaded more, focused or scrolled to stays so. */
    async refresh() {
        if (this.isBusy) {
            return;
        }
        const { list } = this.props;
        const focusedId = document.activeElement?.closest(".o_kanban_record")?.dataset.id;
        const focused = list.records.find(({ id }) => id === focusedId);
        const renderer = this.rootRef.el;
        const { scrollTop, scrollLeft } = renderer;
        await list.model.load();
        await new Promise((resolve) => requestAnimationFrame(resolve));
        Object.assign(renderer, { scrollTop, scrollLeft });
        const again = focused && list.model.root.records.find(({ resId }) => resId === focused.resId);
        if (again) {
            renderer.querySelector(`.o_kanban_record[data-id="${again.id}"]`)?.focus();
        }
    }

    async readLoad() {
        if (this.canPlan && !this.env.isSmall) {
            this.load.rows = await this.orm.silent.call(this.props.list.resModel, "get_load", []);
        }
    }

    // === LOAD === //

    getEmptyText(group) {
        return EMPTY[group.value] || _t("None.");
    }

    getShare({ minutes, work }) {
        return work ? Math.min(100, Math.round((100 * minutes) / work)) : minutes ? 100 : 0;
    }

    getColor(row) {
        const share = this.getShare(row);
        return share >= 100 ? "danger" : share >= 80 ? "warning" : "primary";
    }

    getFreeText({ work, free }) {
        if (!work) {
            return _t("closed today");
        }
        if (free <= 0) {
            return _t("no time left today");
        }
        return _t("%s h free", formatFloat(free / 60, { digits: [0, 1], trailingZeros: false }));
    }

    async openJobs(name, row) {
        const action = await this.orm.call(this.props.list.resModel, "action_view_today", [name, row.id]);
        await this.action.doAction(action);
    }

    // === DROPPING ON A PROVIDER === //

    sortStart(params) {
        this.draggedId = params.element.dataset.id;
        this.isDroppedOnProvider = false;
        super.sortStart(params);
    }

    sortStop(params) {
        this.draggedId = null;
        super.sortStop(params);
    }

    onPointerUp(ev) {
        if (!this.draggedId) {
            return;
        }
        // While something is dragged, no element takes pointer events: only their places tell.
        const row = [...document.querySelectorAll(".o_stokiva_load_provider")].find((el) => {
            const { left, right, top, bottom } = el.getBoundingClientRect();
            return left <= ev.clientX && ev.clientX <= right && top <= ev.clientY && ev.clientY <= bottom;
        });
        if (row) {
            this.isDroppedOnProvider = true;
            this.drop(this.draggedId, "provider_id", Number(row.dataset.providerId));
        }
    }

    async sortRecordDrop() {
        if (!this.isDroppedOnProvider) {
            await super.sortRecordDrop(...arguments);
        }
    }
}

registry.category("views").add("stokiva_order_board", { ...kanbanView, Renderer: OrderBoardRenderer });
