// What of a page a reader has in hand: fields that he changed, parts that he opened, where he types.

// Parts that were open when the page came are no sign of anybody.
const born = new WeakSet();

export function bornOpen(root) {
  root.querySelectorAll("details[open]").forEach((one) => born.add(one));
}

/** Whether a field says something else than when the page came. */
export function touched(field) {
  if (field instanceof HTMLSelectElement) {
    const options = [...field.options];
    return field.selectedIndex !== Math.max(0, options.findIndex((one) => one.defaultSelected));
  }
  if (field instanceof HTMLInputElement && (field.type === "checkbox" || field.type === "radio")) {
    return field.checked !== field.defaultChecked;
  }
  return field.value !== field.defaultValue;
}

/** Whether the reader is at something in an element that a newer one would tear away. */
export function held(root) {
  const at = document.activeElement;
  const within = root.contains(at) && at.matches("input, textarea, select, button, summary");
  const opened = [...root.querySelectorAll("details[open]")].some((one) => !born.has(one));
  return within || opened || [...root.querySelectorAll("input, textarea, select")].some(touched);
}
