// Paints units on the map: one source a kind, coloured by class through feature states, below the lines and names of the base.
import { colour, onStyle } from "../map/open.js";
import { reach } from "./reach.js";

// MapLibre would fade for a third of a second, and the picture would stand that much later.
const AT_ONCE = { "fill-opacity-transition": { duration: 0, delay: 0 } };
const CLASSES = [
  ...[0, 1, 2, 3, 4, 5, 6].map((n) => `seq-${n}`),
  ...[1, 2, 3, 4, 5, 6].map((n) => `uns-${n}`),
  ...[1, 2, 3].flatMap((n) => [`div-m${n}`, `div-p${n}`, `hot-${n}`, `cold-${n}`]),
  "div-0",
];
const HATCHED = ["hidden", "unknown"];
const STATE = ["coalesce", ["feature-state", "c"], "none"];
const TILES_TO = 14;
// Hairlines between cells only from where a cell is more than a few pixels; areas have the lines of the base.
const EDGES_FROM = { "cell-9": 12.5, "cell-8": 11, "cell-7": 9, "cell-6": 7, "cell-5": 5 };

/** A picture of diagonal lines, or of dots, for units without a number. */
function hatch(kind) {
  const size = 12;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size;
  const pen = canvas.getContext("2d");
  pen.fillStyle = colour(`--${kind}-ground`);
  pen.fillRect(0, 0, size, size);
  pen.strokeStyle = pen.fillStyle = colour(`--${kind}-ink`);
  if (kind === "hidden") {
    for (const [x, y] of [[3, 3], [9, 9]]) {
      pen.beginPath();
      pen.arc(x, y, 1.4, 0, 2 * Math.PI);
      pen.fill();
    }
  } else {
    pen.lineWidth = 1.4;
    for (const x of [-size, 0, size]) {
      pen.beginPath();
      pen.moveTo(x - 2, size + 2);
      pen.lineTo(x + size + 2, -2);
      pen.stroke();
    }
  }
  return pen.getImageData(0, 0, size, size);
}

export class Painter {
  constructor(map, extent) {
    this.map = map;
    this.extent = extent;
    this.shown = null;
    this.chosen = null;
    this.hovered = null;
    this.lit = null;
    onStyle(map, () => this.draw());
  }

  /** Show units of a kind, each in the colour of its class. */
  show(kind, tiles, classes, from = 0) {
    const same = this.shown?.kind === kind;
    this.hover(null);
    this.shown = { kind, tiles, classes, from };
    this.lit = null;
    if (!same) {
      this.draw();
    } else {
      this.hatches();
      this.light(null);
      this.colour();
    }
  }

  draw() {
    if (!this.shown) {
      return;
    }
    const { map, shown } = this;
    for (const id of map.getLayersOrder().filter((one) => one.startsWith("units-"))) {
      map.setLayoutProperty(id, "visibility", map.getLayer(id).source === `units-${shown.kind}` ? "visible" : "none");
    }
    this.source(shown.kind, shown.tiles, shown.from);
    const under = map.getLayersOrder().find((id) => id.startsWith("line-") || id.startsWith("name-"));
    const own = { source: `units-${shown.kind}`, "source-layer": "units" };
    if (!map.getLayer(`units-fill-${shown.kind}`)) {
      const colours = CLASSES.flatMap((name) => [name, colour(`--${name}`)]);
      map.addLayer(
        { id: `units-fill-${shown.kind}`, type: "fill", ...own, paint: { "fill-color": ["match", STATE, ...colours, "rgba(0,0,0,0)"], "fill-opacity": 1, ...AT_ONCE } },
        under,
      );
      map.addLayer({ id: `units-edge-${shown.kind}`, type: "line", ...own, paint: this.edges(shown.kind) }, under);
    }
    this.hatches();
    this.colour();
    this.outline();
  }

  edges(kind) {
    const from = EDGES_FROM[kind] ?? 0;
    const [thin, thick] = kind in EDGES_FROM ? [0.6, 1] : [0, 0];
    const hovered = ["boolean", ["feature-state", "hover"], false];
    return {
      "line-color": ["case", hovered, colour("--ink"), colour("--edge")],
      "line-width": ["interpolate", ["linear"], ["zoom"], from, ["case", hovered, 2.5, 0], from + 1, ["case", hovered, 2.5, thin], from + 4, ["case", hovered, 3, thick]],
    };
  }

