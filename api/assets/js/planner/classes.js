// Which class a unit belongs to, under the names that the legend and the sheet use.  Pure.

/** The class of each unit: "seq-3", "uns-2", "div-m1", "hidden", "unknown". */
export function classesOf(painted) {
  const values = painted.values ?? painted.counts;
  return values.map((value, n) => {
    if (value === null) {
      const hidden = painted.counts[n] === null || (painted.before && painted.before[n] === null);
      return hidden ? "hidden" : "unknown";
    }
    return painted.diverging ? diverging(value, painted) : sequential(value, painted);
  });
}

function sequential(value, { breaks, colours, ramp }) {
  return value === 0 ? "seq-0" : `${ramp}-${colours[place(value, breaks)]}`;
}

function diverging(value, { breaks, colours }) {
  return value === 0 ? "div-0" : `div-${value > 0 ? "p" : "m"}${colours[place(Math.abs(value), breaks)]}`;
}

// Breaks are rounded to six digits: what lies a hair above the last one belongs to it.
function place(value, breaks) {
  const found = breaks.findIndex((bound) => value <= bound);
  return found < 0 ? breaks.length - 1 : found;
}

/** The class of each cell by its bin, from -3 to 3; not significant ones have none. */
export function hotspotClasses(found, units) {
  const classes = new Array(units).fill("none");
  found.n.forEach((n, at) => {
    const bin = found.bin[at];
    if (bin) {
      classes[n - 1] = bin > 0 ? `hot-${bin}` : `cold-${-bin}`;
    }
  });
  return classes;
}
