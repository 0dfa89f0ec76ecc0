// Saves one text some time after the last change; knows nothing of the editor that holds it.
import { ApiError, request } from "../api.js";
import { etagOf, remember } from "../etags.js";
import { nextDelay } from "../pace.js";
import { drop, keep } from "./drafts.js";

const QUIET_MS = 2_000;
const KEEPALIVE_BYTES = 60_000; // browsers refuse more for a request that outlives its page

/**
 * Hooks: read() gives the text, show(state, problem) tells the status line ("saved", "unsaved",
 * "saving", "offline", "refused", "conflict"), clash() runs on 412.
 */
export class Autosave {
  constructor({ id, url, field, etag, text, hooks }) {
    Object.assign(this, { id, url, field, hooks, last: text });
    remember(url, etag);
    this.timer = 0;
    this.failures = 0;
    this.running = null;
    this.blocked = false;
  }

  get etag() {
    return etagOf(this.url);
  }

  get dirty() {
    return this.hooks.read() !== this.last;
  }

  /** A change was made: keep it here at once, send it when typing pauses. */
  changed() {
    if (!this.dirty) return;
    keep(this.id, { text: this.hooks.read(), etag: this.etag });
    if (this.blocked) return;
    this.hooks.show("unsaved");
    this.later(QUIET_MS);
  }

  later(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), wait);
  }

  /** Sends the text now; one request at a time, and once more if it changed meanwhile. */
  async save() {
    clearTimeout(this.timer);
    if (this.running) await this.running;
    if (this.blocked || !this.dirty) return;
    this.running = this.send(this.hooks.read());
    await this.running;
    this.running = null;
    if (!this.blocked && this.dirty && !this.failures) this.changed();
  }

  /** Nothing is sent until rebase() says what to go on from. */
  block() {
    clearTimeout(this.timer);
    this.blocked = true;
    this.hooks.show("conflict");
  }

  async send(text) {
    this.hooks.show("saving");
    try {
      const answer = await request("PATCH", this.url, { body: { [this.field]: text }, etag: this.etag });
      this.accept(text, answer);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.failed(error);
    }
  }

  accept(text, { etag }) {
    remember(this.url, etag);
    [this.last, this.failures] = [text, 0];
    if (this.dirty) keep(this.id, { text: this.hooks.read(), etag: this.etag });
    else drop(this.id);
    this.hooks.show("saved");
  }

  failed(error) {
    if (error.status === 412) {
      this.block();
      this.hooks.clash();
      return;
    }
    this.failures += 1;
    const again = !error.status || error.status === 429 || error.status >= 500;
    this.hooks.show(again ? "offline" : "refused", error.message);
    const wait = Math.max(error.retryAfter * 1000, nextDelay({ failures: this.failures, hidden: false }));
    if (again) this.later(wait);
  }

  /** Goes on from another saved text and its ETag. */
  rebase({ text, etag }) {
    remember(this.url, etag);
    [this.last, this.blocked, this.failures] = [text, false, 0];
    if (this.dirty) this.changed();
    else {
      drop(this.id);
      this.hooks.show("saved");
    }
  }

  /** The page goes away: one last request that outlives it. The draft stays until an answer is seen. */
  flush() {
    const text = this.hooks.read();
    if (this.blocked || this.running || !this.dirty || text.length > KEEPALIVE_BYTES) return;
    clearTimeout(this.timer);
    this.running = request("PATCH", this.url, { body: { [this.field]: text }, etag: this.etag, keepalive: true })
      .then((answer) => this.accept(text, answer))
      .catch((error) => this.failed(error))
      .finally(() => {
        this.running = null;
      });
  }
}
