// The script of a snapshot: a map in one file.  Draws what the file's block of JSON holds and shows its text as text.
// Folium's lines, which follow, make the map and ask for the layers by name.
import L from "leaflet";
import { metresOfPixel, placeNames } from "./snapshot/names.js";
import { reader } from "./snapshot/outlines.js";
import { pattern } from "./snapshot/patterns.js";
import { tell } from "./snapshot/told.js";

const data = JSON.parse(document.getElementById("snapshot-data").textContent);
const style = getComputedStyle(document.documentElement);
const colour = (name) => style.getPropertyValue(`--${name}`).trim();
const LINES = { width: [2.4, 1.6, 1, 0.7], colour: ["line-0", "line-1", "line-2", "line-3"] };
// Areas narrower than this many pixels would be all border.
const BORDERS_FROM = 18;

window.L = L;
if (matchMedia("(max-width: 899px)").matches) {
  L.Control.Layers.addInitHook(function () {
    this.options.collapsed = true;
  });
}
L.Control.Zoom.mergeOptions({ zoomInTitle: data.words.zoomIn, zoomOutTitle: data.words.zoomOut });

const highlight = L.polyline([], { color: colour("ink"), weight: 3, interactive: false });

function fill(name) {
  return name === "hidden" || name === "unknown" ? pattern(colour(`${name}-ground`), colour(`${name}-ink`), name) : colour(name);
}

function figures() {
  const { units } = data;
  const rings = reader(data.outlines, data.steps);
  const fills = units.colours.map(fill);
  const edge = colour("edge");
  const group = L.featureGroup();
  units.shapes.forEach((shape, n) => {
    const area = L.polygon(rings(shape), {
      fillColor: fills[units.classes[n]],
      fillOpacity: 1,
      color: edge,
      weight: 0,
    });
    watch(area, () => tell.unit(data, n));
    group.addLayer(area);
  });
  group.fit = (map) => {
    const weight = units.across / metresOfPixel(map) < BORDERS_FROM ? 0 : 0.8;
    // Without a stroke, hairs of the ground would show between neighbours.
    group.setStyle({ stroke: weight > 0, weight });
  };
  return group;
}

function hotspots() {
  const found = data.hotspots;
  const rings = reader(found.outlines, data.steps);
  const group = L.featureGroup();
  found.shapes.forEach((shape, n) => {
    const name = found.colours[n];
    const cell = L.polygon(rings(shape), { fillColor: colour(name), fillOpacity: 0.82, color: colour("paper"), weight: 1 });
    watch(cell, () => tell.cell(data, n));
    group.addLayer(cell);
  });
  return group;
}

function watch(area, said) {
  const show = () => {
    highlight.setLatLngs(area.getLatLngs().map((ring) => [...ring, ring[0]]));
    highlight.bringToFront();
    said();
  };
  area.on("mouseover", show);
  area.on("click", show);
}

function borders() {
  const group = L.featureGroup();
  const rings = reader(data.outlines, data.steps);
  const levels = data.borders.map((level, rank) => {
    const look = { color: colour(LINES.colour[rank] ?? "line-3"), weight: LINES.width[rank] ?? 0.7, interactive: false };
    const lines = level.shapes.flatMap((shape) => rings(shape).map((ring) => [...ring, ring[0]]));
    return L.polyline(lines, { ...look, smoothFactor: 1.2 });
  });
  group.fit = (map) => {
    group.clearLayers();
    // The lowest first, so that a county's line lies over a village's.
    levels.forEach((line, rank) => {
      if (rank === 0 || data.borders[rank].across / metresOfPixel(map) >= BORDERS_FROM) {
        group.addLayer(line);
      }
    });
    [...levels].reverse().filter((line) => group.hasLayer(line) && map.hasLayer(group)).forEach((line) => line.bringToFront());
  };
  return group;
}

const layers = { figures, hotspots, borders, names: () => placeNames(L, data) };
const made = {};

function order(map) {
  if (made.hotspots && map.hasLayer(made.hotspots)) {
    made.hotspots.bringToFront();
  }
  made.borders?.fit(map);
  highlight.bringToFront();
}

window.gridwarden = {
  /** The layer of a name. */
  layer(name) {
    made[name] = layers[name]();
    return made[name];
  },
  /** Take the map over once all layers are there. */
  begin(map) {
    L.control.scale({ imperial: false, maxWidth: 140 }).addTo(map);
    const fit = () => map.fitBounds(data.bounds, { padding: [8, 8], animate: false });
    const look = () => {
      made.figures.fit(map);
      order(map);
    };
    fit();
    highlight.addTo(map);
    look();
    map.on("zoomend", look);
    map.on("overlayadd", () => order(map));
    map.on("overlayremove", () => highlight.setLatLngs([]));
    // A window that changes its size before anybody has looked around still shows the whole.
    let touched = false;
    map.getContainer().addEventListener("pointerdown", () => (touched = true));
    map.getContainer().addEventListener("wheel", () => (touched = true), { passive: true });
    new ResizeObserver(() => {
      map.invalidateSize({ animate: false });
      if (!touched) {
        fit();
      }
    }).observe(map.getContainer());
    document.documentElement.dataset.drawn = "true";
  },
};
