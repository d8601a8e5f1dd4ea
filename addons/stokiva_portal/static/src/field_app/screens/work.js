import { onWillStart, useState } from "@odoo/owl";
import { Screen } from "../base";
import { getMissing } from "../projection";
import { canScan, scan } from "../barcode";

const ALWAYS = ["before", "after", "fault", "work", "label"];
const SHOWN = 40;

export class Work extends Screen {
    static template = "stokiva_portal.FieldWork";

    setup() {
        super.setup();
        this.canScan = canScan();
        this.view = useState({ choosing: null, search: "", findings: null, serial: "", failed: false, scanning: false });
        this.key = `${this.order.id}/findings`;
        onWillStart(async () => {
            this.view.findings = (await this.store.readDraft(this.key)) || null;
        });
    }

    get missing() {
        return getMissing(this.order);
    }

    get canEdit() {
        return ["accepted", "on_the_way", "in_progress"].includes(this.order.state);
    }

    get kinds() {
        const lacking = this.missing.filter((one) => one.kind === "photo").map((one) => one.what);
        return ALWAYS.map((kind) => ({
            kind,
            name: this.state.catalogue.kinds[kind],
            required: lacking.includes(kind),
        }));
    }

    get photos() {
        return this.order.photos.map((photo) => ({
            ...photo,
            src: this.state.thumbs[photo.uuid] || (photo.id && `/my/jobs/${this.order.id}/photos/${photo.id}?size=256`),
        }));
    }

    async onFiles(kind, ev) {
        const files = [...ev.target.files]; // clearing the input empties its list
        ev.target.value = "";
        this.view.failed = false;
        this.view.failed = !(await this.store.addPhotos(this.order, kind, files));
    }

    // -- findings -----------------------------------------------------------------------------------------

    getFaults(kind) {
        return this.state.catalogue.faults.filter(([, , kind_, type]) => kind_ === kind && this.order.types.includes(type));
    }

    getFault(id) {
        return this.state.catalogue.faults.find(([fault]) => fault === id)?.[1];
    }

    startFindings() {
        const { cause_id, resolution_id, diagnosis } = this.order;
        this.view.findings = { cause_id, resolution_id, diagnosis };
    }

    setFinding(name, value) {
        this.view.findings[name] = name === "diagnosis" ? value : Number(value) || null;
        return this.store.keepDraft(this.key, this.view.findings);
    }

    async keepFindings() {
        const findings = { ...this.view.findings };
        if (await this.store.act("findings", this.order.id, findings, { label: this._t("Findings") })) {
            await this.store.keepDraft(this.key, null);
            this.view.findings = null;
        }
    }

    // -- labour and parts ---------------------------------------------------------------------------------

    get choices() {
        const wanted = this.view.search.toLocaleLowerCase(this.lang);
        const rows =
            this.view.choosing === "labour"
                ? this.state.catalogue.workmanships
                      .filter(
                          ([, , , type, service]) =>
                              this.order.types.includes(type) && (!service || service === this.order.service_id)
                      )
                      .map(([id, name, minutes]) => ({ id, name, note: this._t("%s min", minutes) }))
                : this.state.catalogue.parts.map(([id, name, code, barcode, is_tracked, stock]) => ({
                      id,
                      name,
                      code,
                      barcode,
                      is_tracked,
                      stock,
                      note: [code, this.getStockText(stock)].filter(Boolean).join(" · "),
                  }));
        return rows
            .filter((row) => `${row.name} ${row.code || ""} ${row.barcode || ""}`.toLocaleLowerCase(this.lang).includes(wanted))
            .slice(0, SHOWN);
    }

    getStockText(stock) {
        if (stock === null || stock === undefined) {
            return "";
        }
        return stock > 0 ? this._t("You have %s", this.number(stock)) : this._t("You have none");
    }

    getPartNote(line) {
        const entry = this.state.catalogue.parts.find(([id]) => id === line.entry);
        return [entry && this.getStockText(entry[5]), line.price].filter(Boolean).join(" · ");
    }

    choose(kind) {
        Object.assign(this.view, { choosing: kind, search: "", serial: "" });
    }

    async add(row) {
        if (this.view.choosing === "labour") {
            await this.store.act("labour_add", this.order.id, { workmanship_id: row.id }, { label: row.name });
        } else {
            if (row.is_tracked && !this.view.serial) {
                this.view.picked = row;
                return;
            }
            const payload = { product_id: row.id, quantity: 1, serial: this.view.serial };
            await this.store.act("part_add", this.order.id, payload, { label: row.name });
        }
        Object.assign(this.view, { choosing: null, picked: null });
    }

    async setQuantity(line, quantity) {
        const name = line.uuid || line.id;
        const payload = quantity > 0 ? { line: name, quantity } : { line: name };
        await this.store.act(quantity > 0 ? "part_set" : "part_remove", this.order.id, payload, { label: line.name });
    }

    removeLabour(line) {
        return this.store.act("labour_remove", this.order.id, { line: line.uuid || line.id }, { label: line.name });
    }

    async scanPart() {
        this.view.scanning = true;
        const code = await scan();
        this.view.scanning = false;
        if (code) {
            this.choose("part");
            this.view.search = code;
            if (this.choices.length === 1) {
                await this.add(this.choices[0]);
            }
        }
    }

    keepSerial() {
        const serial = this.view.serial.trim();
        return serial && this.store.act("serial", this.order.id, { serial }, { label: this._t("Serial number") });
    }
}
