// Small parts of the shell: theme, menus, dialogs, sheets, toggles.
import { ApiError, request } from "./api.js";
import { announce } from "./announce.js";

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

/** The reading page: speakers on or off, one voice picked out. */
export const reading = () => ({
  hidden: false,
  picked: "",

  toggle() {
    this.hidden = !this.hidden;
    this.picked = "";
    this.mark();
  },

  pick(code) {
    this.picked = this.picked === code ? "" : code;
    this.hidden = false;
    this.mark();
  },

  mark() {
    for (const quote of this.$root.querySelectorAll(".quote")) {
      quote.classList.toggle("is-picked", Boolean(this.picked) && quote.dataset.voice === this.picked);
    }
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
