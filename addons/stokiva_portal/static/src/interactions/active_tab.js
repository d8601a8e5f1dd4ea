import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";

/** Brings the tab or filter that is open into sight, where a row of them is wider than the phone. */
export class ActiveTab extends Interaction {
    static selector = ".o_stokiva_nav, .o_stokiva_chips";

    start() {
        const active = this.el.querySelector(".active");
        if (active) {
            const row = this.el.getBoundingClientRect();
            const tab = active.getBoundingClientRect();
            this.el.scrollLeft += tab.left + tab.width / 2 - row.left - row.width / 2;
        }
    }
}

registry.category("public.interactions").add("stokiva_portal.active_tab", ActiveTab);
