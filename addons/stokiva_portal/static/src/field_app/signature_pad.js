import { Component, onMounted, useRef } from "@odoo/owl";

/** A field to sign on, black on white in the dark, too. Calls `onDraw` with base64 of a PNG, empty when cleared. */
export class SignaturePad extends Component {
    static template = "stokiva_portal.FieldSignaturePad";
    static props = { name: String, onDraw: Function };

    setup() {
        this.canvas = useRef("canvas");
        onMounted(() => this.clear());
    }

    clear() {
        const canvas = this.canvas.el;
        canvas.width = canvas.clientWidth * 2;
        canvas.height = canvas.clientHeight * 2;
        this.pen = canvas.getContext("2d");
        Object.assign(this.pen, { lineWidth: 5, lineCap: "round", lineJoin: "round", strokeStyle: "#10191d" });
        this.props.onDraw("");
    }

    getPoint(ev) {
        return [ev.offsetX * 2, ev.offsetY * 2];
    }

    down(ev) {
        this.canvas.el.setPointerCapture(ev.pointerId);
        this.isDrawing = true;
        this.pen.beginPath();
        this.pen.moveTo(...this.getPoint(ev));
    }

    move(ev) {
        if (this.isDrawing) {
            this.pen.lineTo(...this.getPoint(ev));
            this.pen.stroke();
        }
    }

    up() {
        if (this.isDrawing) {
            this.isDrawing = false;
            this.props.onDraw(this.canvas.el.toDataURL("image/png").split(",")[1]);
        }
    }
}
