// The planner's page: the controls drive the map without loading the page anew, and everything stands in the address.
import { openMap } from "./map/open.js";
import { fetchInto } from "./fragments.js";
import { data, say } from "./page.js";
import { Afar } from "./planner/afar.js";
import { classesOf, hotspotClasses } from "./planner/classes.js";
import { complain } from "./planner/complaints.js";
import { fetchIndex, fetchPicture, keep, paintedIn } from "./planner/data.js";
import { watchKeys } from "./planner/keyboard.js";
import { watchLegend } from "./planner/legend.js";
import { Painter } from "./planner/paint.js";
import { Places } from "./planner/places.js";
import { watchPointer } from "./planner/pointer.js";
import { Points } from "./planner/points.js";
import { watchSearch } from "./planner/search.js";
import { watchPrint } from "./planner/sheet.js";
import { changed, chosenLevel, current, fromForm, go, question, showFields, toForm, unfinished } from "./planner/state.js";
import { hideTip } from "./planner/tip.js";
import { toast } from "./toast.js";

const page = document.getElementById("main");
const told = document.getElementById("told");
const form = document.getElementById("ask");
const stage = document.getElementById("map");
const panel = document.getElementById("panel");
const bar = document.querySelector(".planner-bar");
const handle = document.getElementById("handle");
const tableBox = document.getElementById("table");
const unitBox = document.getElementById("unit");
const unitBody = document.getElementById("unit-body");
const wide = matchMedia("(min-width: 900px)");
const calm = matchMedia("(prefers-reduced-motion: reduce)");

const KM_PER_DEGREE = 111.2;

let map = null;
let painter = null;
let points = null;
let places = null;
let afar = null;
let picture = { markup: told.innerHTML, painted: paintedIn(told) };
let hotspots = null;
let asking = 0;
let pictures = 0;
let opener = null;

/* What is shown ---------------------------------------------------------------------------------- */

function zoom() {
  return map ? map.getZoom() : (data.place?.zoom ?? null);
}

/** The kind of unit of the present address: the chosen one, or what fits the zoom. */
function kindNow(params = current()) {
  const chosen = chosenLevel(params, data.levels);
  if (chosen) {
    return chosen;
  }
  const at = zoom();
  return at === null ? picture.painted.kind : data.steps.filter(([from]) => at >= from).at(-1)[1];
}

/** Say when the picture stands: which one it is, for whoever waits or measures. */
function finished() {
  map.once("idle", () => {
    pictures += 1;
    stage.dataset.complete = String(pictures);
    performance.mark("planner-complete");
  });
  map.triggerRepaint();
}

function paint() {
  if (!painter) {
    return;
  }
  const { painted } = picture;
  delete stage.dataset.complete;
  if (hotspots) {
    const { found, index } = hotspots;
    const from = painted.least[found.kind] ?? 0;
    painter.show(found.kind, painted.tiles, hotspotClasses(found, index.keys.length), from);
    afar.show(found, index.centres, from);
  } else {
    painter.show(painted.kind, painted.tiles, classesOf(painted), painted.least[painted.kind] ?? 0);
    afar.show(null);
  }
  sayCloser();
  const spots = current().get("points") === "1";
  page.toggleAttribute("data-points", spots);
  points.show(spots ? painted.asked : null);
  places.show(current().get("places") === "1").catch((error) => console.warn(error));
  finished();
}

/** Fetch what the address asks for, and show it. */
async function refresh() {
  const mine = ++asking;
  const params = current();
  const kind = kindNow(params);
  const query = question(params, kind).toString();
  showView(params);
  page.setAttribute("aria-busy", "true");
  try {
    const next = await fetchPicture(query);
    const hot = await testedIn(next.painted);
    if (mine !== asking) {
      return;
    }
    if (next !== picture) {
      told.replaceChildren(...new DOMParser().parseFromString(next.markup, "text/html").body.childNodes);
    }
    picture = next;
    hotspots = hot;
    complain();
    paint();
    if (params.get("view") === "table") {
      await showTable(params, kind);
    }
  } catch (error) {
    console.warn(error);
    toast(say("failed"));
  } finally {
    if (mine === asking) {
      page.removeAttribute("aria-busy");
    }
  }
}

