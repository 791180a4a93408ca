// The figures of the piece of the map that is pointed at.  All text is set as text.
const panel = document.getElementById("told");
const number = (value, digits = 2) => value.toLocaleString("en", { maximumFractionDigits: digits });

function write(title, aside, facts) {
  const head = document.createElement("h2");
  head.textContent = title;
  const list = document.createElement("dl");
  for (const [label, value] of facts.filter(([, one]) => one !== undefined)) {
    const term = document.createElement("dt");
    const told = document.createElement("dd");
    term.textContent = label;
    told.textContent = value;
    list.append(term, told);
  }
  const under = document.createElement("p");
  under.className = "aside";
  under.textContent = aside;
  panel.replaceChildren(head, ...(aside ? [under] : []), list);
}

function unit({ units, words }, n) {
  const said = (value, none) => (value === null ? none : number(value));
  const lacking = units.counts[n] === null ? words.hidden : words.unknown;
  write(units.names[n] || units.keys[n], units.above ? units.aboveNames[units.above[n]] : "", [
    [units.values ? words.count : words.value, said(units.counts[n], words.hidden)],
    [words.before, units.before ? said(units.before[n], words.hidden) : undefined],
    [words.value, units.values ? said(units.values[n], lacking) : undefined],
    [words.of, units.of ? said(units.of[n], words.unknown) : undefined],
    [words.code, units.names[n] ? units.keys[n] : undefined],
  ]);
}

function cell({ hotspots, words }, n) {
  const said = (value) => (value === null ? words.hidden : number(value));
  write(hotspots.texts[hotspots.colours[n]], "", [
    [words.count, said(hotspots.counts[n])],
    [words.observed, `${hotspots.coarse ? "≈ " : ""}${number(hotspots.observed[n])}`],
    [words.expected, said(hotspots.expected[n])],
    [words.certainty, hotspots.q[n] < 0.0001 ? "< 0.0001" : `${hotspots.coarse ? "≤ " : ""}${number(hotspots.q[n], 4)}`],
  ]);
}

export const tell = { unit, cell };
