// The lines of a working list, brought up to date one by one: what is ticked stays as it was ticked, and nothing moves
// under the reader's eye.
import { say } from "../page.js";

// What a line said when it came, without what was added here.
const said = new WeakMap();
const text = (row) => said.get(row) ?? row.innerHTML;
const ticked = (row) => row.querySelector('input[name="case"]')?.checked ?? false;

function mark(row, word) {
  const place = row.querySelector(".flags") ?? row.querySelector(".what");
  if (!place.querySelector(".fresh")) {
    const tag = document.createElement("strong");
    tag.className = "tag fresh";
    tag.textContent = say(word);
    place.prepend(tag);
  }
}

/** Mark a line as one that has come. */
export function freshen(row) {
  said.set(row, row.innerHTML);
  mark(row, "fresh");
  return row;
}

/** A line that is ticked was ticked as it stood: a step of it would be refused, and says so beforehand. */
function renew(row, next) {
  if (text(row) === next.innerHTML) {
    return;
  }
  if (ticked(row)) {
    mark(row, "changed");
    return;
  }
  const focused = row.contains(document.activeElement) ? document.activeElement : null;
  row.innerHTML = next.innerHTML;
  said.set(row, next.innerHTML);
  if (focused) {
    (row.querySelector(focused.name === "case" ? 'input[name="case"]' : "a") ?? row).focus({ preventScroll: true });
  }
}

/** Change the list without moving the line at which the reader is, or the first that he sees. */
function keepingPlace(body, change) {
  const seen = [...body.rows].filter((row) => row.getBoundingClientRect().bottom > 0);
  const anchor = seen.find((row) => row.contains(document.activeElement)) ?? (scrollY > 8 ? seen[0] : undefined);
  const before = anchor?.getBoundingClientRect().top;
  change();
  if (anchor?.isConnected) {
    scrollBy({ top: anchor.getBoundingClientRect().top - before, behavior: "instant" });
  }
}

/** Take over the lines of a newer list; answers how many are new. */
export function takeRows(body, newer) {
  const known = new Map([...body.rows].map((row) => [row.dataset.case, row]));
  let added = 0;
  keepingPlace(body, () => {
    [...newer.rows].forEach((next, at) => {
      let row = known.get(next.dataset.case);
      known.delete(next.dataset.case);
      if (row) {
        renew(row, next);
      } else {
        row = freshen(document.adoptNode(next));
        added += 1;
      }
      if (body.rows[at] !== row) {
        const focused = row.contains(document.activeElement) ? document.activeElement : null;
        body.insertBefore(row, body.rows[at] ?? null);
        focused?.focus({ preventScroll: true });
      }
    });
    for (const row of known.values()) {
      if (ticked(row)) {
        mark(row, "changed");
      } else {
        leave(row);
      }
    }
  });
  document.dispatchEvent(new CustomEvent("lists:replaced"));
  return added;
}

/** Whoever stands on a line that goes stands on the next one. */
function leave(row) {
  const next = row.nextElementSibling ?? row.previousElementSibling;
  const focused = row.contains(document.activeElement);
  row.remove();
  if (focused) {
    next?.querySelector("a")?.focus({ preventScroll: true });
  }
}
