// The desk and the inbox: keys to move, tick and act, and how many are ticked.  All of it works without this by forms.

const KEPT = "gridwarden-list-keys";
const form = () => document.getElementById("several");
const help = document.getElementById("keys");
const box = document.getElementById("keys-on");
const lines = () => [...document.querySelectorAll("#lines tbody tr")];
const ticks = () => [...document.querySelectorAll('#lines input[name="case"]')];

function here() {
  return document.activeElement?.closest?.("#lines tbody tr") ?? null;
}

/** To another line: its link takes the focus, so that Enter opens it. */
function move(by) {
  const all = lines();
  const at = all.indexOf(here());
  const to = all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)];
  to?.querySelector("a").focus();
  to?.scrollIntoView({ block: "nearest" });
}

function tick() {
  const one = here()?.querySelector('input[name="case"]');
  if (one) {
    one.checked = !one.checked;
    count();
  }
}

/** Where nothing is ticked, a key means the line where the reader is. */
function tickedOrHere() {
  if (!ticks().some((one) => one.checked)) {
    tick();
  }
  return ticks().some((one) => one.checked);
}

function accept() {
  if (tickedOrHere()) {
    document.getElementById("accept").click();
  }
}

function dispatch() {
  const part = document.getElementById("dispatch");
  if (part && tickedOrHere()) {
    part.open = true;
    document.getElementById("posting").focus();
  }
}

function count() {
  const n = ticks().filter((one) => one.checked).length;
  const place = document.getElementById("count");
  if (!place) {
    return;
  }
  place.textContent = n ? place.dataset.some.replace("{n}", n) : place.dataset.none;
  const all = document.getElementById("all");
  all.checked = n > 0 && n === ticks().length;
  all.indeterminate = n > 0 && n < ticks().length;
}

const KEYS = { j: () => move(1), k: () => move(-1), x: tick, a: accept, d: dispatch, "?": () => help.showModal() };
const ARROWS = { ArrowDown: () => move(1), ArrowUp: () => move(-1) };

function typing(target) {
  const written = target instanceof HTMLInputElement && target.type !== "checkbox";
  return written || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

/** Enter in a tick opens its case; a form would take it for a button. */
function open() {
  here()?.querySelector("a").click();
}

/** The arrows scroll the page until the reader is in the list. */
function meant(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || help.open || typing(event.target)) {
    return undefined;
  }
  if (event.key === "Enter" && event.target.name === "case") {
    return open;
  }
  return here() && ARROWS[event.key] ? ARROWS[event.key] : box.checked && KEYS[event.key];
}

document.addEventListener("keydown", (event) => {
  const action = meant(event);
  if (action && (form() || event.key === "?")) {
    event.preventDefault();
    action();
  }
});

box.checked = localStorage.getItem(KEPT) !== "off";
box.addEventListener("change", () => localStorage.setItem(KEPT, box.checked ? "on" : "off"));
document.getElementById("keys-open").addEventListener("click", () => help.showModal());

// One part of the bar is open at a time.  The list may be another one meanwhile, so it is the page that listens.
document.addEventListener(
  "toggle",
  (event) => {
    if (event.target.open && event.target.matches(".several-bar details")) {
      const others = [...document.querySelectorAll(".several-bar details")].filter((other) => other !== event.target);
      others.forEach((other) => (other.open = false));
    }
  },
  true,
);
document.addEventListener("change", (event) => {
  if (event.target.id === "all") {
    ticks().forEach((one) => (one.checked = event.target.checked));
  }
  if (event.target.closest?.("#several")) {
    count();
  }
});

function begin() {
  if (form()) {
    count();
    form().dataset.ready = "yes";
  }
}
begin();
document.addEventListener("lists:replaced", begin);
document.getElementById("results")?.scrollIntoView({ block: "nearest" });
