// The one pin: where something is.  Made from the page's own symbol.

/** Answer a marker with the pin's shape, its tip on the point. */
export function makePin(maplibre, { draggable, label }) {
  const element = document.createElement("div");
  element.className = "pin";
  element.setAttribute("role", "img");
  element.setAttribute("aria-label", label);
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 40 48");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", "#sign-pin");
  svg.append(use);
  element.append(svg);
  return new maplibre.Marker({ element, anchor: "bottom", draggable });
}
