// Sends a report so that it arrives once: the same key and the same body until there is an answer.
// Owns the talk with /api/reports; knows no page.

const TIMEOUT_MS = 20000;
// Where the service asks to wait and does not say for how long, or says something senseless.
const WAIT_S = 10;
const LONGEST_WAIT_S = 3600;

async function post(key, body) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), TIMEOUT_MS);
  try {
    return await fetch("/api/reports", {
      method: "POST",
      headers: { "Content-Type": "application/json", "Idempotency-Key": key, Accept: "application/json" },
      body: JSON.stringify(body),
      signal: stop.signal,
    });
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Try once.  Answers {sent: receipt}, {refused: problem}, {later: seconds} when the service asks to
 * wait, or {offline: true} when nothing answered.
 */
export async function tryToSend(key, body) {
  let response;
  try {
    response = await post(key, body);
  } catch {
    return { offline: true };
  }
  if (response.status === 201 || response.status === 200) {
    return { sent: await response.json() };
  }
  if (response.status === 429 || response.status >= 500) {
    const seconds = Number(response.headers.get("Retry-After"));
    return { later: Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, LONGEST_WAIT_S) : WAIT_S };
  }
  try {
    return { refused: await response.json() };
  } catch {
    return { later: WAIT_S };
  }
}
