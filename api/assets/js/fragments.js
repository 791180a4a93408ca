// htmx for fragments alone: no styles of its own (see the page's htmx-config), no code from strings.
import htmx from "htmx.org";

function Refuse() {
  throw new Error("no code from strings");
}

htmx.registerExtension("no-eval", {
  init: (api) => api.initSecurity(undefined, Refuse, Refuse),
});

/** Put the answer of an address into an element, by POST with the form around it; false if it did not arrive. */
export async function fetchInto(target, address, method = "GET") {
  let arrived = false;
  const done = () => {
    arrived = true;
  };
  document.addEventListener("htmx:after:swap", done, { once: true });
  try {
    await htmx.ajax(method, address, { target, source: target, swap: "innerHTML" });
  } catch {
    arrived = false;
  }
  document.removeEventListener("htmx:after:swap", done);
  return arrived;
}
