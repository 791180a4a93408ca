// Single keys: / searches, [ and ] change the level, Esc closes.  They can be switched off, and rest while somebody types.

const KEPT = "gridwarden-planner-keys";
const box = document.getElementById("keys-on");

function typing(target) {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

/** Call the action of a key: {"/": …, "[": …, "]": …, Escape: …}. */
export function watchKeys(actions) {
  box.checked = localStorage.getItem(KEPT) !== "off";
  box.addEventListener("change", () => localStorage.setItem(KEPT, box.checked ? "on" : "off"));
  document.addEventListener("keydown", (event) => {
    const action = actions[event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    if (event.key === "Escape" || (box.checked && !typing(event.target))) {
      if (event.key !== "Escape") {
        event.preventDefault();
      }
      action();
    }
  });
}
