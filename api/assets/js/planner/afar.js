// Hot and cold cells from afar, where the cells themselves are too small to be drawn: a dot each.
import { colour, onStyle } from "../map/open.js";

const COLOURED = [-3, -2, -1, 1, 2, 3];

function colourOf(bin) {
  return colour(bin > 0 ? `--hot-${bin}` : `--cold-${-bin}`);
}

export class Afar {
  constructor(map) {
    this.map = map;
    this.dots = null;
    onStyle(map, () => this.draw());
  }

  /** Show what a test found, up to a zoom; null: nothing. */
  show(found, centres, upTo) {
    const marked = found ? found.n.map((n, at) => [centres[n - 1], found.bin[at]]).filter(([, bin]) => bin) : [];
    this.dots = marked.length ? { marked, upTo } : null;
    this.draw();
  }

  draw() {
    const { map, dots } = this;
    if (map.getLayer("afar")) {
      map.removeLayer("afar");
      map.removeSource("afar");
    }
    if (!dots) {
      return;
    }
    const features = dots.marked.map(([coordinates, bin]) => ({ type: "Feature", geometry: { type: "Point", coordinates }, properties: { bin } }));
    map.addSource("afar", { type: "geojson", data: { type: "FeatureCollection", features } });
    map.addLayer({
      id: "afar",
      type: "circle",
      source: "afar",
      maxzoom: dots.upTo,
      layout: { "circle-sort-key": ["abs", ["get", "bin"]] },
      paint: {
        "circle-radius": 5,
        "circle-color": ["match", ["get", "bin"], ...COLOURED.flatMap((bin) => [bin, colourOf(bin)]), "rgba(0,0,0,0)"],
        "circle-stroke-color": colour("--ink"),
        "circle-stroke-width": 0.6,
      },
    });
  }
}
