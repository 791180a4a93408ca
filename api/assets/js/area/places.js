// Places that carry marks, in list and map: what is pointed at on the map is lit in the list.
import { drawPlaces, placesAt, pointsIn } from "../map/places.js";
import { bring } from "./lists.js";

const list = document.getElementById("places-list");
const points = list ? pointsIn(list) : [];

function lineOf(id) {
  return list.querySelector(`li[data-place="${id}"]`);
}

/** Draw them below the cases. */
export async function showPlaces(map) {
  if (points.length) {
    await drawPlaces(map, points, "case-halo");
  }
}

/** The places at a point of the screen; empty where there are none. */
export function placesUnder(map, point) {
  return points.length ? placesAt(map, point) : [];
}

/** Light the lines of places, and no others; `toMiddle`: bring the first into view, to the middle or (false) the top. */
export function lightPlaces(ids, toMiddle) {
  for (const line of list?.querySelectorAll("li[data-place]") ?? []) {
    line.firstElementChild.classList.toggle("lit", ids.includes(line.dataset.place));
  }
  if (ids.length && toMiddle !== undefined) {
    list.open = true;
    bring(lineOf(ids[0]), toMiddle);
  }
}