  source(kind, tiles, from) {
    if (!this.map.getSource(`units-${kind}`)) {
      this.map.addSource(`units-${kind}`, {
        type: "vector",
        tiles: [new URL(tiles.replace("KIND", kind), location.href).href.replaceAll("%7B", "{").replaceAll("%7D", "}")],
        minzoom: from,
        maxzoom: TILES_TO,
        ...reach(this.extent, kind.startsWith("cell-")),
      });
    }
  }

  /** A pattern cannot follow a state, but its opacity can: one more layer for each hatch that is needed. */
  hatches() {
    const { map, shown } = this;
    for (const kind of HATCHED) {
      const id = `units-${kind}-${shown.kind}`;
      if (map.getLayer(id) || !shown.classes.includes(kind)) {
        continue;
      }
      if (!map.hasImage(kind)) {
        map.addImage(kind, hatch(kind), { pixelRatio: 2 });
      }
      map.addLayer(
        {
          id,
          type: "fill",
          source: `units-${shown.kind}`,
          "source-layer": "units",
          paint: { "fill-pattern": kind, "fill-opacity": ["case", ["==", STATE, kind], 1, 0], ...AT_ONCE },
        },
        `units-edge-${shown.kind}`,
      );
    }
  }

  colour() {
    const { map, shown } = this;
    shown.classes.forEach((c, at) => {
      map.setFeatureState({ source: `units-${shown.kind}`, sourceLayer: "units", id: at + 1 }, { c });
    });
  }

  /** Let one class stand out; null: none. */
  light(name) {
    const { map, shown } = this;
    this.lit = name;
    const fill = `units-fill-${shown.kind}`;
    if (!map.getLayer(fill)) {
      return;
    }
    map.setPaintProperty(fill, "fill-opacity", name ? ["case", ["==", STATE, name], 1, 0.12] : 1);
    for (const kind of HATCHED) {
      const id = `units-${kind}-${shown.kind}`;
      if (map.getLayer(id)) {
        map.setPaintProperty(id, "fill-opacity", ["case", ["==", STATE, kind], name && name !== kind ? 0.12 : 1, 0]);
      }
    }
  }

  /** The number of the unit at a point of the screen, null where there is none. */
  at(point) {
    const layer = this.shown && `units-fill-${this.shown.kind}`;
    if (!layer || !this.map.getLayer(layer)) {
      return null;
    }
    return this.map.queryRenderedFeatures(point, { layers: [layer] })[0]?.id ?? null;
  }

  hover(n) {
    const { map, hovered } = this;
    if (hovered && (hovered.n !== n || hovered.kind !== this.shown?.kind)) {
      this.state(hovered, { hover: false });
      this.hovered = null;
    }
    if (n !== null && !this.hovered && map.getSource(`units-${this.shown.kind}`)) {
      this.hovered = { kind: this.shown.kind, n };
      this.state(this.hovered, { hover: true });
    }
  }

  state({ kind, n }, state) {
    if (this.map.getSource(`units-${kind}`)) {
      this.map.setFeatureState({ source: `units-${kind}`, sourceLayer: "units", id: n }, state);
    }
  }

  /** Outline a unit, which may be of another kind than is shown; null: none. */
  choose(unit) {
    this.chosen = unit;
    this.outline();
  }

  outline() {
    const { map, chosen } = this;
    for (const id of ["chosen-line", "chosen-casing"]) {
      if (map.getLayer(id)) {
        map.removeLayer(id);
      }
    }
    if (!chosen) {
      return;
    }
    this.source(chosen.kind, chosen.tiles, chosen.from ?? 0);
    const own = { type: "line", source: `units-${chosen.kind}`, "source-layer": "units", filter: ["==", ["id"], chosen.n], layout: { "line-join": "round" } };
    const under = map.getLayersOrder().find((id) => id.startsWith("name-"));
    map.addLayer({ id: "chosen-casing", ...own, paint: { "line-color": colour("--paper"), "line-width": 7 } }, under);
    map.addLayer({ id: "chosen-line", ...own, paint: { "line-color": colour("--ink"), "line-width": 3.5 } }, under);
  }
}
