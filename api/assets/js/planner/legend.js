// The legend answers to pointer and keyboard: a class that is pointed at, or pressed, stands out on the map.
import { say } from "../page.js";
import { binName } from "./tip.js";

const told = document.getElementById("told");

/** Call `light` with the class that shall stand out, null for none. */
export function watchLegend(light) {
  const classOf = (event) => event.target.closest?.("[data-class]");
  let pressed = null;
  const back = () => light(pressed?.isConnected ? pressed.dataset.class : null);
  told.addEventListener("pointerover", (event) => {
    const row = classOf(event);
    if (row && event.pointerType === "mouse") {
      light(row.dataset.class);
    }
  });
  told.addEventListener("pointerout", back);
  told.addEventListener("click", (event) => {
    const row = classOf(event);
    if (!row) {
      return;
    }
    const before = pressed;
    before?.setAttribute("aria-pressed", "false");
    pressed = before === row ? null : row;
    pressed?.setAttribute("aria-pressed", "true");
    back();
  });
}

function element(tag, name, text = "") {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
}

function row(bin, cells) {
  const line = document.createElement("li");
  const button = element("button", "class");
  const colour = bin > 0 ? `hot-${bin}` : bin < 0 ? `cold-${-bin}` : "none";
  button.type = "button";
  button.dataset.class = colour;
  button.setAttribute("aria-pressed", "false");
  button.append(element("span", `swatch swatch-${colour}`), element("span", "bounds long", binName(bin)), element("span", "bounds short", binName(bin, "-short")), element("span", "units", cells.toLocaleString("en")));
  line.append(button);
  return line;
}

/** Put the legend of the hotspots in the place of the classes'. */
export function showHotspotLegend(found) {
  const legend = told.querySelector(".planner-legend");
  const source = legend.querySelector(".source");
  const head = element("p", "legend-head");
  head.append(element("span", "", say("hotspot-heading")), element("span", "aside", say("cell")));
  if (found.method === "too_few") {
    legend.replaceChildren(head, element("p", "planner-empty", say("hotspot-few", { n: found.total ?? say("few") })), source);
    return;
  }
  const count = (bin) => found.bin.filter((one) => one === bin).length;
  const list = element("ul", "classes");
  const marked = found.bin.filter(Boolean).length;
  list.append(...[3, 2, 1, 0, -1, -2, -3].map((bin) => row(bin, bin ? count(bin) : found.cells - marked)));
  const notes = [...(marked ? [] : [element("p", "planner-empty", say("hotspot-none"))]), list, element("p", "aside", say("hotspot-how"))];
  if (found.method === "permutation") {
    notes.push(element("p", "aside", say("hotspot-permuted")));
  }
  legend.replaceChildren(head, ...notes, source);
}
