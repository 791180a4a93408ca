// The page of one case: a map with its pin and what lies near it, and the way to the next step.
import "./done.js";
import { drawArea, showAround } from "./area/pins.js";
import { onStyle, openMap, whenIdle } from "./map/open.js";
import { data } from "./page.js";

// A link to a form opens what it lies in.
function openTarget() {
  const named = location.hash.length > 1 ? document.getElementById(location.hash.slice(1)) : null;
  for (let part = named; part; part = part.parentElement) {
    if (part.localName === "details") {
      part.open = true;
    }
  }
}
addEventListener("hashchange", openTarget);
openTarget();

// On a phone the way to the next step stays at the thumb, as long as the step itself is out of sight.
const bar = document.getElementById("bar");
if (bar) {
  new IntersectionObserver(([seen]) => {
    bar.hidden = seen.isIntersecting;
  }).observe(document.getElementById("next"));
}

async function show() {
  await whenIdle();
  const [pin] = data.pins;
  const { map } = await openMap(document.getElementById("map"), data.map, { center: [pin.lon, pin.lat], zoom: 16 });
  map.scrollZoom.disable();
  onStyle(map, async () => {
    await drawArea(map, data.area, data.pins, true);
    showAround(map, data.around, pin);
  });
}

if (data.pins?.length && data.map) {
  show().catch((error) => console.warn(error));
}
