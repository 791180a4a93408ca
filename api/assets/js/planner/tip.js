// The label at the pointer: the name of a unit and its numbers.  Text only.
import { data } from "../page.js";

const tip = document.getElementById("tip");
const stage = document.getElementById("map");
const format = new Intl.NumberFormat(data.lang === "zh" ? "zh-CN" : "en-GB", { maximumSignificantDigits: 4 });

function filled(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
}

function signed(value) {
  return `${value > 0 ? "+" : value < 0 ? "−" : ""}${format.format(Math.abs(value))}`;
}

/** The lines of a unit's numbers. */
export function numbersOf(painted, n) {
  const { counts, before, values, words } = painted;
  const at = n - 1;
  const told = (number, key) => (number === null ? words.hidden : filled(words[key], { n: format.format(number) }));
  const lines = [told(counts[at], "count")];
  if (before) {
    lines.push(told(before[at], "before"));
    if (values[at] !== null) {
      lines.push(filled(words.change, { v: signed(values[at]) }));
    }
  } else if (values) {
    const known = values[at] !== null;
    if (known || counts[at] !== null) {
      lines.push(known ? filled(words.value, { v: format.format(values[at]) }) : words.unknown);
    }
  }
  return lines;
}

/** What the hotspot test says of a cell: a sentence, or that it is like any other. */
export function hotspotLine(found, n) {
  const at = found.n.indexOf(n);
  const said = found.bins[at < 0 ? 0 : found.bin[at]];
  return at < 0 ? said : filled(found.cell, { sum: found.sum[at], expected: found.expected[at], q: found.q[at], said });
}

/** Show the label at a point of the map. */
export function showTip(point, name, above, lines) {
  const parts = [
    ["strong", name],
    ["span", above],
    ...lines.map((line) => ["p", line]),
  ].filter(([, text]) => text);
  tip.replaceChildren(
    ...parts.map(([tag, text]) => {
      const part = document.createElement(tag);
      part.textContent = text;
      return part;
    }),
  );
  tip.hidden = false;
  const room = stage.getBoundingClientRect();
  const size = tip.getBoundingClientRect();
  const left = point.x + 18 + size.width > room.width ? point.x - size.width - 14 : point.x + 18;
  const top = Math.min(Math.max(8, point.y + 14), room.height - size.height - 8);
  tip.style.transform = `translate(${Math.round(Math.max(4, left))}px, ${Math.round(top)}px)`;
}

export function hideTip() {
  tip.hidden = true;
}
