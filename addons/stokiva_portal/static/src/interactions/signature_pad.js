import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";

const INK = "#10191d";
const SCALE = 2; // pixels of the stored picture for each of the page's

/** A field in which the customer signs. Without JavaScript it stays hidden: the paper is signed then. */
export class SignaturePad extends Interaction {
    static selector = ".o_stokiva_pad";
    dynamicContent = {
        _root: { "t-att-class": () => ({ "d-none": false }) },
        canvas: {
            "t-on-pointerdown": this.onPointerDown,
            "t-on-pointermove": this.onPointerMove,
            "t-on-pointerup": this.onPointerUp,
            "t-on-pointercancel": this.onPointerUp,
        },
        ".o_stokiva_pad_clear": { "t-on-click": this.onClear },
    };

    setup() {
        this.canvas = this.el.querySelector("canvas");
        this.stored = this.el.querySelector("input");
        this.points = 0;
        this.isDrawing = false;
    }

    onPointerDown(ev) {
        if (ev.button) {
            return;
        }
        // Folded away it has no size: it is measured when it is touched.
        if (!this.pen) {
            this.canvas.width = this.canvas.clientWidth * SCALE;
            this.canvas.height = this.canvas.clientHeight * SCALE;
            this.pen = this.canvas.getContext("2d");
            Object.assign(this.pen, { lineWidth: 3 * SCALE, lineCap: "round", lineJoin: "round", strokeStyle: INK });
        }
        this.canvas.setPointerCapture(ev.pointerId);
        this.isDrawing = true;
        this.pen.beginPath();
        this.pen.moveTo(ev.offsetX * SCALE, ev.offsetY * SCALE);
    }

    onPointerMove(ev) {
        if (this.isDrawing) {
            this.points++;
            this.pen.lineTo(ev.offsetX * SCALE, ev.offsetY * SCALE);
            this.pen.stroke();
        }
    }

    onPointerUp() {
        this.isDrawing = false;
        this.stored.value = this.points > 2 ? this.canvas.toDataURL("image/png").split(",")[1] : "";
    }

    onClear() {
        this.pen?.clearRect(0, 0, this.canvas.width, this.canvas.height);
        this.points = 0;
        this.stored.value = "";
    }
}

registry.category("public.interactions").add("stokiva_portal.signature_pad", SignaturePad);
