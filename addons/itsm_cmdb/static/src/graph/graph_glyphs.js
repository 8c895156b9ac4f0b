/** Small drawings of the picture: signs of states and icons of classes. */

/** For each state a shape and a stroke in it, around 0,0: told apart without colour. */
export const SIGNS = {
    down: {
        shape: "M-4.6,-11H4.6L11,-4.6V4.6L4.6,11H-4.6L-11,4.6V-4.6Z",
        stroke: "M-4,-4L4,4M4,-4L-4,4",
    },
    degraded: { shape: "M0,-11.5L12.5,10.5H-12.5Z", stroke: "M0,-4V2.6M0,6.6V6.7" },
    unknown: {
        shape: "M-10,-10H10V10H-10Z",
        stroke: "M-3.6,-3.2A3.6,3.6 0 1 1 0,1.2V2.4M0,6.4V6.5",
    },
    up: { shape: "M0,-10.5A10.5,10.5 0 1 1 0,10.5A10.5,10.5 0 1 1 0,-10.5Z", stroke: "M-4.5,0.3L-1.4,3.6L4.6,-3.6" },
};

const glyphs = new Map();

/** The character of a Font Awesome icon, as the style sheet has it. */
export function glyphOf(icon) {
    if (!glyphs.has(icon)) {
        const element = document.createElement("i");
        element.className = `fa ${icon}`;
        document.body.append(element);
        const { content } = getComputedStyle(element, "::before");
        element.remove();
        glyphs.set(icon, /^".+"$/.test(content) ? content.slice(1, -1) : "");
    }
    return glyphs.get(icon);
}
