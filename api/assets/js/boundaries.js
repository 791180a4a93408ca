// The map of what an edition changes: old outline, new outline, the ground between them hatched; in step with the list.
import { colour, onStyle, openMap, whenIdle } from "./map/open.js";
import { data, say } from "./page.js";

const element = document.getElementById("map");
const told = document.getElementById("told");
const list = document.querySelector(".changes");
const together = new Intl.ListFormat(document.documentElement.lang);

/** A tile of slanting lines, drawn pixel by pixel: it needs no picture from anywhere. */
function hatch(hue) {
  const size = 16;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size;
  const pen = canvas.getContext("2d");
  pen.strokeStyle = hue;
  pen.lineWidth = 2.5;
  pen.beginPath();
  for (const at of [-size, 0, size]) {
    pen.moveTo(at, size);
    pen.lineTo(at + size, 0);
  }
  pen.stroke();
  return pen.getImageData(0, 0, size, size);
}

function boxOf(features) {
  const box = [180, 90, -180, -90];
  const widen = (part) => {
    if (typeof part[0] === "number") {
      box[0] = Math.min(box[0], part[0]);
      box[1] = Math.min(box[1], part[1]);
      box[2] = Math.max(box[2], part[0]);
      box[3] = Math.max(box[3], part[1]);
    } else {
      part.forEach(widen);
    }
  };
  features.forEach((feature) => widen(feature.geometry.coordinates));
  return [[box[0], box[1]], [box[2], box[3]]];
}

function draw(map, shapes) {
  if (map.getSource("difference")) {
    return;
  }
  if (!map.hasImage("hatch")) {
    map.addImage("hatch", hatch(colour("--due")), { pixelRatio: 2 });
  }
  map.addSource("difference", { type: "geojson", data: shapes });
  const of = (what) => ["==", ["get", "what"], what];
  map.addLayer({ id: "ground", type: "fill", source: "difference", filter: of("ground"), paint: { "fill-pattern": "hatch" } });
  map.addLayer({ id: "after", type: "line", source: "difference", filter: of("after"), paint: { "line-color": colour("--action"), "line-width": 2 } });
  map.addLayer({
    id: "before",
    type: "line",
    source: "difference",
    filter: of("before"),
    paint: { "line-color": colour("--claimed"), "line-width": 2, "line-dasharray": [3, 2] },
  });
  const spots = data.spots.map(([lon, lat, id, moves]) => ({
    type: "Feature",
    geometry: { type: "Point", coordinates: [lon, lat] },
    properties: { id, moves },
  }));
  map.addSource("cases", { type: "geojson", data: { type: "FeatureCollection", features: spots } });
  map.addLayer({
    id: "cases",
    type: "circle",
    source: "cases",
    paint: {
      "circle-radius": 5,
      "circle-color": ["case", ["get", "moves"], colour("--overdue"), colour("--paper")],
      "circle-stroke-color": colour("--overdue"),
      "circle-stroke-width": 2,
    },
  });
  map.addLayer({ id: "chosen", type: "line", source: "difference", filter: ["==", ["get", "n"], -1], paint: { "line-color": colour("--focus"), "line-width": 4 } });
}

function choose(map, shapes, n, { move }) {
  const own = shapes.features.filter((feature) => feature.properties.n === n);
  map.setFilter("chosen", ["==", ["get", "n"], n]);
  if (move && own.length) {
    map.fitBounds(boxOf(own), { padding: 48, maxZoom: 15 });
  }
  for (const line of list.children) {
    line.classList.toggle("chosen", line.dataset.n === String(n));
  }
  const names = [...new Set(own.filter((feature) => feature.properties.name).map((feature) => `${feature.properties.name} ${feature.properties.code}`))];
  // Names come from a file that somebody gave: as text, never as markup.
  told.textContent = own.length ? say("chosen", { kind: data.kinds[own[0].properties.kind], names: together.format(names) }) : say("hint");
}

async function start() {
  const answer = await fetch(data.difference);
  if (!answer.ok) {
    throw new Error(`${data.difference}: ${answer.status}`);
  }
  const shapes = await answer.json();
  const { map } = await openMap(element, data.map, { bounds: boxOf(shapes.features) });
  onStyle(map, () => draw(map, shapes));
  map.on("click", (event) => {
    const [open] = map.queryRenderedFeatures(event.point, { layers: ["cases"] });
    if (open) {
      location.assign(`/cases/${open.properties.id}`);
      return;
    }
    const found = map.queryRenderedFeatures(event.point, { layers: ["ground", "after", "before"] })[0];
    if (found) {
      choose(map, shapes, found.properties.n, { move: false });
    }
  });
  for (const line of list.children) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button quiet";
    button.textContent = data.show;
    button.addEventListener("click", () => {
      choose(map, shapes, Number(line.dataset.n), { move: true });
      element.scrollIntoView({ block: "nearest" });
    });
    line.append(" ", button);
  }
  map.once("idle", () => {
    element.dataset.difference = String(shapes.features.length);
  });
}

await whenIdle();
start().catch(() => {
  told.textContent = say("failed");
});
