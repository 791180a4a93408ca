// What the pointer is over: the label at it, with the unit's name as soon as names have arrived.
import { fetchIndex } from "./data.js";
import { hideTip, hotspotLine, numbersOf, showTip } from "./tip.js";

// Indexes by kind of unit; null while one is on its way.
const known = new Map();

async function learn(kind, address) {
  if (known.has(kind)) {
    return;
  }
  known.set(kind, null);
  try {
    known.set(kind, await fetchIndex(address.replace("KIND", kind)));
  } catch {
    known.delete(kind);
  }
}

/** Follow the pointer: a mark of a place beats the unit below it; `now` answers what is painted, and what the hotspot test found or null. */
export function watchPointer(map, painter, places, now) {
  const leave = () => {
    hideTip();
    painter.hover(null);
  };
  map.on("mousemove", (event) => {
    const marked = places.at(event.point);
    if (marked.length) {
      painter.hover(null);
      map.getCanvas().style.cursor = "pointer";
      const [[name, said], ...others] = places.said(marked);
      showTip(event.point, name, "", [said, ...others.map((one) => one.join(" · "))]);
      return;
    }
    const n = painter.at(event.point);
    map.getCanvas().style.cursor = n ? "pointer" : "";
    if (!n) {
      leave();
      return;
    }
    painter.hover(n);
    const { painted, found } = now();
    const index = known.get(painter.shown.kind);
    const lines = found ? [hotspotLine(found, n)] : numbersOf(painted, n);
    showTip(event.point, index?.names?.[n - 1] ?? "", index?.parents?.[n - 1] ?? "", lines);
  });
  map.on("mouseout", leave);
  // Names are fetched once the picture stands, so that they do not hold it up.
  map.on("idle", () => painter.shown && learn(painter.shown.kind, now().painted.index));
}
