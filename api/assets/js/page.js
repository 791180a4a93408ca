// What the server left for the script of this page: data and words, as JSON beside the markup.

const element = document.getElementById("page-data");

export const data = element ? JSON.parse(element.textContent) : {};

/** A sentence of this page, its {names} filled in. */
export function say(key, values = {}) {
  return (data.words?.[key] ?? key).replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
}
