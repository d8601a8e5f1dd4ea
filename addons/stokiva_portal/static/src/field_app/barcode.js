/* The camera as a scanner, where the browser can. */
export const canScan = () => "BarcodeDetector" in window && Boolean(navigator.mediaDevices?.getUserMedia);

const SECONDS = 20;

/** Look through the camera until a code is seen; null when none was. */
export async function scan() {
    let stream;
    try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
        return null;
    }
    const video = Object.assign(document.createElement("video"), { srcObject: stream, playsInline: true, muted: true });
    video.className = "scan";
    document.body.append(video);
    try {
        await video.play();
        const detector = new window.BarcodeDetector();
        const until = Date.now() + SECONDS * 1000;
        while (Date.now() < until) {
            const [found] = await detector.detect(video);
            if (found) {
                return found.rawValue;
            }
            await new Promise((resolve) => setTimeout(resolve, 150));
        }
        return null;
    } finally {
        stream.getTracks().forEach((track) => track.stop());
        video.remove();
    }
}
