import { onWillStart, useState } from "@odoo/owl";
import { Screen } from "../base";
import { SignaturePad } from "../signature_pad";

/** What a step of the workflow wants to be given, as the server's table says. */
export class StepForm extends Screen {
    static template = "stokiva_portal.FieldForm";
    static components = { ...Screen.components, SignaturePad };

    setup() {
        super.setup();
        this.view = useState({ values: {}, errors: {} });
        this.key = `${this.order.id}/${this.props.name}`;
        onWillStart(async () => {
            const kept = await this.store.readDraft(this.key);
            for (const input of this.inputs) {
                this.view.values[input.name] = kept?.[input.name] ?? (input.type === "checks" ? input.value || [] : `${input.value ?? ""}`);
            }
        });
    }

    get inputs() {
        return this.order.forms[this.props.name] || [];
    }

    keep() {
        return this.store.keepDraft(this.key, this.view.values);
    }

    tick(name, key) {
        const values = this.view.values;
        values[name] = values[name].includes(key) ? values[name].filter((one) => one !== key) : [...values[name], key];
        this.keep();
    }

    async send() {
        this.view.errors = {};
        for (const input of this.inputs) {
            if (input.required && !this.view.values[input.name]) {
                this.view.errors[input.name] = this._t("Please fill this in.");
            }
        }
        if (Object.keys(this.view.errors).length) {
            return;
        }
        const values = JSON.parse(JSON.stringify(this.view.values));
        const { signature } = values;
        delete values.signature;
        const payload = { values, ...(signature ? { signature } : {}) };
        if (await this.store.event(this.order, this.props.name, payload)) {
            await this.store.keepDraft(this.key, null);
            this.go(`job/${this.order.id}`);
        }
    }
}
