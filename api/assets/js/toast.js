// A short message at the foot of the window.  Owns the element #toasts.

const SHOWN_MS = 4000;

export function toast(text) {
  const place = document.getElementById("toasts");
  const line = document.createElement("div");
  line.className = "toast";
  line.textContent = text;
  place.replaceChildren(line);
  setTimeout(() => line.remove(), SHOWN_MS);
}
