// The search: by name, code or pinyin, while typing; arrows and Enter choose.  Says which area was chosen, does nothing with it.
import { say } from "../page.js";
import { findAreas } from "./data.js";

const form = document.getElementById("find");
const field = document.getElementById("q");
const list = document.getElementById("hits");
const WAIT_MS = 150;

let timer = null;
let asked = "";

function close() {
  list.hidden = true;
  list.replaceChildren();
}

function link(hit, choose) {
  const line = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "hit";
  const name = document.createElement("span");
  name.textContent = hit.name;
  const above = document.createElement("span");
  above.className = "aside";
  above.textContent = hit.chain.slice(1).join(" › ");
  button.append(name, above);
  button.addEventListener("click", () => {
    field.value = hit.name;
    close();
    choose(hit);
  });
  line.append(button);
  return line;
}

async function look(choose) {
  const text = field.value.trim();
  asked = text;
  if (!text) {
    close();
    return [];
  }
  const hits = await findAreas(text).catch(() => null);
  if (asked !== text) {
    return [];
  }
  const none = document.createElement("li");
  none.className = "aside";
  none.textContent = hits ? say("none-found", { q: text }) : say("failed");
  list.replaceChildren(...(hits?.length ? hits.map((hit) => link(hit, choose)) : [none]));
  list.hidden = false;
  return hits ?? [];
}

/** Watch the field; `choose` gets {code, name, level, chain}. */
export function watchSearch(choose) {
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => look(choose), WAIT_MS);
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    clearTimeout(timer);
    if (list.hidden || asked !== field.value.trim()) {
      await look(choose);
    }
    list.querySelector("button")?.click();
  });
  form.addEventListener("keydown", (event) => {
    const buttons = [...list.querySelectorAll("button")];
    const at = buttons.indexOf(document.activeElement);
    if (event.key === "Escape") {
      close();
      field.focus();
      event.stopPropagation();
    } else if (event.key === "ArrowDown" && buttons.length) {
      event.preventDefault();
      buttons[Math.min(at + 1, buttons.length - 1)].focus();
    } else if (event.key === "ArrowUp" && at >= 0) {
      event.preventDefault();
      (buttons[at - 1] ?? field).focus();
    }
  });
  document.addEventListener("pointerdown", (event) => {
    if (!form.contains(event.target)) {
      close();
    }
  });
}
