// The lists of cases beside the map: brought up to date part by part, so that nothing that is being read moves.

const LISTS = ["open-list", "unpinned-list", "earlier-list"];
const PARTS = ["figures", "many", "unpinned", "open-empty", "earlier-empty"];

/** The lines of all lists. */
export function lines() {
  return LISTS.flatMap((id) => [...(document.getElementById(id)?.children ?? [])]);
}

export function lineOf(id) {
  return document.querySelector(`li[data-case="${id}"]`);
}

/** The element that scrolls the lists: the panel on wide screens, what lies in it on phones. */
function scroller() {
  return [document.getElementById("panel-content"), document.getElementById("panel")].find((one) => {
    const flow = getComputedStyle(one).overflowY;
    return (flow === "auto" || flow === "scroll") && one.scrollHeight > one.clientHeight;
  });
}

/** Bring a line into view: to the middle of a panel that stands, to the top of a sheet, of which little may be seen. */
export function bring(line, toMiddle) {
  line.hidden = false;
  const frame = scroller();
  if (frame) {
    // Not scrollIntoView: it would also scroll what is only meant to be cut off, the frame around map and sheet.
    const [box, own] = [frame.getBoundingClientRect(), line.getBoundingClientRect()];
    frame.scrollTop += own.top - box.top - (toMiddle ? Math.max(0, (frame.clientHeight - own.height) / 2) : 0);
  }
}

/** Change something without moving what is at the reader's eye. */
export function keepingPlace(change) {
  const frame = scroller();
  if (!frame || frame.scrollTop < 8) {
    change();
    return;
  }
  const { top, bottom } = frame.getBoundingClientRect();
  const boxes = lines().filter((line) => !line.hidden).map((line) => [line, line.getBoundingClientRect()]);
  const begun = boxes.filter(([, box]) => box.top > top - 2 && box.top < bottom).map(([line]) => line);
  // Where the reader is beats what happens to be uppermost; a line that began above the frame may grow within it.
  const anchor =
    begun.find((line) => line.contains(document.activeElement)) ?? begun[0] ?? boxes.find(([, box]) => box.bottom > top)?.[0];
  const before = anchor?.getBoundingClientRect().top;
  change();
  if (anchor?.isConnected && !anchor.hidden) {
    frame.scrollTop += anchor.getBoundingClientRect().top - before;
  }
}

/** Take over the lists and figures of a page that is newer; answers the lines that were not there before. */
export function takeOver(page) {
  const known = new Map(lines().map((line) => [line.dataset.case, line]));
  const kept = new Set();
  const fresh = [];
  for (const id of PARTS) {
    const [old, next] = [document.getElementById(id), page.getElementById(id)];
    old.hidden = next.hidden;
    if (old.innerHTML !== next.innerHTML) {
      old.innerHTML = next.innerHTML;
    }
  }
  for (const id of LISTS) {
    const list = document.getElementById(id);
    [...page.getElementById(id).children].forEach((next, at) => {
      const line = known.get(next.dataset.case) ?? document.adoptNode(next);
      if (line !== next) {
        renew(line, next);
      } else {
        fresh.push(line);
      }
      kept.add(line);
      if (list.children[at] !== line) {
        // A line that is moved loses the focus.
        const focused = line.contains(document.activeElement) ? document.activeElement : null;
        list.insertBefore(line, list.children[at] ?? null);
        focused?.focus({ preventScroll: true });
      }
    });
  }
  for (const line of known.values()) {
    if (!kept.has(line)) {
      line.remove();
    }
  }
  return fresh;
}

/** Only the text within the link is replaced: the link keeps the focus, its marks and the detail below it. */
function renew(line, next) {
  const [link, newer] = [line.firstElementChild, next.firstElementChild];
  if (link.innerHTML !== newer.innerHTML) {
    link.innerHTML = newer.innerHTML;
  }
  line.toggleAttribute("data-no-pin", next.hasAttribute("data-no-pin"));
}
