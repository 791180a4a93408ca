// The places behind the figures: circles with numbers from afar, single spots from near.  Draws on top of everything.
import { colour, onStyle } from "../map/open.js";
import { reach } from "./reach.js";

const LAYERS = ["points-bins", "points-many", "points-spots"];

export class Points {
  constructor(map, extent) {
    this.map = map;
    this.extent = extent;
    this.query = null;
    onStyle(map, () => this.draw());
  }

  /** Show the points of a question; null: none. */
  show(query) {
    if (query !== this.query) {
      this.query = query;
      this.draw();
    }
  }

  draw() {
    const { map } = this;
    for (const id of LAYERS.filter((one) => map.getLayer(one))) {
      map.removeLayer(id);
    }
    if (map.getSource("points")) {
      map.removeSource("points");
    }
    if (!this.query) {
      return;
    }
    const tiles = [`${location.origin}/tiles/points/{z}/{x}/{y}.mvt?${this.query}`];
    map.addSource("points", { type: "vector", tiles, maxzoom: 14, ...reach(this.extent, true) });
    const size = ["interpolate", ["linear"], ["sqrt", ["coalesce", ["get", "many"], 2]], 1, 3, 30, 18];
    map.addLayer({
      id: "points-bins",
      type: "circle",
      source: "points",
      "source-layer": "bins",
      paint: {
        "circle-radius": size,
        "circle-color": colour("--paper"),
        "circle-opacity": 0.75,
        "circle-stroke-color": colour("--ink"),
        "circle-stroke-width": 1.2,
      },
    });
    map.addLayer({
      id: "points-many",
      type: "symbol",
      source: "points",
      "source-layer": "bins",
      filter: [">=", ["coalesce", ["get", "many"], 0], 50],
      layout: { "text-field": ["to-string", ["get", "many"]], "text-size": 10.5, "text-allow-overlap": true },
      paint: { "text-color": colour("--ink") },
    });
    const late = ["boolean", ["get", "late"], false];
    map.addLayer({
      id: "points-spots",
      type: "circle",
      source: "points",
      "source-layer": "spots",
      layout: { "circle-sort-key": ["case", late, 1, 0] },
      paint: {
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 12, ["case", late, 3.5, 2.5], 15, ["case", late, 6.5, 5]],
        "circle-color": ["case", late, colour("--overdue"), colour("--ink")],
        "circle-stroke-color": colour("--paper"),
        "circle-stroke-width": 1.2,
      },
    });
  }
}
