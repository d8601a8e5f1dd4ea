import { onWillStart, useState } from "@odoo/owl";
import { Screen } from "../base";
import { addPhotos, removePhoto } from "../evidence";
import { getMissing } from "../projection";
import { Chooser, getLabour, getStockText } from "../chooser";

const ALWAYS = ["before", "after", "fault", "work", "label"];

export class Work extends Screen {
    static template = "stokiva_portal.FieldWork";
    static components = { ...Screen.components, Chooser };

    setup() {
        super.setup();
        this.view = useState({ choosing: null, findings: null, serial: "", failed: false, photo: null, removing: false });
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
        this.view.failed = (await addPhotos(this.store, this.order, kind, files)).length < files.length;
    }

    getKey(photo) {
        return photo.uuid || photo.id;
    }

    get shown() {
        return this.photos.find((photo) => this.getKey(photo) === this.view.photo);
    }

    show(photo) {
        Object.assign(this.view, { photo: photo && this.getKey(photo), removing: false });
    }

    async removePhoto() {
        const photo = this.shown;
        this.show(null);
        await removePhoto(this.store, this.order, photo);
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
        if (this.view.choosing === "labour") {
            return getLabour(this.order, this.state.catalogue).map(([id, name, minutes]) => ({
                id,
                name,
                note: this._t("%s min", minutes),
            }));
        }
        return this.state.catalogue.parts.map(([id, name, code, barcode, is_tracked, stock]) => ({
            id,
            name,
            is_tracked,
            note: this.joined(code, getStockText(stock)),
            words: `${code || ""} ${barcode || ""}`,
        }));
    }

    getPartNote(line) {
        const entry = this.state.catalogue.parts.find(([id]) => id === line.entry);
        return [entry && getStockText(entry[5]), line.price].filter(Boolean).join(" · ");
    }

    choose(kind) {
        Object.assign(this.view, { choosing: kind, serial: "" });
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

    keepSerial() {
        const serial = this.view.serial.trim();
        return serial && this.store.act("serial", this.order.id, { serial }, { label: this._t("Serial number") });
    }
}