async function testedIn({ hotspots: found, index }) {
  return found && { found, index: await fetchIndex(index.replace("KIND", found.kind)) };
}

function showView(params) {
  const table = params.get("view") === "table";
  const hidden = page.dataset.view === "table";
  page.dataset.view = table ? "table" : "map";
  if (hidden && !table && map) {
    // A map that was hidden has no size of its own yet.
    map.resize();
    if (!params.get("z")) {
      map.fitBounds(everything(), { padding: padding(), duration: 0 });
    }
  }
  for (const link of document.querySelectorAll(".views [data-view]")) {
    const own = link.dataset.view === page.dataset.view;
    link.toggleAttribute("aria-current", own);
    if (own) {
      link.setAttribute("aria-current", "true");
    }
  }
}

async function showTable(params, kind) {
  const asked = question(params, kind);
  for (const name of ["sort", "page"]) {
    if (params.get(name)) {
      asked.set(name, params.get(name));
    }
  }
  await fetchInto(tableBox, `/planner/table?${asked}`);
}

/* One unit --------------------------------------------------------------------------------------- */

function outline(n, kind) {
  painter?.choose(n ? { n: Number(n), kind, tiles: picture.painted.tiles, from: picture.painted.least[kind] } : null);
}

async function showUnit(key, { fly = false, focus = false } = {}) {
  unitBox.hidden = !key;
  page.classList.toggle("has-unit", Boolean(key));
  if (!key) {
    outline(null);
    unitBody.replaceChildren();
    return;
  }
  const params = question(current(), picture.painted.kind);
  if (unitBody.querySelector("[data-unit]")?.dataset.unit !== key || unitBody.dataset.asked !== params.toString()) {
    await fetchInto(unitBody, `/planner/unit/${encodeURIComponent(key)}?${params}`);
    unitBody.dataset.asked = params.toString();
  }
  const head = unitBody.querySelector("[data-unit]");
  if (!head) {
    outline(null);
    return;
  }
  outline(head.dataset.n, head.dataset.kind);
  if (focus) {
    unitBody.focus();
  }
  if (fly && map) {
    const index = await fetchIndex(picture.painted.index.replace("KIND", head.dataset.kind));
    flyTo(index.centres[head.dataset.n - 1], index.area_km2[head.dataset.n - 1]);
  }
}

/** Bring a unit of so many square kilometres into the middle, large enough to be looked at. */
function flyTo([lon, lat], km2) {
  const north = (Math.sqrt(km2) * 0.8) / KM_PER_DEGREE;
  const east = north / Math.cos((lat * Math.PI) / 180);
  const box = [[lon - east, lat - north], [lon + east, lat + north]];
  map.fitBounds(box, { padding: padding(true), maxZoom: 15, duration: calm.matches ? 0 : 180 });
}

function choose(key, how = {}) {
  opener = document.activeElement;
  go(changed({ unit: key, ...how.parts }));
  showView(current());
  return showUnit(key, how);
}

function close() {
  places?.close();
  if (unitBox.hidden) {
    return;
  }
  go(changed({ unit: "" }));
  showUnit(null);
  (opener?.isConnected ? opener : stage.querySelector("canvas"))?.focus();
}

/** A unit of what is painted now, by its number. */
async function chooseNumber(n) {
  const index = await fetchIndex(picture.painted.index.replace("KIND", painter.shown.kind));
  await choose(index.keys[n - 1]);
}

/* The map ---------------------------------------------------------------------------------------- */

function padding(flying = false) {
  if (wide.matches) {
    return { top: 64, right: flying || page.classList.contains("has-unit") ? 372 : 48, bottom: 48, left: 48 };
  }
  const { top, bottom } = stage.getBoundingClientRect();
  const below = bottom - panel.getBoundingClientRect().top;
  // On a phone the switches take a second line.
  const above = bar.getBoundingClientRect().bottom - top;
  return { top: above + 8, right: 24, bottom: Math.min(Math.max(24, below + 16), stage.clientHeight * 0.6), left: 24 };
}

/** Say where the chosen cells are too small to be drawn. */
function sayCloser() {
  const { kind, from } = painter.shown;
  document.getElementById("closer").hidden = Boolean(hotspots) || !kind.startsWith("cell-") || map.getZoom() >= from;
}

