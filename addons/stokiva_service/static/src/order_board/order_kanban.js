import { onWillStart } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { OFFICE, OrderStrip } from "./order_strip";

// Dropping a card into another column of these stands for something.
const DROPPABLE = ["board_column", "provider_id", "personnel_id"];

/** Cards of work orders. The server says what a drop means; nothing is written here. */
export class OrderKanbanRenderer extends KanbanRenderer {
    static template = "stokiva_service.OrderKanbanRenderer";
    static components = { ...KanbanRenderer.components, OrderStrip };

    setup() {
        super.setup();
        this.orm = useService("orm");
        this.action = useService("action");
        onWillStart(async () => {
            this.canPlan = await user.hasGroup(OFFICE);
        });
    }

    get canResequenceRecords() {
        return Boolean(
            this.canPlan && super.canResequenceRecords && DROPPABLE.includes(this.props.list.groupByField?.name)
        );
    }

    get canMoveRecords() {
        return this.canResequenceRecords;
    }

    /** A phone shows one column at a time: not an empty one. */
    getGroupsOrRecords() {
        const items = super.getGroupsOrRecords();
        if (!this.env.isSmall || !this.props.list.isGrouped) {
            return items;
        }
        const filled = items.filter(({ group }) => group.count);
        return filled.length ? filled : items.slice(0, 1);
    }

    async sortRecordDrop(dataRecordId, dataGroupId, { parent }) {
        const { groups, groupByField } = this.props.list;
        const target = groups.find(({ id }) => id === parent?.dataset.id);
        if (target && target.id !== dataGroupId) {
            await this.drop(dataRecordId, groupByField.name, target.value);
        }
    }

    /** Let the server do what a drop stands for. A refusal is shown as such; the card has not moved. */
    async drop(dataRecordId, name, value) {
        const { list } = this.props;
        const record = list.records.find(({ id }) => id === dataRecordId);
        if (!record) {
            return;
        }
        this.toggleProcessing(dataRecordId, true);
        try {
            const action = await this.orm.call(list.resModel, "action_drop", [[record.resId], name, value]);
            if (action === true) {
                await list.model.load();
            } else {
                await this.action.doAction(action, { onClose: () => list.model.load() });
            }
        } finally {
            this.toggleProcessing(dataRecordId, false);
        }
    }
}

registry.category("views").add("stokiva_order_kanban", { ...kanbanView, Renderer: OrderKanbanRenderer });
