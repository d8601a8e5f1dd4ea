// Only comfort: without this file the form still works, by ticking a box instead of drawing.
(() => {
    "use strict";
    const form = document.querySelector("form");
    if (!form) {
        return;
    }
    document.documentElement.classList.add("js");
    const byId = (id) => document.getElementById(id);
    const INK = "#10191d";
    const SCALE = 2; // pixels of the stored picture for each of the page's
    const HEIGHT = 170;

    const canvas = byId("pad");
    const stored = form.elements.signature;
    let strokes = []; // lists of [x, y] in the page's pixels
    let before = null; // what was drawn before the server sent the form back

    function draw() {
        const width = canvas.clientWidth;
        canvas.width = width * SCALE;
        canvas.height = HEIGHT * SCALE;
        const pen = canvas.getContext("2d");
        pen.fillStyle = "#fff";
        pen.fillRect(0, 0, canvas.width, canvas.height);
        if (before) {
            const fit = Math.min(canvas.width / before.width, canvas.height / before.height);
            pen.drawImage(before, 0, 0, before.width * fit, before.height * fit);
        }
        Object.assign(pen, { lineWidth: 3 * SCALE, lineCap: "round", lineJoin: "round", strokeStyle: INK });
        for (const stroke of strokes) {
            pen.beginPath();
            pen.moveTo(stroke[0][0] * SCALE, stroke[0][1] * SCALE);
            for (const [x, y] of stroke) {
                pen.lineTo(x * SCALE, y * SCALE);
            }
            pen.stroke();
        }
    }

    function save() {
        const isEmpty = !before && !strokes.some((stroke) => stroke.length > 2);
        stored.value = isEmpty ? "" : canvas.toDataURL("image/png").split(",")[1];
        if (!isEmpty) {
            byId("e_signature").hidden = true;
        }
    }

    function startPad() {
        canvas.closest(".pad").hidden = false;
        if (stored.value) {
            const image = new Image();
            image.onload = () => {
                before = image;
                draw();
            };
            image.src = "data:image/png;base64," + stored.value;
        }
        draw();
        const point = (ev) => [ev.offsetX, ev.offsetY];
        let stroke = null;
        canvas.addEventListener("pointerdown", (ev) => {
            if (ev.button) {
                return;
            }
            canvas.setPointerCapture(ev.pointerId);
            stroke = [point(ev), point(ev)];
            strokes.push(stroke);
            draw();
        });
        canvas.addEventListener("pointermove", (ev) => {
            if (stroke) {
                stroke.push(...(ev.getCoalescedEvents?.().map(point) || []), point(ev));
                draw();
            }
        });
        for (const end of ["pointerup", "pointercancel"]) {
            canvas.addEventListener(end, () => {
                stroke = null;
                save();
            });
        }
        byId("clear").addEventListener("click", () => {
            strokes = [];
            before = null;
            draw();
            save();
        });
        window.addEventListener("resize", draw);
    }

    function show(id, target) {
        byId(id).hidden = false;
        target.scrollIntoView({ block: "center" });
        target.focus({ preventScroll: true });
    }

    // Returns whether what is missing was asked for instead of sending the form.
    function askFor(answers) {
        const words = byId("comment");
        if (byId("next") && answers.includes("dispute") && !words.value.trim()) {
            words.closest(".more").classList.add("open");
            byId("next").hidden = false;
            show("e_comment", words);
            return true;
        }
        if (stored && answers.includes("approve") && !stored.value && !byId("typed")?.checked) {
            show("e_signature", canvas);
            return true;
        }
        return false;
    }

    let isSent = false;
    form.addEventListener("submit", (ev) => {
        const button = ev.submitter;
        const radios = [...form.querySelectorAll(".choice input:checked")].map((input) => input.value);
        byId("offline").hidden = navigator.onLine;
        const isComplete = button?.value === "not_mine" || !askFor([...radios, button?.value]);
        if (isSent || !navigator.onLine || !isComplete) {
            ev.preventDefault();
            return;
        }
        isSent = true;
    });
    window.addEventListener("pageshow", () => {
        isSent = false;
    });
    if (canvas) {
        startPad();
    }
})();
