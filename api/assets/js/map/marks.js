// The marks of cases as images for the map, drawn from the page's own symbols: one source of shapes.
import { colour } from "./open.js";

const SIZE = 36;

/** Answer an image of SVG markup, twice as large as it is shown. */
export function picture(markup, size = SIZE) {
  return new Promise((resolve, reject) => {
    const image = new Image(size * 2, size * 2);
    image.onload = () => resolve(image);
    image.onerror = reject;
    image.src = `data:image/svg+xml,${encodeURIComponent(markup)}`;
  });
}

/** Give the map one image per mark, "mark-overdue" for open cases and "mark-overdue-pale" for earlier ones. */
export async function addMarks(map) {
  const paper = colour("--paper");
  const ink = colour("--ink");
  for (const symbol of document.querySelectorAll('symbol[id^="mark-"]')) {
    const kind = symbol.id.slice("mark-".length);
    const hue = colour(`--${kind === "unconfirmed" ? "overdue" : kind}`);
    const strong = kind === "overdue";
    for (const pale of [false, true]) {
      // Open: a solid disc with the shape on it.  Earlier: the shape alone, on a thin see-through ring.
      const ground = pale
        ? `<circle cx="18" cy="18" r="15" fill="${paper}" fill-opacity=".55" stroke="${hue}" stroke-width="1" stroke-dasharray="3 2"/>`
        : `<circle cx="18" cy="18" r="16.500" fill="${strong ? hue : paper}" stroke="${strong ? paper : ink}" stroke-width="${strong ? 2 : 1}"/>`;
      const shape = strong && !pale ? `<path d="M18 9.500v11M18 23.500v3.500" stroke="${paper}" stroke-width="3.600"/>` : inner(symbol, hue, pale);
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${SIZE * 2}" height="${SIZE * 2}" viewBox="0 0 ${SIZE} ${SIZE}">${ground}${shape}</svg>`;
      const name = `mark-${kind}${pale ? "-pale" : ""}`;
      const image = await picture(svg);
      if (map.hasImage(name)) {
        map.removeImage(name);
      }
      map.addImage(name, image, { pixelRatio: 2 });
    }
  }
}

function inner(symbol, hue, pale) {
  const size = pale ? 16 : 22;
  const at = (SIZE - size) / 2;
  return `<svg x="${at}" y="${at}" width="${size}" height="${size}" viewBox="0 0 24 24" color="${hue}">${symbol.innerHTML}</svg>`;
}
