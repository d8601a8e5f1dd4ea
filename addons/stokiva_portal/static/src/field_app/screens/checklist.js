import { Screen } from "../base";

export class Checklist extends Screen {
    static template = "stokiva_portal.FieldChecklist";

    tick(item) {
        return this.keep(item, !item.is_done, item.remark);
    }

    keep(item, is_done, remark) {
        return this.store.act("check", this.order.id, { line: item.id, is_done, remark }, { label: item.name });
    }
}
