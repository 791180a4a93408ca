// The status page: what was just said, and a small map with the pin, where the reader holds the link.
import "./done.js";
import { openMap, whenIdle } from "./map/open.js";
import { makePin } from "./map/pin.js";
import { data } from "./page.js";

async function show() {
  await whenIdle();
  const at = [data.lon, data.lat];
  const { map, maplibre } = await openMap(document.getElementById("map"), data.map, { center: at, zoom: 15.5 });
  map.scrollZoom.disable();
  makePin(maplibre, { draggable: false, label: data.map.locale["Marker.Title"] }).setLngLat(at).addTo(map);
}

if (data.map) {
  show().catch((error) => console.warn(error));
}
