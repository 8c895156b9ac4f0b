import { _t } from "@web/core/l10n/translation";

const SVG = "http://www.w3.org/2000/svg";
const ICON_FONT = "/web/static/src/libs/fontawesome/fonts/fontawesome-webfont.woff2";
/** What of the computed style makes the look of a shape or a text. */
const LOOK = [
    "fill",
    "fill-opacity",
    "stroke",
    "stroke-width",
    "stroke-dasharray",
    "stroke-linecap",
    "opacity",
    "font-family",
    "font-size",
    "font-weight",
    "display",
];
/** Nobody needs these outside of the screen. */
const SCREEN_ONLY = [
    "data-id",
    "data-line",
    "data-distance",
    "tabindex",
    "role",
    "aria-pressed",
    "aria-expanded",
    "aria-describedby",
    "aria-hidden",
    "class",
    "style",
];

/** The picture as the text of a file of its own: styles, size and icons in it. */
export async function standaloneSvg(svg, { width, height }, title) {
    const copy = svg.cloneNode(true);
    const [here, there] = [svg, copy].map((root) => [...root.querySelectorAll("*")]);
    svg.classList.remove("o_itsm_graph_far");
    const shapes = "path, rect, circle, text";
    here.forEach((element, index) => {
        there[index].looks = element.matches(shapes) ? looksOf(element) : "";
    });
    for (const element of [copy, ...there]) {
        SCREEN_ONLY.forEach((name) => element.removeAttribute(name));
        if (element.looks) {
            element.setAttribute("style", element.looks);
        }
    }
    copy.querySelector("g").removeAttribute("transform");
    copy.setAttribute("viewBox", `0 0 ${width} ${height}`);
    copy.setAttribute("width", width);
    copy.setAttribute("height", height);
    copy.setAttribute("role", "img");
    copy.prepend(
        drawn("title", {}, title),
        drawn("style", {}, await iconFont()),
        drawn("rect", { width, height, style: `fill:${paperOf(svg)}` })
    );
    const text = new XMLSerializer().serializeToString(copy);
    // A name may hold what no XML may.
    // eslint-disable-next-line no-control-regex
    return `<?xml version="1.0" encoding="UTF-8"?>\n${text.replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, "")}\n`;
}

/** The look of an element, of which groups around it have a part. */
function looksOf(element) {
    const style = getComputedStyle(element);
    const around = element.closest(".o_itsm_graph_node, .o_itsm_graph_line, .o_itsm_graph_pill");
    const opacity = around ? getComputedStyle(around).opacity * style.opacity : style.opacity;
    return LOOK.map((name) => [name, name === "opacity" ? opacity : style.getPropertyValue(name)])
        .filter(([, value]) => value !== "" && !(value === "inline"))
        .map(([name, value]) => `${name}:${String(value).replaceAll('"', "'")}`)
        .join(";");
}

function paperOf(svg) {
    return getComputedStyle(svg.closest(".o_itsm_graph")).backgroundColor;
}

function drawn(name, attributes, text = "") {
    const element = document.createElementNS(SVG, name);
    Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
    element.textContent = text;
    return element;
}

/** The icons' font as part of the file; without it they are left out, not the rest. */
async function iconFont() {
    try {
        const blob = await (await fetch(ICON_FONT)).blob();
        const url = await new Promise((resolve, reject) => {
            const reader = new FileReader();
            reader.onload = () => resolve(reader.result);
            reader.onerror = reject;
            reader.readAsDataURL(blob);
        });
        return `@font-face{font-family:FontAwesome;src:url(${url})}`;
    } catch {
        return "";
    }
}

/** A name for the file that any system takes. */
export function fileName(title) {
    const name = title.replace(/[\\/:*?"<>|\s]+/g, " ").trim();
    return `${name || _t("Impact")}.svg`;
}
