// Toasts to see and a polite line for screen readers; both stand in base.html.

const KEEP_MS = 12_000;
let last = 0;

export const toasts = {
  items: [],

  add({ text, url = "", linkText = "", bad = false }) {
    const item = { id: ++last, text, url, linkText: linkText || "Show", bad };
    this.items.push(item);
    announce(text);
    if (!bad) setTimeout(() => this.remove(item.id), KEEP_MS);
    return item.id;
  },

  remove(id) {
    this.items = this.items.filter((item) => item.id !== id);
  },
};

/** Shows a toast. Through Alpine's store, since only changes made there are drawn. */
export const toast = (item) => window.Alpine.store("toasts").add(item);

/** The same words twice in a row must still be read, so the line is emptied first. */
export function announce(text) {
  const line = document.getElementById("announcer");
  if (!line) return;
  line.textContent = "";
  setTimeout(() => {
    line.textContent = text;
  }, 50);
}
