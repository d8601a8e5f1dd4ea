import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";

/**
 * The button under a statement says what it will do: how many rows are confirmed, how many objections are sent. An
 * objection is a row with a reason. Without JavaScript the server's words stay, and the form does the same.
 */
export class StatementAnswer extends Interaction {
    static selector = ".o_stokiva_statement";
    dynamicContent = {
        textarea: { "t-on-input": this.update },
        ".o_stokiva_take_back": { "t-on-click": this.onTakeBack },
        ".o_stokiva_answer_text": { "t-out": () => this.text },
    };

    setup() {
        this.rows = [...this.el.querySelectorAll(".o_stokiva_answerable")];
        this.update();
    }

    update() {
        let objections = 0;
        for (const row of this.rows) {
            const isObjected = Boolean(row.querySelector("textarea")?.value.trim());
            objections += isObjected;
            row.classList.toggle("o_stokiva_objected", isObjected);
            row.querySelector(".o_stokiva_take_back")?.classList.toggle("d-none", !isObjected);
        }
        const rows = this.rows.length - objections;
        const kind = !objections ? "all" : rows ? "some" : "none";
        this.text = this.el
            .querySelector(`.o_stokiva_answer_${kind}`)
            ?.textContent.replace("{rows}", rows)
            .replace("{objections}", objections);
    }

    onTakeBack(ev) {
        const details = ev.currentTarget.closest("details");
        details.querySelector("textarea").value = "";
        details.open = false;
        this.update();
    }
}

registry.category("public.interactions").add("stokiva_portal.statement_answer", StatementAnswer);
