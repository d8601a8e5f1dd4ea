import { useEffect } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { getTabableElements } from "@web/core/utils/ui";
import { formView } from "@web/views/form/form_view";
import { FormController } from "@web/views/form/form_controller";

/** A form in which Enter goes on to the next field, also to one that appears only then. */
export class ServiceDeskController extends FormController {
    setup() {
        super.setup();
        useEffect(
            (root) => {
                const listener = (ev) => this.onKeydown(ev);
                root?.addEventListener("keydown", listener);
                return () => root?.removeEventListener("keydown", listener);
            },
            () => [this.rootRef.el]
        );
    }

    onKeydown(ev) {
        const { target, key } = ev;
        const isPlain = !ev.altKey && !ev.ctrlKey && !ev.shiftKey && !ev.metaKey;
        // What follows the first field is not there before it is looked up.
        const goesOn = key === "Enter" || (key === "Tab" && target.closest(".o_stokiva_desk_query"));
        if (isPlain && goesOn && target.matches("input") && target.closest(".o_form_sheet")) {
            ev.preventDefault();
            this.goOn(target);
        }
    }

    async goOn(from) {
        await this.model.root.isDirty();
        await this.model.mutex.getUnlockedDef();
        const root = this.rootRef.el;
        let next;
        // The answer is there; drawing what it shows takes some frames.
        for (let frame = 0; frame < 10 && (frame < 2 || !next); frame++) {
            await new Promise((resolve) => requestAnimationFrame(resolve));
            next = this.findNext(from);
        }
        if (!next && !from.closest(".o_stokiva_desk_query")) {
            next = root.querySelector(".o_statusbar_buttons .btn-primary");
        }
        next?.focus();
    }

    findNext(from) {
        const isAfter = (el) => from.compareDocumentPosition(el) & Node.DOCUMENT_POSITION_FOLLOWING;
        const isOther = (el) => !(el.type === "radio" && el.name === from.name);
        return getTabableElements(this.rootRef.el.querySelector(".o_form_sheet")).find(
            (el) => el.matches("input, textarea") && isAfter(el) && isOther(el)
        );
    }
}

registry.category("views").add("stokiva_service_desk", { ...formView, Controller: ServiceDeskController });
