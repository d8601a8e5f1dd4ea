/* Photos are made small on the phone: a village's link carries kilobytes. */
const MAX_SIDE = 1600;
const THUMB_SIDE = 240;
const SENT_AS_IS = ["image/jpeg", "image/png", "image/webp"];

function draw(image, side) {
    const scale = Math.min(1, side / Math.max(image.width, image.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(image.width * scale));
    canvas.height = Math.max(1, Math.round(image.height * scale));
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return canvas;
}

/**
 * Return a photo's bytes, made small, and a tiny copy to look at.
 *
 * @param {File} file
 * @returns {Promise<{bytes: ArrayBuffer, mime: string, thumb: string}>} null when it is no photo
 */
export async function shrink(file) {
    let image;
    try {
        image = await createImageBitmap(file, { imageOrientation: "from-image" });
    } catch {
        return SENT_AS_IS.includes(file.type) ? { bytes: await file.arrayBuffer(), mime: file.type, thumb: "" } : null;
    }
    const canvas = draw(image, MAX_SIDE);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.8));
    // Bytes, not the blob: WebKit loses blobs in its database.
    return {
        bytes: await blob.arrayBuffer(),
        mime: "image/jpeg",
        thumb: draw(image, THUMB_SIDE).toDataURL("image/jpeg", 0.7),
    };
}

/** Return where the phone is, in degrees and metres; null when it does not say quickly. */
export function findPosition() {
    return new Promise((resolve) => {
        if (!navigator.geolocation) {
            return resolve(null);
        }
        navigator.geolocation.getCurrentPosition(
            ({ coords: { latitude, longitude, accuracy } }) => resolve({ latitude, longitude, accuracy }),
            () => resolve(null),
            { timeout: 4000, maximumAge: 120_000, enableHighAccuracy: true }
        );
    });
}
