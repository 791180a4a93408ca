// Names of areas, as many as have room: a level shows when its areas are large enough to be read, higher levels first.
const LEAST = 64;
// The highest names say where this is: on a phone too, as long as they do not lie on one another.
const LEAST_ON_TOP = 24;
const MOST = 900;
const LINE = 17;

function level(areas, rank) {
  const found = [];
  areas.lon.forEach((lon, n) => {
    if (lon !== null && areas.names[n]) {
      found.push({ place: [areas.lat[n], lon], name: areas.short[n] || areas.names[n], rank });
    }
  });
  return { across: areas.across, found };
}

function wide(name, size) {
  return [...name].reduce((sum, sign) => sum + (sign.codePointAt(0) > 0x2e80 ? size : size * 0.58), 6);
}

/** How many metres a pixel is wide in the middle of the map. */
export function metresOfPixel(map) {
  return (40075016.7 * Math.cos((map.getCenter().lat * Math.PI) / 180)) / 2 ** (map.getZoom() + 8);
}

/** A layer of Leaflet that puts names onto the part of the map that is seen. */
export function placeNames(L, data) {
  // A single area on top is in the title already.
  const levels = [...data.borders, data.units].map(level).filter(({ found }, rank) => rank > 0 || found.length > 1);
  const Names = L.LayerGroup.extend({
    onAdd(map) {
      L.LayerGroup.prototype.onAdd.call(this, map);
      map.on("moveend", this.place, this);
      this.place();
    },
    onRemove(map) {
      map.off("moveend", this.place, this);
      L.LayerGroup.prototype.onRemove.call(this, map);
    },
    place() {
      const map = this._map;
      this.clearLayers();
      const metres = metresOfPixel(map);
      const size = map.getSize();
      const taken = [];
      for (const [down, { across, found }] of levels.entries()) {
        const pixels = across / metres;
        if (pixels < (down === 0 ? LEAST_ON_TOP : LEAST) || pixels > MOST) {
          continue;
        }
        for (const { place, name, rank } of found) {
          const at = map.latLngToContainerPoint(place);
          const half = wide(name, rank < 2 ? 15 : 12) / 2;
          const box = [at.x - half, at.y - LINE / 2, at.x + half, at.y + LINE / 2];
          const inside = at.x > 0 && at.y > 0 && at.x < size.x && at.y < size.y;
          if (inside && taken.every((b) => box[2] < b[0] || box[0] > b[2] || box[3] < b[1] || box[1] > b[3])) {
            taken.push(box);
            this.addLayer(marker(place, name, rank));
          }
        }
      }
    },
  });
  const marker = (place, name, rank) => {
    const label = document.createElement("span");
    label.textContent = name;
    const icon = L.divIcon({ html: label, className: `name name-${rank}`, iconSize: [0, 0] });
    return L.marker(place, { icon, interactive: false, keyboard: false });
  };
  return new Names();
}
