// Reads the outlines that maps/outlines.py writes: stretches of border, and shapes as lists of them.
const DIGITS = new Map([..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"].map((sign, n) => [sign, n]));
const MORE = 32;

/** The signed numbers of a text. */
export function numbers(text) {
  const found = [];
  let whole = 0;
  let shift = 0;
  for (const sign of text) {
    const digit = DIGITS.get(sign);
    whole += (digit % MORE) * 2 ** shift;
    if (digit >= MORE) {
      shift += 5;
    } else {
      found.push(whole % 2 ? -(whole + 1) / 2 : whole / 2);
      whole = shift = 0;
    }
  }
  return found;
}

/** Answers a function that makes the rings of a shape, [lat, lon] each. */
export function reader({ origin, stretches }, steps) {
  const read = stretches.map((text) => {
    const given = numbers(text);
    const places = [];
    let [x, y] = origin;
    for (let at = 0; at < given.length; at += 2) {
      x += given[at];
      y += given[at + 1];
      places.push([y / steps, x / steps]);
    }
    return places;
  });
  return (shape) => (shape ? shape.split(",").map((ring) => join(numbers(ring), read)) : []);
}

function join(given, read) {
  const ring = [];
  let name = 0;
  for (const step of given) {
    name += step;
    const stretch = read[Math.floor(name / 2)];
    // The last place of a stretch is the first of the next one.
    ring.push(...(name % 2 ? stretch.slice(1).reverse() : stretch.slice(0, -1)));
  }
  return ring;
}
