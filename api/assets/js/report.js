// The report page: keeps the draft, shows who gets it, sends it once.  Everything it does, the form
// can do without it, only slower.
import { fetchInto } from "./fragments.js";
import { data, say } from "./page.js";
import { dropDraft, keepDraft, loadDraft, newKey } from "./report/draft.js";
import { calm, complain, countWords, door, firstMissing, form, readBody, readFields, writeFields } from "./report/form.js";
import { currentPlace, startPlace, tintArea } from "./report/place.js";
import { tryToSend } from "./report/send.js";
import { toast } from "./toast.js";

const RETRY_MS = 15000;
const answer = document.getElementById("answer");
const akin = document.getElementById("akin");
const button = document.getElementById("send");
const saidBelow = document.getElementById("send-said");
const waiting = document.getElementById("waiting");

// What the server sent back because of an error is newer than what was kept.
const posted = form.dataset.posted === "yes";
let draft = loadDraft();
let timer = null;
let busy = false;
// The answer to "is it this one?", and whether the keyboard is there.
let chosen = "none";
let akinFocused = false;
let sent = false;

function keep() {
  if (sent) {
    return;
  }
  draft.fields = readFields();
  draft.place = currentPlace();
  form.elements.key.value = draft.key;
  keepDraft(draft);
}

async function showAnswer(place) {
  if (!place) {
    return;
  }
  const query = new URLSearchParams({
    ...(place.area_code
      ? { area_code: place.area_code }
      : { lon: place.lon, lat: place.lat, ...(place.accuracy_m ? { accuracy_m: place.accuracy_m } : {}) }),
    channel: form.elements.channel?.value || "app",
    ...door(),
  });
  if (!(await fetchInto(answer, `/report/answer?${query}`))) {
    const line = document.createElement("p");
    line.className = "message warning";
    line.textContent = say("offline-answer");
    answer.replaceChildren(line);
  }
  tintArea(answer.querySelector("[data-area]")?.dataset.area);
}

/** Ask whether it is one that somebody reported before; what was chosen, also meanwhile, stays chosen and focused. */
async function askAkin() {
  if (!currentPlace() || !form.elements.category.value || busy) {
    return;
  }
  await fetchInto(akin, "/report/akin", "POST");
  const held = akinFocused && document.activeElement === document.body;
  const mine = akin.querySelector(`input[value="${CSS.escape(chosen)}"]`);
  if (mine) {
    mine.checked = true;
    if (held) {
      mine.focus({ preventScroll: true });
    }
  }
}

function freeze(frozen) {
  for (const field of form.elements) {
    if (!field.closest("#waiting")) {
      field.disabled = frozen;
    }
  }
  waiting.hidden = !frozen;
}

function arrived(receipt, note) {
  sent = true;
  dropDraft();
  sessionStorage.setItem("gridwarden-sent", note ?? "");
  location.assign(`${receipt.link}${receipt.link.includes("?") ? "&" : "?"}sent=1${receipt.joined ? "&joined=1" : ""}`);
}

function waitAndTry(text, milliseconds) {
  saidBelow.textContent = text;
  freeze(true);
  clearTimeout(timer);
  timer = setTimeout(attempt, milliseconds);
}

/** Send what stands in draft.attempt, until there is an answer. */
async function attempt() {
  if (busy || !draft.attempt) {
    return;
  }
  busy = true;
  clearTimeout(timer);
  button.setAttribute("aria-disabled", "true");
  saidBelow.textContent = say("sending");
  const outcome = await tryToSend(draft.key, draft.attempt);
  busy = false;
  button.removeAttribute("aria-disabled");
  if (outcome.sent) {
    arrived(outcome.sent);
  } else if (outcome.offline) {
    waitAndTry(say("waiting"), RETRY_MS);
  } else if (outcome.later) {
    waitAndTry(say("slow-down", { s: outcome.later }), outcome.later * 1000);
  } else {
    await refused(outcome.refused);
  }
}

async function refused(problem) {
  freeze(false);
  if (problem.code === "idempotency_conflict" && draft.before) {
    // What was sent before the change had arrived after all: fetch its receipt, for it counts.
    const first = await tryToSend(draft.key, draft.before);
    if (first.sent) {
      toast(say("first-arrived"));
      arrived(first.sent, "first");
      return;
    }
  }
  draft.attempt = null;
  if (problem.code === "idempotency_conflict") {
    // Sent from another window meanwhile: this is another report.
    draft.key = newKey();
    keep();
    saidBelow.textContent = say("conflict");
    return;
  }
  keep();
  saidBelow.textContent = problem.detail ?? problem.title;
  const field = problem.errors?.[0]?.field ?? "";
  complain(["lon", "lat", "area_code", "datum"].includes(field) ? "place" : field, problem.errors?.[0]?.detail ?? problem.detail);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.submitter?.value === "search" || document.activeElement === form.elements.q) {
    fetchInto(document.getElementById("areas"), `/report/areas?${new URLSearchParams({ q: form.elements.q.value })}`);
    return;
  }
  if (busy) {
    return;
  }
  calm();
  const missing = firstMissing(currentPlace());
  if (missing) {
    complain(missing.field, say(missing.key));
    return;
  }
  keep();
  draft.attempt = readBody(currentPlace());
  keepDraft(draft);
  attempt();
});

form.addEventListener("placed", ({ detail }) => {
  keep();
  showAnswer(detail);
  askAkin();
});
form.addEventListener("focusin", ({ target }) => {
  akinFocused = akin.contains(target);
});
form.addEventListener("change", ({ target }) => {
  if (target.name === "same_as") {
    chosen = target.value;
  } else if (target.name === "category" || target.name === "text") {
    askAkin();
  } else if (target.name === "channel" || target.name === "to_level") {
    showAnswer(currentPlace());
    askAkin();
  }
});

let typing = null;
form.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(keep, 250);
});
addEventListener("pagehide", () => {
  if (!busy && (draft.attempt || Object.values(readFields()).some(Boolean) || currentPlace())) {
    keep();
  }
});
addEventListener("pageshow", (event) => {
  if (event.persisted && sent) {
    location.reload();
  }
});
addEventListener("online", attempt);
document.getElementById("again").addEventListener("click", attempt);
document.getElementById("change").addEventListener("click", () => {
  clearTimeout(timer);
  draft.before = draft.attempt;
  draft.attempt = null;
  freeze(false);
  saidBelow.textContent = say("promise");
  keepDraft(draft);
});

if (posted) {
  draft.key = form.elements.key.value;
  draft.attempt = null;
} else {
  const kept = Object.entries(draft.fields).some(([name, text]) => text && !["channel", "to_level", "q"].includes(name));
  writeFields(draft.fields);
  form.elements.key.value = draft.key;
  if (kept || draft.place) {
    toast(say("kept"));
  }
}
countWords();
const inAddress = form.elements.lon.value || form.querySelector("input[name=area_code]:checked");
startPlace(posted || inAddress ? null : draft.place);
if (draft.attempt) {
  attempt();
}
form.dataset.ready = data.map ? "yes" : "no-map";
