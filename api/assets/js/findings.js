// What checks of boundaries found, on a map: a mark each, its ground and its repair; list and map choose the same one.
// The list itself needs none of this.
import { drawFindings, drawConcerned, light } from "./findings/drawing.js";
import { onStyle, openMap } from "./map/open.js";
import { padding, panel, settle, sheet, wide } from "./map/sheet.js";
import { data } from "./page.js";

const element = document.getElementById("map");
const marks = new Map(data.findings.map((one) => [one.n, one]));
const drawn = { shapes: [], areas: [] };
let map = null;
let chosen = null;

function line(n) {
  return document.querySelector(`.finding[data-n="${n}"]`);
}

/** Bring a line to the top of the list, and move nothing else. */
function bring(own) {
  const list = wide.matches ? panel : document.getElementById("panel-content");
  const by = own.getBoundingClientRect().top - list.getBoundingClientRect().top;
  if (by < 0 || !wide.matches || by > list.clientHeight - own.offsetHeight) {
    list.scrollTop += by;
  }
}

function goTo(one) {
  if (map && one.box) {
    const [west, south, east, north] = one.box;
    map.fitBounds([[west, south], [east, north]], { padding: padding(56), maxZoom: 17, duration: 180 });
  }
}

/** Choose a finding, or none (null): the same one in the list, on the map and in the address. */
async function choose(n, fromAfar) {
  chosen = n;
  for (const each of document.querySelectorAll('.finding[aria-current="true"]')) {
    each.removeAttribute("aria-current");
  }
  element.dataset.chosen = n === null ? "" : String(n);
  history.replaceState(null, "", n === null ? location.pathname + location.search : `#finding-${n}`);
  light(map, n);
  drawn.areas = [];
  if (n === null) {
    drawConcerned(map, drawn.areas);
    return;
  }
  const own = line(n);
  own?.setAttribute("aria-current", "true");
  if (own && fromAfar) {
    bring(own);
  }
  goTo(marks.get(n));
  const answer = await fetch(`${data.all}/${n}`, { headers: { Accept: "application/json" } });
  // Another one may have been chosen meanwhile.
  if (answer.ok && chosen === n) {
    drawn.areas = (await answer.json()).areas;
    drawConcerned(map, drawn.areas);
    element.dataset.areas = String(drawn.areas.length);
  }
}

/** To the finding before or after the one that has the focus. */
function step(by) {
  const all = [...document.querySelectorAll(".finding")];
  const at = all.indexOf(document.activeElement);
  all[Math.min(Math.max(at + by, 0), all.length - 1)]?.focus();
}

function listenToList() {
  panel.addEventListener("click", (event) => {
    const own = event.target.closest?.(".finding");
    if (!own || event.ctrlKey || event.metaKey || event.shiftKey) {
      return;
    }
    event.preventDefault();
    const n = Number(own.dataset.n);
    choose(n === chosen ? null : n, false);
    if (!wide.matches) {
      sheet(false);
      settle();
      bring(own);
    }
  });
  panel.addEventListener("keydown", (event) => {
    if (event.target.matches(".finding") && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      step(event.key === "ArrowDown" ? 1 : -1);
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && chosen !== null) {
      choose(null, false);
    }
  });
}

function listenToMap() {
  const hit = (point) => {
    const reach = 6;
    const box = [[point.x - reach, point.y - reach], [point.x + reach, point.y + reach]];
    const layers = ["finding-marks", "finding-ground"].filter((name) => map.getLayer(name));
    return map.queryRenderedFeatures(box, { layers })[0]?.properties.n ?? null;
  };
  map.on("mousemove", (event) => {
    map.getCanvas().style.cursor = hit(event.point) === null ? "" : "pointer";
  });
  map.on("click", (event) => choose(hit(event.point), true));
}

function around() {
  const boxes = data.findings.filter((one) => one.box).map((one) => one.box);
  if (!boxes.length) {
    return {};
  }
  const of = (place, pick) => pick(...boxes.map((box) => box[place]));
  return {
    bounds: [[of(0, Math.min), of(1, Math.min)], [of(2, Math.max), of(3, Math.max)]],
    fitBoundsOptions: { padding: padding(56), maxZoom: 16 },
  };
}

async function show() {
  const asked = fetch(data.all + location.search, { headers: { Accept: "application/json" } });
  ({ map } = await openMap(element, data.map, around()));
  onStyle(map, async () => {
    await drawFindings(map, data.findings, drawn.shapes);
    drawConcerned(map, drawn.areas);
    light(map, chosen);
  });
  listenToMap();
  const answer = await asked;
  if (answer.ok) {
    // What is beyond the end of the list has no line that says what it is.
    drawn.shapes = (await answer.json()).findings.filter((one) => marks.has(one.n));
    await drawFindings(map, data.findings, drawn.shapes);
    light(map, chosen);
  }
  element.dataset.findings = String(drawn.shapes.length);
  const named = Number(location.hash.match(/^#finding-(\d+)$/)?.[1]);
  if (marks.has(named)) {
    choose(named, true);
  }
}

listenToList();
if (data.map) {
  show().catch((error) => console.warn(error));
}
