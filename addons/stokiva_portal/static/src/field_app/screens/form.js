import { onWillStart, useState } from "@odoo/owl";
import { Screen } from "../base";
import { Chooser, getLabour, getStockText } from "../chooser";
import { SignaturePad } from "../signature_pad";
import { say } from "../words";

// What can be none is told at once; what the marks in it mean is the server's to say.
const NUMBER = /^[\d\s.,]*[1-9][\d\s.,]*$/;

/** What a step of the workflow wants to be given, as the server's table says. */
export class StepForm extends Screen {
    static template = "stokiva_portal.FieldForm";
    static components = { ...Screen.components, Chooser, SignaturePad };

    setup() {
        super.setup();
        this.view = useState({ values: {}, errors: {} });
        this.key = `${this.order.id}/${this.props.name}`;
        onWillStart(async () => {
            const kept = await this.store.readDraft(this.key);
            for (const input of this.inputs) {
                this.view.values[input.name] = kept?.[input.name] ?? this.getInitial(input);
            }
        });
    }

    getInitial({ type, value }) {
        return type === "checks" ? value || [] : `${value ?? ""}`;
    }

    get inputs() {
        return this.order.forms[this.props.name] || this.state.catalogue.forms[this.props.name] || [];
    }

    /** What the office is asked for, if it is asked and this is no step of the workflow. */
    get asked() {
        return this.props.name.split("ask_")[1];
    }

    /** What can be chosen for a part or a labour: `{id, name, note}`. */
    getChoices({ type }) {
        if (type === "labour") {
            return getLabour(this.order, this.state.catalogue).map(([id, name]) => ({ id, name }));
        }
        return this.state.catalogue.parts
            .filter(([, , , , , stock]) => type === "part" || (stock !== null && stock !== undefined))
            .map(([id, name, code, barcode, , stock]) => ({
                id,
                name,
                note: this.joined(code, getStockText(stock)),
                words: `${code || ""} ${barcode || ""}`,
            }));
    }

    keep() {
        return this.store.keepDraft(this.key, this.view.values);
    }

    choose(name, id) {
        this.view.values[name] = id;
        return this.keep();
    }

    tick(name, key) {
        const values = this.view.values;
        values[name] = values[name].includes(key) ? values[name].filter((one) => one !== key) : [...values[name], key];
        this.keep();
    }

    async send() {
        this.view.errors = {};
        for (const input of this.inputs) {
            const value = this.view.values[input.name];
            if (input.required && !value) {
                this.view.errors[input.name] = this._t("Please fill this in.");
            } else if (input.type === "number" && value && !NUMBER.test(value)) {
                this.view.errors[input.name] = this._t("“%s” is not a number above zero.", value);
            }
        }
        if (Object.keys(this.view.errors).length) {
            return;
        }
        const values = JSON.parse(JSON.stringify(this.view.values));
        const { signature } = values;
        delete values.signature;
        const payload = { values, ...(signature ? { signature } : {}) };
        const { asked } = this;
        const isKept = asked
            ? await this.store.act("ask", this.order.id, { kind: asked, values }, { label: say.asked(asked, this.action(this.props.name)) })
            : await this.store.event(this.order, this.props.name, payload);
        if (isKept) {
            await this.store.keepDraft(this.key, null);
            this.go(`job/${this.order.id}`);
        }
    }
}