function watchMap() {
  let moved = false;
  watchPointer(map, painter, places, () => ({ painted: picture.painted, found: hotspots?.found ?? null }));
  map.on("click", (event) => {
    const marked = places.at(event.point);
    const n = painter.at(event.point);
    hideTip();
    places.close();
    if (marked.length) {
      places.open(marked);
    } else if (n) {
      chooseNumber(n);
    }
  });
  map.on("movestart", () => {
    hideTip();
    moved = true;
  });
  map.on("moveend", () => {
    if (!moved) {
      return;
    }
    const { lng, lat } = map.getCenter();
    go(changed({ z: map.getZoom().toFixed(2), lon: lng.toFixed(5), lat: lat.toFixed(5) }), true);
    if (kindNow() !== picture.painted.kind) {
      refresh();
    }
  });
  map.on("zoom", sayCloser);
}

function everything() {
  const [west, south, east, north] = data.extent;
  return [[west, south], [east, north]];
}

async function openStage() {
  const view = data.place ?? { bounds: everything(), fitBoundsOptions: { padding: padding() } };
  // Names that fade in would be drawn again and again, and each picture stand that much later.
  ({ map } = await openMap(stage, data.map, { ...view, fadeDuration: 0 }));
  painter = new Painter(map, data.extent);
  points = new Points(map, data.extent);
  places = new Places(map);
  afar = new Afar(map);
  if (kindNow() === picture.painted.kind && !picture.painted.hotspots) {
    paint();
  } else {
    await refresh();
  }
  watchMap();
  watchPrint(map);
  const unit = current().get("unit");
  if (unit) {
    await showUnit(unit);
  }
}

/* The controls ----------------------------------------------------------------------------------- */

function asked() {
  const parts = fromForm();
  showFields();
  if (unfinished(parts)) {
    return;
  }
  go(changed(parts));
  refresh().then(() => unitBox.hidden || showUnit(current().get("unit")));
}

function stepLevel(by) {
  const at = data.levels.indexOf(kindNow());
  const next = data.levels[at + by];
  if (next) {
    form.elements.level.value = next;
    asked();
  }
}

function sheet(open) {
  panel.classList.toggle("open", open);
  handle.setAttribute("aria-expanded", String(open));
  handle.textContent = open ? handle.dataset.close : handle.dataset.open;
}

function followAddress() {
  const params = current();
  toForm(params);
  if (map && params.get("z")) {
    map.jumpTo({ center: [Number(params.get("lon")), Number(params.get("lat"))], zoom: Number(params.get("z")) });
  }
  refresh();
  showUnit(params.get("unit"));
}

function watchPage() {
  // Not on the form: some of its controls stand on the map.
  page.addEventListener("change", (event) => event.target.form === form && asked());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    asked();
  });
  addEventListener("popstate", followAddress);
  handle.addEventListener("click", () => sheet(!panel.classList.contains("open")));
  document.getElementById("unit-close").addEventListener("click", close);
  document.querySelector(".views").addEventListener("click", (event) => {
    const link = event.target.closest("[data-view]");
    if (link) {
      event.preventDefault();
      go(changed({ view: link.dataset.view === "table" ? "table" : "" }));
      refresh();
    }
  });
  tableBox.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-table], a[data-unit]");
    if (!link) {
      return;
    }
    event.preventDefault();
    if (link.dataset.unit) {
      choose(link.dataset.unit, { fly: true, focus: true, parts: { view: "" } });
      return;
    }
    const to = new URL(link.href).searchParams;
    go(changed({ view: "table", sort: to.get("sort"), page: to.get("page") }));
    showTable(current(), kindNow());
  });
  watchLegend((name) => painter?.shown && painter.light(name));
  watchSearch((hit) => choose(hit.code, { fly: true, focus: true, parts: { view: "" } }));
  watchKeys({
    "/": () => document.getElementById("q").focus(),
    "[": () => stepLevel(-1),
    "]": () => stepLevel(1),
    Escape: close,
  });
}

keep(question(current(), picture.painted.kind).toString(), picture);
page.classList.toggle("has-unit", !unitBox.hidden);
showFields();
watchPage();
page.dataset.ready = "yes";
if (data.map) {
  openStage().catch((error) => console.warn(error));
}
