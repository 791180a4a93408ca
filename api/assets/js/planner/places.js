// Places that carry marks, on top of the figures: drawn while their switch is on, listed in the panel, and told at a mark.
import { clearPlaces, drawPlaces, placesAt, pointsIn } from "../map/places.js";
import { onStyle } from "../map/open.js";
import { fetchInto } from "../fragments.js";

const FRESH_MS = 5 * 60 * 1000;
const list = document.getElementById("places-list");
const body = document.getElementById("places-body");
const card = document.getElementById("places-card");

function lineOf(id) {
  return body.querySelector(`li[data-place="${id}"]`);
}

export class Places {
  constructor(map) {
    this.map = map;
    this.points = null;
    this.on = false;
    this.asked = 0;
    onStyle(map, () => this.draw());
    card?.querySelector("button").addEventListener("click", () => this.close());
  }

  /** Show them or not; whoever may not see places has no list for them. */
  async show(wanted) {
    this.on = Boolean(list) && wanted;
    if (list) {
      list.hidden = !this.on;
    }
    if (!this.on) {
      this.close();
    } else if (Date.now() - this.asked > FRESH_MS && (await fetchInto(body, "/planner/places"))) {
      this.asked = Date.now();
      this.points = pointsIn(body);
    }
    await this.draw();
  }

  async draw() {
    if (this.on && this.points) {
      await drawPlaces(this.map, this.points);
      this.map.getContainer().closest(".map").dataset.places = String(this.points.length);
    } else {
      clearPlaces(this.map);
    }
  }

  /** The places at a point of the screen. */
  at(point) {
    return this.on ? placesAt(this.map, point) : [];
  }

  /** What is said of some: a heading and a line each. */
  said(ids) {
    return ids.map((id) => [lineOf(id).querySelector(".title").textContent, [...lineOf(id).querySelectorAll(".tag, .says > span")].map((part) => part.textContent).join(" · ")]);
  }

  /** Put their lines onto the map, to be read and followed. */
  open(ids) {
    card.querySelector("ul").replaceChildren(...ids.map((id) => lineOf(id).cloneNode(true)));
    card.hidden = false;
    card.focus();
  }

  close() {
    if (card) {
      card.hidden = true;
    }
  }
}
