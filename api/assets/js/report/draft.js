// What was typed, kept on this device until it has been sent: nothing is lost by a reload or a dead network.
// Owns the browser's storage of the draft; knows the name under which the page keeps it, and no network.

// A letter that was begun is kept apart from a report that was.
const NAME = document.getElementById("report").dataset.kept;

/** Answer a key that no report has had yet. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_");
}

/** Answer an empty draft with a key of its own. */
function freshDraft() {
  return { key: newKey(), fields: {}, place: null, attempt: null };
}

/** Answer the draft that was kept, or a fresh one. */
export function loadDraft() {
  try {
    const kept = JSON.parse(localStorage.getItem(NAME));
    return kept?.key ? kept : freshDraft();
  } catch {
    return freshDraft();
  }
}

export function keepDraft(draft) {
  try {
    localStorage.setItem(NAME, JSON.stringify(draft));
  } catch {
    // A browser that keeps nothing still sends.
  }
}

export function dropDraft() {
  try {
    localStorage.removeItem(NAME);
  } catch {
    // Nothing was kept.
  }
}
