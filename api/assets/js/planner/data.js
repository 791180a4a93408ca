// Fetches what a picture is made of and keeps the last of it.  Knows addresses, draws nothing.

const KEPT = 24;
// Cases go on while somebody looks: an older picture is asked for anew.
const FRESH_MS = 5 * 60 * 1000;
const pictures = new Map();
const indexes = new Map();

async function read(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json, text/html" } });
  if (!answer.ok) {
    throw new Error(`${address}: ${answer.status}`);
  }
  return answer;
}

/** The data inside a picture's markup. */
export function paintedIn(element) {
  return JSON.parse(element.querySelector(".painted").textContent);
}

/** A picture by the query of its question: {markup, painted}. */
export async function fetchPicture(query) {
  const known = pictures.get(query);
  if (known && Date.now() - known.at < FRESH_MS) {
    return known.picture;
  }
  const markup = await (await read(`/planner/picture?${query}`)).text();
  const body = new DOMParser().parseFromString(markup, "text/html").body;
  const picture = { markup, painted: paintedIn(body) };
  keep(query, picture);
  return picture;
}

/** Keep a picture, so that going back to it asks nobody. */
export function keep(query, picture) {
  pictures.delete(query);
  pictures.set(query, { picture, at: Date.now() });
  if (pictures.size > KEPT) {
    pictures.delete(pictures.keys().next().value);
  }
}

/** Keys, names, parents and boxes of a kind of unit; fetched once. */
export function fetchIndex(address) {
  if (!indexes.has(address)) {
    const asked = read(address).then((answer) => answer.json());
    asked.catch(() => indexes.delete(address));
    indexes.set(address, asked);
  }
  return indexes.get(address);
}

export async function findAreas(text) {
  return (await read(`/api/areas?${new URLSearchParams({ q: text, limit: 10 })}`)).json();
}
