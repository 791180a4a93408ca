// Keeps a page in touch with the service: listens for news, and asks for the page's parts when there are any.
// Knows no lists and no map.

const LEAST_MS = 500;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;
const HIDDEN_MS = 60_000;

/**
 * Begin.  `fetchPage` asks for the parts and shows them; it is given the ids of the cases that are said to have changed,
 * and throws an error with the `status` of an answer that was none.  `tell` is told "joining", "live", "lost" or "ended".
 */
export function follow(address, fetchPage, tell) {
  let stream = null;
  let wait = FIRST_WAIT_MS;
  let timer = 0;

  const asked = new Set();
  let busy = false;
  let again = false;
  let notBefore = 0;

  /** One question at a time, and never sooner than half a second after the last, nor more than half of the time. */
  async function ask(ids = []) {
    ids.forEach((id) => asked.add(id));
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, notBefore - performance.now())));
    again = false;
    const begun = performance.now();
    const which = new Set(asked);
    asked.clear();
    try {
      await fetchPage(which);
    } catch (error) {
      which.forEach((id) => asked.add(id));
      fail(error);
    }
    notBefore = Math.max(begun + LEAST_MS, 2 * performance.now() - begun);
    busy = false;
    if (again && stream) {
      ask();
    }
  }

  function open() {
    clearTimeout(timer);
    close();
    stream = new EventSource(address);
    stream.addEventListener("ready", () => {
      wait = FIRST_WAIT_MS;
      tell("live");
      // Whatever happened between the page and this moment.
      ask();
    });
    stream.addEventListener("cases", (event) => ask(JSON.parse(event.data).cases));
    stream.addEventListener("changed", () => ask());
    stream.addEventListener("error", () => {
      // It tries again by itself, unless it was answered with an error.
      if (stream.readyState === EventSource.CLOSED) {
        retry();
      } else {
        tell("lost");
      }
    });
  }

  function close() {
    stream?.close();
    stream = null;
  }

  /** An answer that was an error does not say which one to an event source; the page's parts do. */
  async function retry() {
    close();
    tell("lost");
    clearTimeout(timer);
    timer = setTimeout(open, wait);
    wait = Math.min(2 * wait, LONGEST_WAIT_MS);
    await ask();
  }

  function fail(error) {
    if (error.status === 401 || error.status === 403) {
      clearTimeout(timer);
      close();
      tell("ended");
    } else if (stream) {
      // The news came and the page did not: begin again, which asks anew.
      retry();
    }
  }

  // A page that nobody looks at needs no connection; browsers allow few to one host.
  let hidden = 0;
  document.addEventListener("visibilitychange", () => {
    clearTimeout(hidden);
    if (document.hidden) {
      hidden = setTimeout(close, HIDDEN_MS);
    } else if (!stream) {
      tell("joining");
      open();
    }
  });
  addEventListener("pagehide", close);
  addEventListener("pageshow", (event) => event.persisted && open());
  tell("joining");
  open();
}
