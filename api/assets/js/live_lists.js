// The working lists follow what happens: the stream says that something changed, and the page asks for itself.
// What the reader types in, has ticked or has opened stays as it is; where it could not be brought up to date, a link says so.
import { follow } from "./area/live.js";
import { bornOpen, held, touched } from "./lists/held.js";
import { freshen, takeRows } from "./lists/rows.js";
import { data, say } from "./page.js";
import { toast } from "./toast.js";

const show = document.getElementById("live-show");
// What is decided one by one, as words and photos that may become public: only told of, never changed under the hand.
const WATCHED = 'section[id^="words-"], section[id^="photo-"]';
const names = (root) => [...root.querySelectorAll(WATCHED)].map((one) => one.id).join(" ");

/** Replace what is in an element, with the focus where it was. */
function replace(part, next) {
  const at = part.contains(document.activeElement) ? document.activeElement : null;
  part.replaceChildren(...[...next.childNodes].map((one) => document.adoptNode(one)));
  bornOpen(part);
  if (at) {
    const again = at.id ? document.getElementById(at.id) : part.querySelector(`a[href="${CSS.escape(at.getAttribute("href") ?? "")}"]`);
    again?.focus({ preventScroll: true });
  }
}

/** Take over one part of a newer page; answers whether all of it could be, and how many cases came. */
function takeOver(part, next) {
  if (part.innerHTML === next.innerHTML) {
    return { whole: true, added: 0 };
  }
  const [body, newer] = [part.querySelector("#lines tbody"), next.querySelector("#lines tbody")];
  if (body && newer) {
    return { whole: true, added: takeRows(body, newer) };
  }
  if (held(part)) {
    return { whole: false, added: 0 };
  }
  const added = newer ? newer.rows.length : 0;
  replace(part, next);
  part.querySelectorAll("#lines tbody tr").forEach(freshen);
  document.dispatchEvent(new CustomEvent("lists:replaced"));
  return { whole: true, added };
}

/** To whom the chosen can go changes with what is listed; not while the reader chooses. */
function renewOwners(page) {
  const [mine, newer] = [document.getElementById("posting"), page.getElementById("posting")];
  if (mine && newer && mine !== document.activeElement && !touched(mine)) {
    mine.innerHTML = newer.innerHTML;
  }
}

async function renew() {
  const answer = await fetch(location.href.split("#")[0], { headers: { Accept: "text/html" } });
  if (!answer.ok) {
    throw Object.assign(new Error("no page"), { status: answer.status });
  }
  if (answer.redirected && new URL(answer.url).pathname !== location.pathname) {
    throw Object.assign(new Error("another page"), { status: 401 });
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const parts = [...document.querySelectorAll("[data-live]")];
  if (!parts.length) {
    show.hidden = names(page) === names(document);
    return;
  }
  const handed = document.querySelectorAll(".handover").length;
  const taken = parts.map((part) => takeOver(part, page.getElementById(part.id)));
  renewOwners(page);
  show.hidden = taken.every((one) => one.whole);
  const added = taken.reduce((sum, one) => sum + one.added, 0);
  if (document.querySelectorAll(".handover").length > handed) {
    toast(say("handed"));
  } else if (added) {
    toast(say("new", { n: added }));
  }
}

function tell(state) {
  const place = document.getElementById("live");
  place.dataset.state = state;
  place.textContent = say(state);
}

bornOpen(document);
follow(data.live, renew, tell);
