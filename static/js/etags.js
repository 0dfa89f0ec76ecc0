// The ETag of each thing on the page. The script and the fields beside it are one scene, so they share it.

const known = new Map();

export const etagOf = (url, drawn = "") => known.get(url) || drawn;

export function remember(url, etag) {
  if (etag) known.set(url, etag);
}

/** Tells every part of the page that shows this thing what the server holds now. */
export function tell(url, data) {
  document.dispatchEvent(new CustomEvent("record:fresh", { detail: { url, data } }));
}
