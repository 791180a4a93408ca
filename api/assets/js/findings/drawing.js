// What the map of findings draws: the ground of each, the proposed repair, the areas concerned, and a mark by severity.
// Text reaches the map as JSON data alone.
import { picture } from "../map/marks.js";
import { colour } from "../map/open.js";

const SIZE = 36;
const SEVERITIES = { error: "--overdue", warning: "--due", note: "--new" };

function collection(features) {
  return { type: "FeatureCollection", features };
}

function bySeverity() {
  return ["match", ["get", "severity"], "error", colour(SEVERITIES.error), "warning", colour(SEVERITIES.warning), colour(SEVERITIES.note)];
}

async function addImages(map) {
  for (const [severity, hue] of Object.entries(SEVERITIES)) {
    const symbol = document.getElementById(`severity-${severity}`);
    const inner = symbol.innerHTML.replaceAll("var(--paper)", colour("--paper"));
    const svg =
      `<svg xmlns="http://www.w3.org/2000/svg" width="${SIZE * 2}" height="${SIZE * 2}" viewBox="0 0 ${SIZE} ${SIZE}">` +
      `<circle cx="18" cy="18" r="16.500" fill="${colour("--paper")}" stroke="${colour(hue)}" stroke-width="1.500"/>` +
      `<svg x="7" y="6" width="22" height="22" viewBox="0 0 24 24" color="${colour(hue)}">${inner}</svg></svg>`;
    const image = await picture(svg);
    if (map.hasImage(`severity-${severity}`)) {
      map.removeImage(`severity-${severity}`);
    }
    map.addImage(`severity-${severity}`, image, { pixelRatio: 2 });
  }
}

function ground(shapes, name) {
  const features = shapes
    .filter((one) => one[name] && one[name].type !== "Point")
    .map((one) => ({ type: "Feature", id: one.n, geometry: one[name], properties: { n: one.n, severity: one.severity } }));
  return collection(features);
}

function points(marks) {
  const rank = { error: 3, warning: 2, note: 1 };
  return collection(
    marks
      .filter((one) => one.place)
      .map((one) => ({
        type: "Feature",
        id: one.n,
        geometry: { type: "Point", coordinates: one.place },
        properties: { n: one.n, icon: `severity-${one.severity}`, rank: rank[one.severity] },
      })),
  );
}

function addSources(map) {
  for (const name of ["concerned", "ground", "repairs", "marks"]) {
    map.addSource(`finding-${name}`, { type: "geojson", data: collection([]) });
  }
}

function addLayers(map) {
  const lit = ["boolean", ["feature-state", "lit"], false];
  const names = map.getStyle().layers.find((layer) => layer.id.startsWith("name-"))?.id;
  map.addLayer({
    id: "finding-concerned",
    type: "line",
    source: "finding-concerned",
    layout: { "line-join": "round" },
    paint: { "line-color": colour("--ink-soft"), "line-width": 2.5 },
  }, names);
  map.addLayer({
    id: "finding-ground",
    type: "fill",
    source: "finding-ground",
    // A note may be as large as a county: filled, it would hide what lies in it.
    paint: { "fill-color": bySeverity(), "fill-opacity": ["case", ["==", ["get", "severity"], "note"], ["case", lit, 0.15, 0], lit, 0.45, 0.25] },
  }, names);
  map.addLayer({
    id: "finding-edge",
    type: "line",
    source: "finding-ground",
    paint: { "line-color": bySeverity(), "line-width": ["case", lit, 3, 1.5] },
  }, names);
  map.addLayer({
    id: "finding-repairs",
    type: "line",
    source: "finding-repairs",
    paint: { "line-color": colour("--confirmed"), "line-width": 2.5, "line-dasharray": [3, 2] },
  }, names);
  map.addLayer({
    id: "finding-halo",
    type: "circle",
    source: "finding-marks",
    paint: { "circle-radius": 22, "circle-color": colour("--focus"), "circle-opacity": ["case", lit, 0.35, 0] },
  });
  map.addLayer({
    id: "finding-marks",
    type: "symbol",
    source: "finding-marks",
    layout: {
      "icon-image": ["get", "icon"],
      "icon-size": 0.8,
      "icon-allow-overlap": true,
      "icon-ignore-placement": true,
      "symbol-sort-key": ["get", "rank"],
    },
  });
}

/** Draw marks and, once they are known, the shapes; again onto a style that replaced another. */
export async function drawFindings(map, marks, shapes) {
  if (!map.getSource("finding-marks")) {
    await addImages(map);
  }
  // The style may have been replaced meanwhile, and drawn upon by the call that followed.
  if (!map.getSource("finding-marks")) {
    addSources(map);
    addLayers(map);
  }
  map.getSource("finding-ground").setData(ground(shapes, "shape"));
  map.getSource("finding-repairs").setData(ground(shapes, "repaired"));
  map.getSource("finding-marks").setData(points(marks));
}

/** Draw the outlines of the areas that the chosen finding concerns. */
export function drawConcerned(map, areas) {
  const features = areas.map((area) => ({ type: "Feature", geometry: area.shape, properties: {} }));
  map?.getSource("finding-concerned")?.setData(collection(features));
}

/** Let one finding stand out, or none (null). */
export function light(map, n) {
  for (const source of ["finding-ground", "finding-marks"]) {
    if (map?.getSource(source)) {
      map.removeFeatureState({ source });
      if (n !== null) {
        map.setFeatureState({ source, id: n }, { lit: true });
      }
    }
  }
}
