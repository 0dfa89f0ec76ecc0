// Small parts of the shell: theme, menus, dialogs, sheets, toggles.
import { ApiError, request } from "./api.js";
import { announce } from "./announce.js";
import { reloadRegions } from "./regions.js";

const systemIsDark = () => matchMedia("(prefers-color-scheme: dark)").matches;

export const theme = () => ({
  dark: false,

  init() {
    const chosen = document.documentElement.dataset.theme;
    this.dark = chosen ? chosen === "dark" : systemIsDark();
  },

  toggle() {
    this.dark = !this.dark;
    const name = this.dark ? "dark" : "light";
    document.documentElement.dataset.theme = name;
    localStorage.setItem("theme", name);
  },
});

/** On a details element: closes on Esc, on a click elsewhere, and when focus leaves. */
export const menu = () => ({
  close() {
    this.$root.open = false;
  },

  escape() {
    if (!this.$root.open) return;
    this.close();
    this.$root.querySelector("summary").focus();
  },

  left(event) {
    if (event.relatedTarget && !this.$root.contains(event.relatedTarget)) this.close();
  },
});

/** On a button with data-opens="id of a dialog", and inside that dialog. */
export const dialog = () => ({
  open() {
    document.getElementById(this.$root.dataset.opens).showModal();
  },

  close() {
    this.$root.closest("dialog").close();
  },
});

/** Side panes that become sheets on narrow windows; x-trap keeps the focus inside an open one. */
export const sheets = () => ({
  which: "",

  openSheet(name) {
    this.which = name;
  },

  closeSheet() {
    this.which = "";
  },

  get scenes() {
    return this.which === "scenes";
  },

  get context() {
    return this.which === "context";
  },
});

/** The comparison of two versions: everything, or the changed lines alone. */
export const versions = () => ({
  onlyChanges: false,

  toggle() {
    this.onlyChanges = !this.onlyChanges;
    announce(this.onlyChanges ? "Only changed lines are shown." : "All lines are shown.");
  },
});

/** A button that sends one request and then goes on: data-url, data-method, data-body, data-next. */
export const action = () => ({
  busy: false,
  problem: "",

  async run() {
    const { url, method, body, next } = this.$root.dataset;
    this.busy = true;
    this.problem = "";
    try {
      const answer = await request(method || "POST", url, { body: body ? JSON.parse(body) : undefined });
      const place = (answer.data && answer.data.page_url) || next;
      if (place) location.assign(place);
      else location.reload();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.problem = error.message;
      this.busy = false;
    }
  },
});

/** A form as a body; a name that ends in [] is a list. */
function bodyOf(form, whole) {
  const body = Object.create(null); // no name of a field reaches what all objects share
  for (const { name } of form.elements) if (name.endsWith("[]")) body[name.slice(0, -2)] = [];
  for (const [name, value] of new FormData(form)) {
    if (name.endsWith("[]")) body[name.slice(0, -2)].push(value);
    else if (whole || value !== "") body[name] = value;
  }
  return body;
}

/**
 * A form sent as JSON. Data: url, method, next (where to go; "{id}" is the new thing's), reveal (name of an answer's
 * member to show once instead of going anywhere). Empty fields are left out, not of a PATCH.
 */
export const jsonForm = () => ({
  busy: false,
  problem: "",
  revealed: "",

  async send(event) {
    const { url, method, next, reveal } = this.$root.dataset;
    this.busy = true;
    this.problem = "";
    try {
      const { data } = await request(method || "POST", url, { body: bodyOf(event.target, method === "PATCH") });
      if (reveal) await this.reveal(data[reveal], event.target);
      else if (next) location.assign(next.replace("{id}", data.id));
      else location.reload();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.problem = error.message;
    } finally {
      this.busy = false;
    }
  },

  async reveal(secret, form) {
    this.revealed = secret;
    this.$root.dataset.dirty = ""; // it stays, whatever is swapped
    form.reset();
    await reloadRegions();
  },
});

/** Text that is fetched when its details element opens for the first time. */
export const fetched = () => ({
  text: "",
  problem: "",

  async load() {
    if (!this.$root.open || this.text) return;
    try {
      const { data } = await request("GET", this.$root.dataset.url);
      this.text = data.parts.join("\n\n") || "Nothing was sent: rules need no prompt.";
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.problem = error.message;
    }
  },
});

export const copy = () => ({
  done: false,

  async run() {
    const input = this.$root.querySelector("input");
    input.select();
    await navigator.clipboard?.writeText(input.value);
    this.done = true;
    announce("Copied.");
  },
});
