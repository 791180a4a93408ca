// The sheet beside a map, which lies over its lower part on phones: opened and closed by its handle.

export const wide = matchMedia("(min-width: 900px)");
export const panel = document.getElementById("panel");
const handle = document.getElementById("handle");
const frame = document.getElementById("main");

/** Open or close it. */
export function sheet(open) {
  panel.classList.toggle("open", open);
  handle.setAttribute("aria-expanded", String(open));
  handle.textContent = open ? handle.dataset.close : handle.dataset.open;
}
handle.addEventListener("click", () => sheet(!panel.classList.contains("open")));

/**
 * Scroll the sheet's own content instead of the frame around map and sheet: that is what a browser scrolls to what is
 * focused in the part of the sheet that is cut off.
 */
export function settle() {
  const by = frame.scrollTop;
  if (by) {
    frame.scrollTop = 0;
    document.getElementById("panel-content").scrollTop += by;
  }
}
frame.addEventListener("scroll", settle);

/** What to leave free around something that the map goes to: `aside` pixels, or what the sheet covers on phones. */
export function padding(aside) {
  const height = document.getElementById("map").getBoundingClientRect().height;
  return wide.matches
    ? { top: aside, right: aside, bottom: 64, left: aside }
    : { top: 32, right: 24, bottom: Math.round(height * 0.45) + 16, left: 24 };
}
