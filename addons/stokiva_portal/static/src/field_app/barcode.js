/* The camera as a scanner, where the browser can. */
import { _t } from "./i18n";

export const canScan = () => "BarcodeDetector" in window && Boolean(navigator.mediaDevices?.getUserMedia);

const SECONDS = 30;

/** Look through the camera until a code is seen; null when none was, or the technician closes it. */
export async function scan() {
    let stream;
    try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
        return null;
    }
    const video = Object.assign(document.createElement("video"), { srcObject: stream, playsInline: true, muted: true });
    const close = Object.assign(document.createElement("button"), { className: "go", textContent: _t("Close") });
    const cover = Object.assign(document.createElement("div"), { className: "scan" });
    cover.append(video, close);
    document.body.append(cover);
    let isOpen = true;
    close.addEventListener("click", () => (isOpen = false));
    try {
        await video.play();
        const detector = new window.BarcodeDetector();
        const until = Date.now() + SECONDS * 1000;
        while (isOpen && Date.now() < until) {
            const [found] = await detector.detect(video);
            if (found) {
                return found.rawValue;
            }
            await new Promise((resolve) => setTimeout(resolve, 150));
        }
        return null;
    } catch {
        return null; // the browser knows the interface, but has no detector behind it
    } finally {
        stream.getTracks().forEach((track) => track.stop());
        cover.remove();
    }
}
