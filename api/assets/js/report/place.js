// Where it is: by the phone's position, by the map, or by an area's name.  The last one chosen counts.
// Owns the hidden fields lon, lat, accuracy_m and the pin; tells others through the event "placed".
import { colour, onStyle, openMap, whenIdle } from "../map/open.js";
import { makePin } from "../map/pin.js";
import { data, say } from "../page.js";
import { form } from "./form.js";

const FINE_ZOOM = 14.5;
// A finger or a mouse is this sure of itself, in pixels.
const SURE_PX = 10;
// Beyond this a pin is worth setting again, closer.
const VAGUE_M = 100;

const said = document.getElementById("locate-said");
let opened = null;
let pin = null;
let place = null;
let tinted = "";

export function currentPlace() {
  return place;
}

/** Put the pin, or choose the area, and tell whoever listens. */
export function setPlace(next, { look = false } = {}) {
  place = next;
  form.elements.lon.value = next?.lon ?? "";
  form.elements.lat.value = next?.lat ?? "";
  form.elements.accuracy_m.value = next?.accuracy_m ?? "";
  if (!next?.area_code) {
    for (const radio of form.querySelectorAll("input[name=area_code]")) {
      radio.checked = false;
    }
  }
  drawPin(look);
  form.dispatchEvent(new CustomEvent("placed", { detail: place }));
}

function drawPin(look) {
  if (!opened) {
    return;
  }
  const { map } = opened;
  const pinned = Boolean(place && !place.area_code);
  document.getElementById("map").classList.toggle("pinned", pinned);
  if (!pinned) {
    pin?.remove();
    return;
  }
  pin ??= newPin();
  pin.setLngLat([place.lon, place.lat]).addTo(map);
  if (look) {
    const zoom = Math.max(map.getZoom(), FINE_ZOOM);
    map.jumpTo({ center: [place.lon, place.lat], zoom });
  }
}

function newPin() {
  const made = makePin(opened.maplibre, { draggable: true, label: data.map.locale["Marker.Title"] });
  made.on("dragend", () => pinAt(made.getLngLat()));
  return made;
}

function metresPerPixel(lat, zoom) {
  return (40075016.686 * Math.cos((lat * Math.PI) / 180)) / (512 * 2 ** zoom);
}

function pinAt({ lng, lat }) {
  const { map } = opened;
  const accuracy_m = Math.max(1, Math.round(SURE_PX * metresPerPixel(lat, map.getZoom())));
  // Seven digits are a centimetre: more would only pretend.
  setPlace({ lon: Number(lng.toFixed(7)), lat: Number(lat.toFixed(7)), accuracy_m });
  said.textContent = say(accuracy_m > VAGUE_M ? "pinned-far" : "pinned");
}

function locateMe() {
  if (!navigator.geolocation) {
    said.textContent = say("locate-failed");
    return;
  }
  said.textContent = say("locating");
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      const accuracy_m = Math.max(1, Math.round(coords.accuracy));
      setPlace(
        { lon: Number(coords.longitude.toFixed(7)), lat: Number(coords.latitude.toFixed(7)), accuracy_m },
        { look: true },
      );
      said.textContent = say("located", { m: accuracy_m });
    },
    (error) => {
      said.textContent = say(error.code === error.PERMISSION_DENIED ? "locate-denied" : "locate-failed");
    },
    { enableHighAccuracy: true, timeout: 15000, maximumAge: 10000 },
  );
}

function listen() {
  document.getElementById("locate").addEventListener("click", locateMe);
  document.getElementById("areas").addEventListener("change", (event) => {
    if (event.target.name === "area_code") {
      setPlace({ area_code: event.target.value });
      said.textContent = "";
    }
  });
  document.getElementById("answer").addEventListener("click", (event) => {
    const side = event.target.closest("[data-side]")?.dataset.side;
    if (side === "here") {
      // The reader has answered; the circle need not be asked about again.
      const { accuracy_m, ...exact } = place;
      setPlace(exact);
    } else if (side === "other" && opened) {
      opened.map.jumpTo({ center: [place.lon, place.lat], zoom: 17.5 });
      document.getElementById("map").scrollIntoView({ block: "center" });
      said.textContent = say("choose-side");
    }
  });
}

/** Tint the area that answers, so that the reader sees what was said; come closer where that was too far to see. */
export function tintArea(code) {
  if (code && opened && pin && place?.lon && opened.map.getZoom() < FINE_ZOOM - 1) {
    opened.map.jumpTo({ center: [place.lon, place.lat], zoom: FINE_ZOOM });
  }
  tinted = code ?? "";
  if (opened?.map.getLayer("answers-fill")) {
    for (const id of ["answers-fill", "answers-line"]) {
      opened.map.setFilter(id, ["==", ["get", "code"], tinted]);
    }
  }
}

function drawTint(map) {
  const accent = colour("--action");
  const first = map.getStyle().layers.find((layer) => layer.id.startsWith("name-"))?.id;
  const source = { source: "edition", "source-layer": "areas", filter: ["==", ["get", "code"], tinted] };
  map.addLayer({ id: "answers-fill", type: "fill", ...source, paint: { "fill-color": accent, "fill-opacity": 0.12 } }, first);
  map.addLayer({ id: "answers-line", type: "line", ...source, paint: { "line-color": accent, "line-width": 3 } }, first);
}

async function showMap() {
  const element = document.getElementById("map");
  await whenIdle();
  const view = place?.lon
    ? { center: [place.lon, place.lat], zoom: FINE_ZOOM }
    : { bounds: data.bounds ?? [-180, -80, 180, 80] };
  opened = await openMap(element, data.map, view);
  const { map } = opened;
  element.querySelector(".map-aim").hidden = false;
  element.querySelector(".map-actions").hidden = false;
  document.getElementById("pin-here").addEventListener("click", () => pinAt(map.getCenter()));
  map.on("click", (event) => pinAt(event.lngLat));
  drawPin(false);
  onStyle(map, () => drawTint(map));
}

export async function startPlace(kept) {
  listen();
  if (kept) {
    setPlace(kept);
  } else if (form.elements.lon.value && form.elements.lat.value) {
    const { lon, lat, accuracy_m } = form.elements;
    setPlace({
      lon: Number(lon.value),
      lat: Number(lat.value),
      ...(accuracy_m.value ? { accuracy_m: Number(accuracy_m.value) } : {}),
    });
  } else {
    const chosen = form.querySelector("input[name=area_code]:checked");
    if (chosen) {
      setPlace({ area_code: chosen.value });
    }
  }
  if (data.map) {
    try {
      await showMap();
    } catch (error) {
      console.warn(error);
    }
  }
}
