// Fetches the page again and swaps the parts marked data-region="name", and nothing else.

/** A part a person is typing in, or that holds unsaved text, stays as it is. */
function isBusy(region) {
  const active = document.activeElement;
  const typing = active && region.contains(active) && active.matches("input, textarea, select, [contenteditable=true]");
  return typing || region.matches("[data-dirty]") || region.querySelector("[data-dirty], dialog[open]") !== null;
}

/**
 * Swaps the named regions, or all of them. Gives false when one could not be swapped, so that the caller can
 * offer a reload instead. Focus returns to the element with the same id, and scroll does not move.
 */
export async function reloadRegions(names = null) {
  const response = await fetch(location.href, { headers: { Accept: "text/html" }, credentials: "same-origin" });
  if (!response.ok || response.redirected) return false;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  const focused = document.activeElement && document.activeElement.id;
  let complete = true;
  for (const region of document.querySelectorAll("[data-region]")) {
    if (names && !names.includes(region.dataset.region)) continue;
    const other = fresh.querySelector(`[data-region="${CSS.escape(region.dataset.region)}"]`);
    if (!other || isBusy(region)) complete = false;
    else region.replaceWith(document.adoptNode(other));
  }
  if (focused && document.activeElement === document.body) document.getElementById(focused)?.focus({ preventScroll: true });
  return complete;
}
