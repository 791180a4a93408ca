// Keeps list and map in step: what is pointed at or chosen in one is so in the other.  Works without a map.
import { closeDetail, openDetail } from "./detail.js";
import { keepingPlace, lineOf } from "./lists.js";
import { showAround, showPins } from "./pins.js";
import { data, say } from "../page.js";

const states = { lit: null, chosen: null };
const fresh = new Set();
let map = null;
let around = null;

function mark(state, id, value) {
  if (data.pins.some((pin) => String(pin.id) === id) && map?.getSource("cases")) {
    map.setFeatureState({ source: "cases", id: Number(id) }, { [state]: value });
  }
}

function set(state, id) {
  const before = states[state];
  if (before === id) {
    return;
  }
  for (const [one, value] of [[before, false], [id, true]]) {
    if (one !== null) {
      lineOf(one)?.firstElementChild.classList.toggle(state, value);
      mark(state, one, value);
    }
  }
  states[state] = id;
}

export function light(id) {
  set("lit", id);
}

export function chosen() {
  return states.chosen;
}

export function isFresh(id) {
  return fresh.has(id);
}

/** Say that a case is new, until it is looked at. */
export function markFresh(id, value) {
  if (value === fresh.has(id)) {
    return;
  }
  fresh[value ? "add" : "delete"](id);
  lineOf(id)?.classList.toggle("is-fresh", value);
  mark("fresh", id, value);
}

/** Choose a case, or none (null); answers once its detail is there. */
export async function choose(id) {
  const before = states.chosen === null ? null : lineOf(states.chosen);
  const line = id === null ? null : lineOf(id);
  if (before && before !== line) {
    keepingPlace(() => closeDetail(before));
  }
  set("chosen", line ? id : null);
  around = null;
  drawAround();
  if (line) {
    markFresh(id, false);
    await refresh();
  }
}

/** Ask again for the detail that is open. */
export async function refresh() {
  const id = states.chosen;
  const found = await openDetail(lineOf(id), say("failed"));
  if (id === states.chosen && found) {
    around = found;
    drawAround();
  }
}

function drawAround() {
  if (map) {
    showAround(map, around, data.pins.find((pin) => String(pin.id) === states.chosen));
  }
}

/** Give the map, as soon as there is one, and again when its style was replaced. */
export function onMap(drawn) {
  map = drawn;
  drawAround();
  for (const [state, id] of Object.entries(states)) {
    if (id !== null) {
      mark(state, id, true);
    }
  }
  fresh.forEach((id) => mark("fresh", id, true));
}

/** Show the pins of a newer page. */
export function renewPins(pins) {
  data.pins = pins;
  if (map) {
    showPins(map, pins);
    fresh.forEach((id) => mark("fresh", id, true));
  }
}
