import { registry } from "@web/core/registry";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";
import { OrderStrip } from "./order_strip";

export class OrderListRenderer extends ListRenderer {
    static template = "stokiva_service.OrderListRenderer";
    static components = { ...ListRenderer.components, OrderStrip };
}

registry.category("views").add("stokiva_order_list", { ...listView, Renderer: OrderListRenderer });
