// What the area map draws: the own boundary, the cases as pins, and what lies around the case that is open.
// Text reaches the map as JSON data alone.
import { addMarks } from "../map/marks.js";
import { colour } from "../map/open.js";

const NOTHING = { type: "FeatureCollection", features: [] };

function feature(geometry, properties, id) {
  return { type: "Feature", id, geometry, properties };
}

function point(lon, lat) {
  return { type: "Point", coordinates: [lon, lat] };
}

function pinFeatures(pins) {
  const features = pins.map((pin) =>
    feature(
      point(pin.lon, pin.lat),
      {
        id: pin.id,
        icon: `mark-${pin.mark}${pin.open ? "" : "-pale"}`,
        size: pin.open ? [0.72, 0.88, 1.05][pin.age] : 0.62,
        // What is unsolved beats all else to the eye, and older beats younger.
        rank: (pin.open ? 10 : 0) + (pin.mark === "overdue" ? 10 : 0) + (pin.mark === "due" ? 5 : 0) + pin.age,
      },
      pin.id,
    ),
  );
  return { type: "FeatureCollection", features };
}

function own(map, code, first) {
  const accent = colour("--action");
  const mine = { source: "edition", "source-layer": "areas", filter: ["==", ["get", "code"], code] };
  map.addLayer({ id: "own-fill", type: "fill", ...mine, paint: { "fill-color": accent, "fill-opacity": 0.1 } }, first);
  map.addLayer(
    {
      id: "own-line",
      type: "line",
      ...mine,
      layout: { "line-join": "round" },
      paint: { "line-color": accent, "line-width": ["interpolate", ["linear"], ["zoom"], 8, 2, 14, 4] },
    },
    first,
  );
}

function around(map) {
  const soft = colour("--ink-soft");
  const paper = colour("--paper");
  const names = map.getStyle().layers.find((layer) => layer.id.startsWith("name-"));
  map.addSource("around", { type: "geojson", data: NOTHING });
  const only = (kind) => ({ source: "around", filter: ["==", ["get", "kind"], kind] });
  map.addLayer({ id: "site-fill", type: "fill", ...only("shape"), paint: { "fill-color": soft, "fill-opacity": 0.12 } });
  map.addLayer({
    id: "site-line",
    type: "line",
    ...only("shape"),
    paint: { "line-color": soft, "line-width": 1.5, "line-dasharray": [3, 2] },
  });
  map.addLayer({
    id: "spots",
    type: "circle",
    ...only("spot"),
    paint: {
      "circle-radius": 6,
      "circle-color": colour("--overdue"),
      "circle-opacity": 0.18,
      "circle-stroke-color": colour("--overdue"),
      "circle-stroke-opacity": 0.6,
      "circle-stroke-width": 1.5,
    },
  });
  map.addLayer({
    id: "site-mark",
    type: "circle",
    ...only("site"),
    paint: { "circle-radius": 4, "circle-color": paper, "circle-stroke-color": soft, "circle-stroke-width": 2 },
  });
  map.addLayer({
    id: "site-name",
    type: "symbol",
    ...only("site"),
    layout: {
      "text-field": ["get", "name"],
      "text-font": names?.layout["text-font"] ?? ["sans-serif"],
      "text-size": 13,
      "text-anchor": ["get", "side"],
      "text-offset": ["get", "offset"],
    },
    paint: { "text-color": colour("--ink"), "text-halo-color": paper, "text-halo-width": 1.6 },
  });
}

function cases(map, pins) {
  map.addSource("cases", { type: "geojson", data: pinFeatures(pins) });
  const state = (name) => ["boolean", ["feature-state", name], false];
  const lit = ["case", ["any", state("lit"), state("chosen")], 1, 0];
  map.addLayer({
    id: "case-halo",
    type: "circle",
    source: "cases",
    paint: {
      "circle-radius": 24,
      "circle-color": ["case", state("fresh"), colour("--new"), colour("--focus")],
      "circle-opacity": ["case", state("fresh"), 0.3, ["*", 0.35, lit]],
      "circle-stroke-color": ["case", state("fresh"), colour("--new"), colour("--focus")],
      "circle-stroke-width": 2,
      "circle-stroke-opacity": ["case", state("fresh"), 1, lit],
    },
  });
  map.addLayer({
    id: "cases",
    type: "symbol",
    source: "cases",
    layout: {
      "icon-image": ["get", "icon"],
      // Seen from afar a pin is a dot, or a county would be nothing but pins.
      "icon-size": ["interpolate", ["linear"], ["zoom"], 8, ["*", 0.3, ["get", "size"]], 11, ["*", 0.6, ["get", "size"]], 13, ["get", "size"]],
      "icon-allow-overlap": true,
      "icon-ignore-placement": true,
      "symbol-sort-key": ["get", "rank"],
    },
  });
}

/** Draw everything onto a fresh style; staff alone have cases. */
export async function drawArea(map, code, pins, staff) {
  own(map, code, map.getStyle().layers.find((layer) => layer.id.startsWith("name-"))?.id);
  await addMarks(map);
  // The style may have been replaced meanwhile, and drawn upon by the call that followed.
  if (staff && !map.getSource("cases")) {
    around(map);
    cases(map, pins);
  }
}

/** Show other pins; what is lit or chosen stays so. */
export function showPins(map, pins) {
  map.getSource("cases")?.setData(pinFeatures(pins));
}

/** Where a name goes: on the side away from the pin, and beyond it where they are at one place. */
function naming(site, pin) {
  const west = site.lon < pin.lon;
  const em = site.distance < 20 ? 2.2 : 0.7;
  return { kind: "site", name: site.name, side: west ? "right" : "left", offset: [west ? -em : em, 0] };
}

/** Show what lies around a pin, or nothing (null). */
export function showAround(map, found, pin) {
  const features =
    found && pin
      ? [
          ...found.sites.map((site) => feature(site.shape, { kind: site.shape.type.endsWith("Point") ? "dot" : "shape" })),
          ...found.sites.map((site) => feature(point(site.lon, site.lat), naming(site, pin))),
          ...found.spots.map((spot) => feature(point(spot.lon, spot.lat), { kind: "spot" })),
        ]
      : [];
  map.getSource("around")?.setData({ type: "FeatureCollection", features });
}
