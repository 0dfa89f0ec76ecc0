// Editing a saved thing in place: fields, locks and confirmations, each a PATCH with If-Match.
import { ApiError, request } from "./api.js";
import { announce } from "./announce.js";
import { askWhichSide } from "./conflict.js";
import { etagOf, remember, tell } from "./etags.js";

const rootOf = (element) => element.closest("[data-record]");

/** Saves some fields. Gives the fresh thing; throws ApiError (412 when somebody was faster). */
async function patch(element, body) {
  const { record } = rootOf(element).dataset;
  const answer = await request("PATCH", record, { body, etag: etagOf(record) });
  remember(record, answer.etag);
  return answer.data;
}

/** A page drawn without an ETag asks for it before the first save; `tell` shows what changed meanwhile. */
async function prepare(element) {
  const { record, etag } = rootOf(element).dataset;
  if (etagOf(record)) return;
  if (etag) remember(record, etag);
  else await newest(element);
}

async function newest(element) {
  const { record } = rootOf(element).dataset;
  const answer = await request("GET", record);
  remember(record, answer.etag);
  tell(record, answer.data);
  return answer.data;
}

const asText = (value) => (Array.isArray(value) ? value.join(", ") : String(value ?? ""));

/** One field: shown as text, edited as a form. Data: name, label, value, type ("list", "number" or text). */
export const field = () => ({
  editing: false,
  busy: false,
  problem: "",
  text: "",
  saved: "",
  changed: false,
  stale: false,

  init() {
    const { value, name } = this.$root.dataset;
    this.saved = value;
    this.text = value;
    const { record } = rootOf(this.$root).dataset;
    document.addEventListener("record:fresh", ({ detail }) => {
      if (detail.url === record && name in detail.data) this.refresh(asText(detail.data[name]));
    });
  },

  /** Another part of the page learned the newest value; while it is edited here, saving will ask. */
  refresh(fresh) {
    if (this.editing) this.stale = fresh !== this.saved && fresh !== this.text;
    else this.saved = fresh;
  },

  get blank() {
    return !this.saved;
  },

  get shown() {
    return this.saved || "Nothing here yet.";
  },

  edit() {
    this.text = this.saved;
    this.editing = true;
    this.$root.dataset.dirty = "";
    this.$nextTick(() => this.$refs.input.focus());
  },

  close() {
    this.editing = false;
    this.stale = false;
    this.problem = "";
    delete this.$root.dataset.dirty;
    this.$nextTick(() => this.$refs.edit.focus());
  },

  value() {
    const { type } = this.$root.dataset;
    if (type === "list") return this.text.split(",").map((part) => part.trim()).filter(Boolean);
    if (type === "number") return this.text.trim() ? Number(this.text) : null;
    return this.text;
  },

  async save() {
    try {
      await prepare(this.$root);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.problem = error.message;
      return;
    }
    if (this.stale) await this.conflict();
    else await this.send();
  },

  /** Accepts what a writer proposed; from now on no writer changes it. */
  async confirm() {
    const { name, label } = this.$root.dataset;
    this.problem = "";
    try {
      await prepare(this.$root);
      await patch(this.$root, { confirm: [name] });
      this.changed = true;
      announce(`${label} confirmed.`);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.problem = error.message;
    }
  },

  async send() {
    const { name, label } = this.$root.dataset;
    this.busy = true;
    this.problem = "";
    try {
      this.take(await patch(this.$root, { [name]: this.value() }));
      announce(`${label} saved.`);
      this.close();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 412) await this.conflict();
      else this.problem = error.message;
    } finally {
      this.busy = false;
    }
  },

  take(record) {
    const fresh = record && this.$root.dataset.name in record ? record[this.$root.dataset.name] : this.value();
    this.saved = asText(fresh);
    this.changed = true;
  },

  async conflict() {
    const record = await newest(this.$root);
    const theirs = asText(record[this.$root.dataset.name]);
    const choice = await askWhichSide({ title: this.$root.dataset.label, mine: this.text, theirs });
    if (choice === "mine") await this.send();
    if (choice === "theirs") {
      this.saved = theirs;
      this.close();
    }
  },
});

/** A lock of one field; the record's root lists the locked names in data-locked, split by spaces. */
export const lock = () => ({
  locked: false,
  problem: "",

  init() {
    this.locked = this.names().has(this.$root.dataset.name);
  },

  names() {
    return new Set((rootOf(this.$root).dataset.locked || "").split(" ").filter(Boolean));
  },

  async toggle() {
    const { name, label } = this.$root.dataset;
    const names = this.names();
    if (!names.delete(name)) names.add(name);
    this.problem = "";
    try {
      await prepare(this.$root);
      await patch(this.$root, { locked_fields: [...names].sort() });
      rootOf(this.$root).dataset.locked = [...names].join(" ");
      this.locked = names.has(name);
      announce(`${label} ${this.locked ? "locked" : "unlocked"}.`);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.problem = error.message;
    }
  },
});
