// The form of the report: reads what was typed, says at the right field what is missing.
import { say } from "../page.js";

export const form = document.getElementById("report");

const KEPT = ["text", "place_words", "contact", "seen_at", "channel", "to_level", "category", "q"];
const FIELDS = { text: "text", category: "category", place_words: "place_words", seen_at: "seen_at", contact: "contact", channel: "channel" };

function value(name) {
  return form.elements[name]?.value ?? "";
}

/** Answer what is worth keeping of what was typed. */
export function readFields() {
  return Object.fromEntries(KEPT.map((name) => [name, value(name)]));
}

/** Put kept words back. */
export function writeFields(fields) {
  for (const name of KEPT) {
    // What the page itself says, as that it was found on patrol, no kept word changes.
    if (fields[name] && form.elements[name] && form.elements[name].type !== "hidden") {
      form.elements[name].value = fields[name];
    }
  }
  for (const details of form.querySelectorAll("details")) {
    const filled = [...details.querySelectorAll("input:not([type=radio]), textarea")].some((field) => field.value);
    details.open = details.open || filled;
  }
}

/** Answer whose letterbox a letter goes to, or on which day of the rota a visitor was received. */
export function door() {
  const channel = value("channel");
  const day = Number(value("rota_id"));
  if (channel === "visit" && day) {
    return { rota_id: day };
  }
  return ["letterbox", "visit"].includes(channel) ? { to_level: value("to_level") } : {};
}

/** Answer the body of the report: what the interface takes. */
export function readBody(place) {
  const seen = value("seen_at");
  const same = Number(value("same_as"));
  return {
    ...(place.area_code
      ? { area_code: place.area_code, place_words: value("place_words").trim() }
      : {
          lon: place.lon,
          lat: place.lat,
          datum: "wgs84",
          ...(place.accuracy_m ? { accuracy_m: place.accuracy_m } : {}),
          ...(value("place_words").trim() ? { place_words: value("place_words").trim() } : {}),
        }),
    category: value("category"),
    text: value("text").trim(),
    channel: value("channel") || "app",
    ...door(),
    ...(value("contact").trim() ? { contact: value("contact").trim() } : {}),
    ...(same ? { same_as: same } : {}),
    // The field has no zone: it means the clock on the wall here, as the server reads it too.
    ...(seen ? { seen_at: `${seen}${seen.length === 16 ? ":00" : ""}+08:00` } : {}),
  };
}

/** Answer which field is missing first, or null. */
export function firstMissing(place) {
  if (!place) {
    return { field: "place", key: "missing-place" };
  }
  if (place.area_code && !value("place_words").trim()) {
    return { field: "place_words", key: "missing-place-words" };
  }
  if (!value("category")) {
    return { field: "category", key: "missing-category" };
  }
  if (!value("text").trim()) {
    return { field: "text", key: "missing-text" };
  }
  return null;
}

/** Say at a field what is wrong, and lead there. */
export function complain(field, text) {
  calm();
  const known = field in FIELDS ? form.elements[FIELDS[field]] : null;
  const control = known instanceof RadioNodeList ? known[0] : known;
  const target = control ?? document.getElementById("locate");
  const home = target.closest(".field") ?? target.closest("#categories, .step");
  home.closest("details")?.setAttribute("open", "");
  const line = document.createElement("p");
  line.className = "error-text";
  line.id = `error-${field}`;
  line.dataset.said = "script";
  line.textContent = text;
  if (home.classList.contains("field")) {
    home.classList.add("wrong");
    home.append(line);
  } else if (home.id === "categories") {
    home.prepend(line);
  } else {
    home.querySelector("h2").after(line);
  }
  target.setAttribute("aria-describedby", line.id);
  target.setAttribute("aria-invalid", "true");
  target.focus({ preventScroll: true });
  line.scrollIntoView({ block: "center" });
}

/** Take back what was complained about. */
export function calm() {
  for (const line of document.querySelectorAll(".error-text")) {
    line.remove();
  }
  for (const field of document.querySelectorAll(".wrong")) {
    field.classList.remove("wrong");
  }
  for (const field of document.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
  }
  document.getElementById("trouble")?.remove();
}

/** Count the characters as they are typed; the service counts code points, and so do we. */
export function countWords() {
  const area = form.elements.text;
  const counter = document.getElementById("counter");
  const most = Number(area.dataset.most);
  const show = () => {
    const n = [...area.value].length;
    if (n > 0) {
      counter.textContent = say(n > most ? "too-long" : "counter", { n, most });
      counter.classList.toggle("late", n > most);
    }
  };
  area.addEventListener("input", show);
  show();
}
