// The day list: a map with the visits by their numbers and the way between them, and the way from where the person is.
import { colour, onStyle, openMap, whenIdle } from "./map/open.js";
import { data, say } from "./page.js";

function element(className, text, label) {
  const made = document.createElement("div");
  made.className = className;
  made.textContent = text;
  made.setAttribute("role", "img");
  made.setAttribute("aria-label", label);
  return made;
}

function number(maplibre, map, pin) {
  // Where pins overlap none is large enough to be aimed at: they are a short cut, and the list below is the way.
  const mark = element(`visit-pin mark-${pin.mark}`, String(pin.n), say("visit", { n: pin.n }));
  mark.addEventListener("click", () => {
    const line = document.getElementById(`visit-${pin.n}`);
    line.scrollIntoView({ block: "center" });
    line.querySelector("a").focus({ preventScroll: true });
  });
  new maplibre.Marker({ element: mark }).setLngLat([pin.lon, pin.lat]).addTo(map);
}

function drawWay(map, stops) {
  if (map.getSource("way")) {
    return;
  }
  const line = { type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: [...stops, stops[0]] } };
  map.addSource("way", { type: "geojson", data: line });
  map.addLayer({
    id: "way",
    type: "line",
    source: "way",
    layout: { "line-join": "round", "line-cap": "round" },
    paint: { "line-color": colour("--action"), "line-width": 3, "line-dasharray": [1, 1.6] },
  });
}

async function show() {
  await whenIdle();
  const stops = data.pins.map((pin) => [pin.lon, pin.lat]);
  const all = data.start ? [data.start, ...stops] : stops;
  const [lons, lats] = [0, 1].map((axis) => all.map((stop) => stop[axis]));
  const { map, maplibre } = await openMap(document.getElementById("map"), data.map, {
    bounds: [[Math.min(...lons), Math.min(...lats)], [Math.max(...lons), Math.max(...lats)]],
    fitBoundsOptions: { padding: 48, maxZoom: 16 },
  });
  map.scrollZoom.disable();
  if (data.way && all.length > 1) {
    onStyle(map, () => drawWay(map, all));
  }
  // The first visits stand on top where pins meet.
  [...data.pins].reverse().forEach((pin) => number(maplibre, map, pin));
  if (data.start) {
    const from = element("visit-start", "", say("here"));
    new maplibre.Marker({ element: from }).setLngLat(data.start).addTo(map);
  }
  document.getElementById("map").dataset.visits = String(data.pins.length);
}

const button = document.getElementById("from-here");
button?.addEventListener("click", () => {
  const said = button.textContent;
  button.textContent = button.dataset.wait;
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      // As exact as a way on foot needs it, and no more.
      const asked = new URLSearchParams({ by: "way", lon: coords.longitude.toFixed(4), lat: coords.latitude.toFixed(4) });
      location.assign(`/day?${asked}`);
    },
    () => {
      button.textContent = said;
      button.insertAdjacentText("afterend", ` ${button.dataset.failed}`);
    },
    { enableHighAccuracy: true, timeout: 10_000, maximumAge: 60_000 },
  );
});

show().catch((error) => console.warn(error));
