import { useSubEnv } from "@odoo/owl";
import { useFileViewer } from "@web/core/file_viewer/file_viewer_hook";
import { registry } from "@web/core/registry";
import { url } from "@web/core/utils/urls";
import { KanbanRecord } from "@web/views/kanban/kanban_record";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { kanbanView } from "@web/views/kanban/kanban_view";

const EXTENSIONS = {
    "image/jpeg": "jpg",
    "video/mp4": "mp4",
    "video/webm": "webm",
    "application/pdf": "pdf",
};

/** Return what the file viewer wants to know of a record of stokiva.media. */
function toFile({ resId, data }) {
    const isImage = data.media_type === "photo";
    const field = isImage ? "image" : "file";
    const route = `/web/content/stokiva.media/${resId}/${field}`;
    const filename = `${data.kind}-${resId}.${EXTENSIONS[data.mimetype]}`;
    const source = url(route, { unique: data.sha256 });
    const isPdf = data.media_type === "document";
    return {
        resId,
        isImage,
        isPdf,
        isVideo: data.media_type === "video",
        isViewable: true,
        mimetype: data.mimetype,
        name: data.name || filename,
        defaultSource: isPdf
            ? url("/web/static/lib/pdfjs/web/viewer.html", { file: source }) + "#pagemode=none"
            : source,
        downloadUrl: url(route, { download: true, filename }),
    };
}

export class MediaKanbanRecord extends KanbanRecord {
    onGlobalClick(ev) {
        if (this.props.record.resId && ev.target.closest(".o_stokiva_media_preview")) {
            this.env.previewMedia(this.props.record);
            return;
        }
        super.onGlobalClick(...arguments);
    }
}

/** Cards of photos, videos and documents; their pictures open large, with arrows from one to the next. */
export class MediaKanbanRenderer extends KanbanRenderer {
    static components = { ...KanbanRenderer.components, KanbanRecord: MediaKanbanRecord };

    setup() {
        super.setup();
        const viewer = useFileViewer();
        useSubEnv({
            previewMedia: (record) => {
                const { list } = this.props;
                const records = list.isGrouped ? list.groups.flatMap((group) => group.list.records) : list.records;
                const files = records.filter(({ resId }) => resId).map(toFile);
                viewer.open(files.find(({ resId }) => resId === record.resId), files);
            },
        });
    }
}

registry.category("views").add("stokiva_media_kanban", { ...kanbanView, Renderer: MediaKanbanRenderer });
