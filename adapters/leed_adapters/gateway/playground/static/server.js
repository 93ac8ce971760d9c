// Requests to leed's endpoints. A newer request of a kind puts an end to the one before it.

export class Failed extends Error {}
export class Stale extends Error {}

const running = new Map();
let key = "";

/** Use a key for all requests from now on; it is kept in this page only. */
export function useKey(given) {
  key = given;
}

/** The answer as data.
 *
 * Throws Stale where a newer request of the same kind was made meanwhile, and Failed with what the server says.
 */
export async function ask(kind, path, options = {}) {
  running.get(kind)?.abort();
  const control = new AbortController();
  running.set(kind, control);
  const headers = { ...options.headers };
  if (key) headers.authorization = `Bearer ${key}`;
  let answer;
  let data;
  try {
    answer = await fetch(path, { ...options, headers, signal: control.signal });
    data = await answer.json();
  } catch (error) {
    if (control.signal.aborted) throw new Stale();
    throw new Failed(answer ? `The server answered ${answer.status} without JSON.` : "The server cannot be reached.");
  }
  if (running.get(kind) !== control) throw new Stale();
  if (answer.status === 401) document.dispatchEvent(new CustomEvent("leed:key"));
  if (!answer.ok) throw new Failed(data?.error?.message ?? `The server answered ${answer.status}.`);
  return data;
}

export const post = (kind, path, body) =>
  ask(kind, path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

/** The answer to a file's bytes. */
export const send = (kind, path, bytes) =>
  ask(kind, path, { method: "POST", headers: { "content-type": "application/octet-stream" }, body: bytes });
