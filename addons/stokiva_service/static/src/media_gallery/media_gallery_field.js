import { useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { X2ManyField, x2ManyField } from "@web/views/fields/x2many/x2many_field";
import { MediaKanbanRenderer } from "./media_kanban";

/** The photos, videos and documents of a work order, with upload of many files at once. */
export class MediaGalleryField extends X2ManyField {
    static template = "stokiva_service.MediaGalleryField";
    static components = { ...X2ManyField.components, KanbanRenderer: MediaKanbanRenderer };

    setup() {
        super.setup();
        this.http = useService("http");
        this.input = useRef("input");
        this.state = useState({ kind: null, isBusy: false });
    }

    get kinds() {
        return this.list.fields.kind.selection;
    }

    /** The kind for the next upload: the chosen one, else what the work still lacks. */
    get kind() {
        return this.state.kind || this.props.record.data.missing_photo_kind || "work";
    }

    get orderUrl() {
        return `/stokiva/orders/${this.props.record.resId}/media`;
    }

    async onUploadClick() {
        // What was typed into the order must not be lost when it is read again.
        if (await this.props.record.save()) {
            this.input.el.click();
        }
    }

    async onFilesChosen(ev) {
        const files = [...ev.target.files];
        if (!files.length) {
            return;
        }
        this.state.isBusy = true;
        try {
            const answer = await this.http.post(this.orderUrl, {
                csrf_token: odoo.csrf_token,
                kind: this.kind,
                files,
            });
            if (answer.error) {
                this.notificationService.add(answer.error, { type: "danger", sticky: true });
            } else {
                this.state.kind = null;
                await this.props.record.load();
            }
        } catch {
            this.notificationService.add(_t("The upload failed. All files together may have 64 MB."), {
                type: "danger",
                sticky: true,
            });
        } finally {
            this.state.isBusy = false;
            if (this.input.el) {
                this.input.el.value = "";
            }
        }
    }
}

registry.category("fields").add("stokiva_media_gallery", {
    ...x2ManyField,
    component: MediaGalleryField,
    supportedTypes: ["one2many"],
    fieldDependencies: [{ name: "missing_photo_kind", type: "char" }],
});
