// The area map: the own boundary, the cases as pins, and the list beside it in step with both.
import { addMarks } from "./map/marks.js";
import { onStyle, openMap } from "./map/open.js";
import { data, say } from "./page.js";

const GRIDS_FROM = 11.05;
const wide = matchMedia("(min-width: 900px)");
const panel = document.getElementById("panel");
const handle = document.getElementById("handle");
const shown = document.getElementById("shown");

function sheet(open) {
  panel.classList.toggle("open", open);
  handle.setAttribute("aria-expanded", String(open));
  handle.textContent = open ? handle.dataset.close : handle.dataset.open;
}
handle.addEventListener("click", () => sheet(!panel.classList.contains("open")));

const points = {
  type: "FeatureCollection",
  features: data.pins.map((pin) => ({
    type: "Feature",
    id: pin.id,
    geometry: { type: "Point", coordinates: [pin.lon, pin.lat] },
    properties: {
      id: pin.id,
      icon: `mark-${pin.mark}${pin.open ? "" : "-pale"}`,
      size: pin.open ? [0.72, 0.88, 1.05][pin.age] : 0.62,
      // What is unsolved beats all else to the eye, and older beats younger.
      rank: (pin.open ? 10 : 0) + (pin.mark === "overdue" ? 10 : 0) + (pin.mark === "due" ? 5 : 0) + pin.age,
    },
  })),
};

function own(map) {
  const ink = getComputedStyle(document.documentElement);
  const accent = ink.getPropertyValue("--action").trim();
  const first = map.getStyle().layers.find((layer) => layer.id.startsWith("name-"))?.id;
  const mine = { source: "edition", "source-layer": "areas", filter: ["==", ["get", "code"], data.area.code] };
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

function cases(map) {
  const ink = getComputedStyle(document.documentElement);
  map.addSource("cases", { type: "geojson", data: points });
  const lit = ["case", ["any", ["boolean", ["feature-state", "lit"], false], ["boolean", ["feature-state", "chosen"], false]], 1, 0];
  map.addLayer({
    id: "case-halo",
    type: "circle",
    source: "cases",
    paint: {
      "circle-radius": 24,
      "circle-color": ink.getPropertyValue("--focus").trim(),
      "circle-opacity": ["*", 0.35, lit],
      "circle-stroke-color": ink.getPropertyValue("--focus").trim(),
      "circle-stroke-width": 2,
      "circle-stroke-opacity": lit,
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

/** Keeps list and map in step: what is pointed at or chosen in one is so in the other. */
function keepInStep(map) {
  const line = (id) => document.querySelector(`li[data-case="${id}"]`);
  const states = { lit: null, chosen: null };
  const onMap = new Set(data.pins.map((pin) => String(pin.id)));

  const set = (state, id) => {
    const before = states[state];
    if (before === id) {
      return;
    }
    for (const [one, value] of [[before, false], [id, true]]) {
      if (one !== null) {
        line(one)?.firstElementChild.classList.toggle(state, value);
        if (onMap.has(one) && map.getSource("cases")) {
          map.setFeatureState({ source: "cases", id: Number(one) }, { [state]: value });
        }
      }
    }
    states[state] = id;
  };

  const caseOf = (event) => event.target.closest?.("li[data-case]")?.dataset.case ?? null;
  panel.addEventListener("pointerover", (event) => set("lit", caseOf(event)));
  panel.addEventListener("pointerleave", () => set("lit", null));
  panel.addEventListener("focusin", (event) => set("lit", caseOf(event)));
  panel.addEventListener("click", (event) => {
    const id = caseOf(event);
    if (id === null) {
      return;
    }
    event.preventDefault();
    set("chosen", id);
    const pin = data.pins.find((one) => String(one.id) === id);
    if (pin) {
      sheet(false);
      map.easeTo({ center: [pin.lon, pin.lat], zoom: Math.max(map.getZoom(), 15), padding: padding(), duration: 180 });
    }
  });

  const hit = (point) => {
    const reach = 8;
    const box = [[point.x - reach, point.y - reach], [point.x + reach, point.y + reach]];
    const found = map.queryRenderedFeatures(box, { layers: ["cases"] })[0];
    return found ? String(found.properties.id) : null;
  };
  map.on("mousemove", (event) => {
    const id = hit(event.point);
    map.getCanvas().style.cursor = id ? "pointer" : "";
    set("lit", id);
  });
  map.on("click", (event) => {
    const id = hit(event.point);
    set("chosen", id);
    if (id !== null) {
      const home = line(id);
      home.hidden = false;
      home.scrollIntoView({ block: wide.matches ? "center" : "start" });
    }
  });
}

/** The list shows what the map shows; what has no pin is always listed. */
function filterList(map) {
  const at = new Map(data.pins.map((pin) => [String(pin.id), [pin.lon, pin.lat]]));
  const lists = document.querySelectorAll("#open-list > li, #earlier-list > li");
  const count = { all: 0, seen: 0 };
  const bounds = visibleBounds(map);
  for (const line of lists) {
    const where = at.get(line.dataset.case);
    const seen = !where || bounds.contains(where);
    line.hidden = !seen;
    if (where && line.parentElement.id === "open-list") {
      count.all += 1;
      count.seen += Number(seen);
    }
  }
  shown.textContent = count.all ? say("shown", { n: count.seen, all: count.all }) : "";
}

function visibleBounds(map) {
  const box = map.getContainer().getBoundingClientRect();
  const bottom = wide.matches ? box.height : Math.max(80, panel.getBoundingClientRect().top - box.top);
  const bounds = map.getBounds();
  const south = map.unproject([0, Math.min(bottom, box.height)]).lat;
  bounds.setSouthWest([bounds.getWest(), south]);
  return bounds;
}

function padding() {
  const height = document.getElementById("map").getBoundingClientRect().height;
  return wide.matches
    ? { top: 40, right: 40, bottom: 64, left: 40 }
    : { top: 32, right: 24, bottom: Math.round(height * 0.45) + 16, left: 24 };
}

async function show() {
  const [west, south, east, north] = data.area.bbox;
  const { map } = await openMap(document.getElementById("map"), data.map, {
    bounds: [[west, south], [east, north]],
    fitBoundsOptions: { padding: padding() },
  });
  // A grid is in the tiles from this zoom on; below it, its own boundary could not be shown.
  if (data.area.lowest && map.getZoom() < GRIDS_FROM) {
    map.setZoom(GRIDS_FROM);
  }
  const draw = async () => {
    own(map);
    await addMarks(map);
    if (data.pins.length) {
      cases(map);
    }
    map.getContainer().parentElement.dataset.cases = String(data.pins.length);
  };
  onStyle(map, draw);
  if (data.pins.length) {
    keepInStep(map);
    map.on("moveend", () => filterList(map));
    filterList(map);
  }
}

if (data.map) {
  show().catch((error) => console.warn(error));
}
