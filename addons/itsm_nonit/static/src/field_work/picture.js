const LONGEST_SIDE = 1600;
const QUALITY = 0.8;

/** Return the part of a data URL that is the data. */
export const dataOf = (url) => url.slice(url.indexOf(",") + 1);

/**
 * Return a photo as a data URL, small enough for a poor network.
 *
 * @param {File} file
 */
export async function shrink(file) {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    return canvas.toDataURL("image/jpeg", QUALITY);
}
