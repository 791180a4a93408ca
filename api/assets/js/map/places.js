// Places that carry marks: a ring about the spot with the number of reports, doubled where it keeps coming back, its badge red and
// filled where it is unsolved, and a sign where it lies across grids.  The middle stays free for the pins of cases.
import { picture } from "./marks.js";
import { colour } from "./open.js";

const SIDE = 64;
const REACH = 27;
const KINDS = ["recurring", "unsolved", "straddling"];
// Seen from afar a mark is a dot with a badge; its number stands where it can be read.
const SCALE = [8, 0.3, 11, 0.45, 13, 0.85, 14, 1];
const NUMBERS_FROM = 12;
// Farther off a city's marks would lie on each other: the weightiest alone are drawn where they have room.
const ALL_FROM = 11;
const LAYERS = ["places-afar", "places"];

function imageOf(marks) {
  return `place-${KINDS.map((kind) => Number(marks.includes(kind))).join("")}`;
}

function markup(marks) {
  const [paper, ink] = [colour("--paper"), colour("--ink")];
  const [fill, edge] = marks.includes("unsolved") ? [colour("--overdue"), paper] : [paper, ink];
  const rings = marks.includes("recurring") ? [20, 26] : [22];
  const ring = rings.map((r) => `<circle cx="32" cy="32" r="${r}" stroke="${paper}" stroke-width="6"/>`);
  ring.push(...rings.map((r) => `<circle cx="32" cy="32" r="${r}" stroke="${ink}" stroke-width="2.500"/>`));
  const badge = `<circle cx="52.500" cy="11.500" r="10.500" fill="${fill}" stroke="${edge}" stroke-width="1.500"/>`;
  const sign = document.getElementById("sign-straddling").innerHTML.replaceAll("var(--paper)", paper);
  const border = marks.includes("straddling") ? `<svg x="4" y="42" width="20" height="20" viewBox="0 0 24 24" color="${ink}">${sign}</svg>` : "";
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${SIDE * 2}" height="${SIDE * 2}" viewBox="0 0 ${SIDE} ${SIDE}"><g fill="none">${ring.join("")}</g>${badge}${border}</svg>`;
}

function features(points) {
  return {
    type: "FeatureCollection",
    features: points.map((point, at) => ({
      type: "Feature",
      geometry: { type: "Point", coordinates: [point.lon, point.lat] },
      properties: {
        id: point.id,
        image: imageOf(point.marks),
        number: point.told > 99 ? "99+" : String(point.told),
        unsolved: point.marks.includes("unsolved"),
        // They come with the weightiest first.
        rank: at,
      },
    })),
  };
}

function scaled(size) {
  return ["interpolate", ["linear"], ["zoom"], ...SCALE.map((value, at) => (at % 2 ? value * size : value))];
}

/** Draw places onto a fresh style, or others onto the same one; below the layer `before`, or on top of everything. */
export async function drawPlaces(map, points, before) {
  const images = new Map(points.map((point) => [imageOf(point.marks), point.marks]));
  for (const [name, marks] of images) {
    const image = await picture(markup(marks), SIDE);
    if (map.hasImage(name)) {
      map.removeImage(name);
    }
    map.addImage(name, image, { pixelRatio: 2 });
  }
  if (map.getSource("places")) {
    map.getSource("places").setData(features(points));
    return;
  }
  map.addSource("places", { type: "geojson", data: features(points) });
  const names = map.getStyle().layers.find((layer) => layer.id.startsWith("name-"));
  const layout = {
    "icon-image": ["get", "image"],
    "icon-size": scaled(1),
    "text-field": ["step", ["zoom"], "", NUMBERS_FROM, ["get", "number"]],
    "text-font": names?.layout["text-font"] ?? ["sans-serif"],
    "text-size": scaled(12),
    "text-offset": [20.5 / 12, -20.5 / 12],
  };
  const always = Object.fromEntries(["icon", "text"].flatMap((part) => [[`${part}-allow-overlap`, true], [`${part}-ignore-placement`, true]]));
  const paint = { "text-color": ["case", ["get", "unsolved"], colour("--paper"), colour("--ink")] };
  const [afar, near] = LAYERS.map((id) => ({ id, type: "symbol", source: "places", paint }));
  // Where they give way to each other the first one stays; where they do not, the last one lies on top.
  map.addLayer({ ...afar, maxzoom: ALL_FROM, layout: { ...layout, "symbol-sort-key": ["get", "rank"] } }, before);
  map.addLayer({ ...near, minzoom: ALL_FROM, layout: { ...layout, ...always, "symbol-sort-key": ["-", ["get", "rank"]] } }, before);
}

/** Take them off the map. */
export function clearPlaces(map) {
  if (map.getSource("places")) {
    LAYERS.forEach((id) => map.removeLayer(id));
    map.removeSource("places");
  }
}

/** The ids of the places whose ring is about a point of the screen, each once, the weightiest first. */
export function placesAt(map, point) {
  if (!map.getSource("places")) {
    return [];
  }
  const near = ({ geometry }) => {
    const at = map.project(geometry.coordinates);
    return Math.hypot(at.x - point.x, at.y - point.y) <= REACH;
  };
  const found = map.queryRenderedFeatures(point, { layers: LAYERS }).filter(near);
  return [...new Set(found.map((one) => String(one.properties.id)))];
}

/** What a list of places says for the map. */
export function pointsIn(element) {
  return JSON.parse(element.querySelector(".place-points").textContent);
}
