// The address is the state: what the form asks, where the map stands, what is chosen.  Reads and writes both; asks nobody.

const form = document.getElementById("ask");
const QUESTION = ["layer", "level", "per", "family", "channel", "period", "from", "to", "vs", "vs_from", "vs_to"];
const SWITCHES = ["hotspots", "points", "places"];
const FRAME = ["lang", "type", "theme", "q"];

/** What the address says now. */
export function current() {
  const params = new URLSearchParams(location.search);
  for (const name of FRAME) {
    params.delete(name);
  }
  return params;
}

/** Go to another picture; `quietly` where the reader would not want a step back to it. */
export function go(params, quietly = false) {
  const query = params.toString();
  const address = query ? `/planner?${query}` : "/planner";
  if (quietly) {
    history.replaceState(null, "", address);
  } else if (address !== location.pathname + location.search) {
    history.pushState(null, "", address);
  }
}

/** The address with other parts; an empty part is left out. */
export function changed(parts) {
  const params = current();
  for (const [name, value] of Object.entries(parts)) {
    if (value === "" || value === null || value === undefined) {
      params.delete(name);
    } else {
      params.set(name, value);
    }
  }
  return params;
}

/** What the controls say, as parts of an address. */
export function fromForm() {
  const given = new FormData(form);
  const parts = Object.fromEntries([...QUESTION, ...SWITCHES].map((name) => [name, given.get(name) ?? ""]));
  for (const [prefix, choice] of [["", "period"], ["vs_", "vs"]]) {
    if (parts[choice] !== "days") {
      parts[`${prefix}from`] = "";
      parts[`${prefix}to`] = "";
    }
  }
  return { ...parts, page: "" };
}

/** Set the controls to what the address says. */
export function toForm(params) {
  for (const name of QUESTION) {
    const control = form.elements[name];
    const value = params.get(name) ?? "";
    if (control instanceof RadioNodeList) {
      for (const radio of control) {
        radio.checked = radio.value === value;
      }
      continue;
    }
    control.value = value;
    if (control instanceof HTMLSelectElement && control.selectedIndex < 0) {
      control.selectedIndex = 0;
    }
  }
  if (!params.get("period") && (params.get("from") || params.get("to"))) {
    form.elements.period.value = "days";
  }
  // The switch of places is for staff alone.
  for (const name of SWITCHES.filter((one) => form.elements[one])) {
    form.elements[name].checked = params.get(name) === "1";
  }
  if (!form.querySelector("[name=layer]:checked")) {
    form.querySelector("[name=layer][value='']").checked = true;
  }
  showFields();
}

/** Show what belongs to the choice made: own dates, and what vacancies know nothing of. */
export function showFields() {
  for (const group of form.querySelectorAll("[data-when]")) {
    group.hidden = form.elements[group.dataset.when].value !== "days";
  }
  const timeless = form.elements.layer.value === "vacancies";
  for (const part of form.querySelectorAll("[data-timed]")) {
    for (const control of part.querySelectorAll("select, input")) {
      control.disabled = timeless;
    }
  }
  if (timeless) {
    for (const group of form.querySelectorAll("[data-when]")) {
      group.hidden = true;
    }
  }
}

/** Whether the reader's own dates are chosen and none is filled in yet: then there is nothing to ask. */
export function unfinished(parts) {
  return ["", "vs_"].some((prefix) => {
    const choice = parts[prefix ? "vs" : "period"];
    return choice === "days" && !parts[`${prefix}from`] && !parts[`${prefix}to`];
  });
}

/** The query of a picture: the question alone, by a kind of unit, and whether hotspots are shown instead. */
export function question(params, kind) {
  const asked = new URLSearchParams();
  for (const name of [...QUESTION, "hotspots"]) {
    if (params.get(name)) {
      asked.set(name, params.get(name));
    }
  }
  asked.set("level", kind);
  return asked;
}

/** The level that is chosen, null where it follows the zoom. */
export function chosenLevel(params, known) {
  const level = params.get("level");
  return level && known.includes(level) ? level : null;
}
