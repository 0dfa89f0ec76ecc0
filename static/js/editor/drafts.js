// Unsaved text in this browser, so that a crash, a lost connection or a closed tab costs nothing.

const name = (id) => `draft:${id}`;
const KEEP_MS = 30 * 24 * 3600 * 1000;

/** Keeps the text; gives false when the browser's storage refuses (full or switched off). */
export function keep(id, { text, etag }) {
  try {
    localStorage.setItem(name(id), JSON.stringify({ text, etag, at: Date.now() }));
    return true;
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return false;
  }
}

export function drop(id) {
  localStorage.removeItem(name(id));
}

/** The kept {text, etag, at}, or null. */
export function find(id) {
  const kept = localStorage.getItem(name(id));
  return kept ? JSON.parse(kept) : null;
}

/** Removes drafts nobody came back for in 30 days. */
export function sweep(now = Date.now()) {
  for (const key of Object.keys(localStorage)) {
    if (!key.startsWith("draft:")) continue;
    if (now - (JSON.parse(localStorage.getItem(key)).at || 0) > KEEP_MS) localStorage.removeItem(key);
  }
}
