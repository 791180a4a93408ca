// The area map: the own boundary, the cases as pins, and the list beside it in step with both; live for staff.
import { choose, chosen, isFresh, light, markFresh, onMap, refresh, renewPins } from "./area/choice.js";
import { bring, keepingPlace, lineOf, lines, takeOver } from "./area/lists.js";
import { follow } from "./area/live.js";
import { drawArea } from "./area/pins.js";
import { lightPlaces, placesUnder, showPlaces } from "./area/places.js";
import { onStyle, openMap } from "./map/open.js";
import { padding, panel, settle, sheet, wide } from "./map/sheet.js";
import { data, say } from "./page.js";
import { toast } from "./toast.js";

const GRIDS_FROM = 11.05;
const FRESH_MS = 10 * 60_000;
const staff = Boolean(data.live);
let map = null;

/** The list shows what the map shows; what has no pin, is new or is open is always listed. */
function filterList() {
  const at = new Map(data.pins.map((pin) => [String(pin.id), [pin.lon, pin.lat]]));
  const bounds = map && visibleBounds();
  const count = { all: 0, seen: 0 };
  for (const line of lines()) {
    const id = line.dataset.case;
    const where = at.get(id);
    const seen = !where || !bounds || bounds.contains(where);
    line.hidden = !seen && !isFresh(id) && id !== chosen();
    if (where && line.parentElement.id === "open-list") {
      count.all += 1;
      count.seen += Number(seen);
    }
  }
  document.getElementById("shown").textContent = bounds && count.all ? say("shown", { n: count.seen, all: count.all }) : "";
}

function visibleBounds() {
  const box = map.getContainer().getBoundingClientRect();
  // On phones what the sheet leaves free when it is down, be it up at the moment or on its way.
  const bottom = wide.matches ? box.height : Math.max(80, panel.offsetTop + panel.offsetHeight * 0.55 - 40);
  const bounds = map.getBounds();
  const south = map.unproject([0, Math.min(bottom, box.height)]).lat;
  bounds.setSouthWest([bounds.getWest(), south]);
  return bounds;
}

function goTo(id) {
  const pin = data.pins.find((one) => String(one.id) === id);
  if (pin && map) {
    map.easeTo({ center: [pin.lon, pin.lat], zoom: Math.max(map.getZoom(), 16), padding: padding(40), duration: 180 });
  }
}

/** What the reader does in the list. */
function listenToList() {
  const caseOf = (event) => event.target.closest?.("li[data-case]")?.dataset.case ?? null;
  panel.addEventListener("pointerover", (event) => light(caseOf(event)));
  panel.addEventListener("pointerleave", () => light(null));
  panel.addEventListener("focusin", (event) => light(caseOf(event)));
  panel.addEventListener("click", (event) => {
    const go = event.target.closest?.("a[data-go]");
    const link = go ?? event.target.closest?.("li[data-case] > a.case");
    const id = go ? go.dataset.go : link && caseOf(event);
    // Another tab is the reader's wish, and a case of elsewhere is a page of its own.
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || !lineOf(id)) {
      return;
    }
    event.preventDefault();
    settle();
    if (id === chosen()) {
      choose(null);
      return;
    }
    choose(id);
    if (go) {
      bring(lineOf(id), wide.matches);
      lineOf(id).firstElementChild.focus({ preventScroll: true });
    }
    if (data.pins.some((pin) => String(pin.id) === id)) {
      sheet(false);
      goTo(id);
      if (!wide.matches) {
        bring(lineOf(id), false);
      }
    }
  });
}

/** What the reader does on the map. */
function listenToMap() {
  const hit = (point) => {
    const reach = 8;
    const box = [[point.x - reach, point.y - reach], [point.x + reach, point.y + reach]];
    const found = map.getLayer("cases") && map.queryRenderedFeatures(box, { layers: ["cases"] })[0];
    return found ? String(found.properties.id) : null;
  };
  map.on("mousemove", (event) => {
    const id = hit(event.point);
    const places = id === null ? placesUnder(map, event.point) : [];
    map.getCanvas().style.cursor = id || places.length ? "pointer" : "";
    light(id);
    lightPlaces(places);
  });
  map.on("click", (event) => {
    const id = hit(event.point);
    const places = id === null ? placesUnder(map, event.point) : [];
    choose(id).then(() => keepingPlace(filterList));
    if (id !== null) {
      bring(lineOf(id), wide.matches);
    }
    lightPlaces(places, wide.matches);
  });
  map.on("moveend", () => keepingPlace(filterList));
}

async function show() {
  const [west, south, east, north] = data.area.bbox;
  const element = document.getElementById("map");
  ({ map } = await openMap(element, data.map, {
    bounds: [[west, south], [east, north]],
    fitBoundsOptions: { padding: padding(40) },
  }));
  // A grid is in the tiles from this zoom on; below it, its own boundary could not be shown.
  if (data.area.lowest && map.getZoom() < GRIDS_FROM) {
    map.setZoom(GRIDS_FROM);
  }
  onStyle(map, async () => {
    await drawArea(map, data.area.code, data.pins, staff);
    if (staff) {
      await showPlaces(map);
    }
    onMap(map);
    element.dataset.cases = String(data.pins.length);
  });
  if (staff) {
    listenToMap();
    if (chosen()) {
      goTo(chosen());
    }
    filterList();
  }
}

/** Take over what is newer; `told` are the cases that are said to have changed, empty where nobody named them. */
async function renew(told) {
  const answer = await fetch(data.live.cases, { headers: { Accept: "text/html" } });
  if (!answer.ok) {
    throw Object.assign(new Error("no page"), { status: answer.status });
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const newest = Math.max(0, ...lines().map((line) => Number(line.dataset.case)));
  let added = [];
  keepingPlace(() => {
    added = takeOver(page).filter((line) => line.parentElement.id !== "earlier-list");
    added = added.filter((line) => told.has(Number(line.dataset.case)) || Number(line.dataset.case) > newest);
    renewPins(JSON.parse(page.getElementById("pins").textContent));
    added.forEach((line) => freshen(line.dataset.case));
    filterList();
  });
  document.getElementById("map").dataset.cases = String(data.pins.length);
  announce(added);
  if (chosen() && !lineOf(chosen())) {
    choose(null);
  } else if (chosen() && (told.size === 0 || told.has(Number(chosen())) || added.length)) {
    refresh();
  }
}

function freshen(id) {
  markFresh(id, true);
  setTimeout(() => markFresh(id, false), FRESH_MS);
}

function announce(added) {
  if (added.length === 1) {
    toast(say("fresh", { category: added[0].querySelector(".title").firstChild.textContent }));
  } else if (added.length) {
    toast(say("many", { n: added.length }));
  }
}

function tell(state) {
  const place = document.getElementById("live");
  place.dataset.state = state;
  place.textContent = say(state);
}

if (staff) {
  listenToList();
  const named = location.hash.match(/^#case-(\d+)$/)?.[1];
  if (named && lineOf(named)) {
    choose(named);
  }
  follow(data.live.stream, renew, tell);
}
if (data.map) {
  show().catch((error) => console.warn(error));
}
