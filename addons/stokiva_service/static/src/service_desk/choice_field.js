import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

let nextId = 0;

/**
 * Rows to choose a record from by the arrow keys, as the server wrote them into a Json field:
 * `{id, label, note, badge, badge_class}`. The row with id 0 chooses none, and ticks another field.
 */
export class ChoiceField extends Component {
    static template = "stokiva_service.ChoiceField";
    static props = {
        ...standardFieldProps,
        items: { type: String },
        none: { type: String },
    };

    setup() {
        this.id = `stokiva_choice_${nextId++}`;
    }

    get items() {
        return this.props.record.data[this.props.items] || [];
    }

    isChosen(item) {
        const { data } = this.props.record;
        const value = data[this.props.name];
        return item.id ? value && value.id === item.id : !value && data[this.props.none];
    }

    choose(item) {
        this.props.record.update({
            [this.props.name]: item.id ? { id: item.id, display_name: item.label } : false,
            [this.props.none]: !item.id,
        });
    }
}

registry.category("fields").add("stokiva_choice", {
    component: ChoiceField,
    supportedTypes: ["many2one"],
    fieldDependencies: ({ options }) => [
        { name: options.items, type: "json" },
        { name: options.none, type: "boolean", readonly: false },
    ],
    extractProps: ({ options }) => ({ items: options.items, none: options.none }),
});
