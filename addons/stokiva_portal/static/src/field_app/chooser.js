/* Something of the catalogue is looked for and chosen. */
import { Component, useState } from "@odoo/owl";
import { canScan, scan } from "./barcode";
import { Icon } from "./base";
import { lang, number, _t } from "./i18n";

const SHOWN = 40;

/** Return the rows of the catalogue's labour that fit a job. */
export const getLabour = (order, { workmanships }) =>
    workmanships.filter(
        ([, , , type, service]) => order.types.includes(type) && (!service || service === order.service_id)
    );

export function getStockText(stock) {
    if (stock === null || stock === undefined) {
        return "";
    }
    return stock > 0 ? _t("You have %s", number(stock)) : _t("You have none");
}

export class Chooser extends Component {
    static template = "stokiva_portal.FieldChooser";
    static components = { Icon };
    static props = { choices: Array, chosen: { type: String, optional: true }, onChoose: Function };

    setup() {
        this.canScan = canScan();
        this.view = useState({ search: "" });
    }

    get found() {
        const wanted = this.view.search.trim().toLocaleLowerCase(lang);
        return this.props.choices
            .filter(({ name, words }) => `${name} ${words || ""}`.toLocaleLowerCase(lang).includes(wanted))
            .slice(0, SHOWN);
    }

    get picked() {
        return this.props.choices.find(({ id }) => String(id) === this.props.chosen);
    }

    choose(row) {
        this.view.search = "";
        this.props.onChoose(row ? String(row.id) : "", row);
    }

    async scan() {
        this.view.search = (await scan()) || this.view.search;
        if (this.view.search && this.found.length === 1) {
            this.choose(this.found[0]);
        }
    }
}
