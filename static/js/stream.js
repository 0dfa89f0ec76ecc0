// The events of one job: over a stream where the server has one, else in pages every two seconds.
import { ApiError, request } from "./api.js";
import { nextDelay } from "./pace.js";

const LAST = ["job.completed", "job.failed", "job.canceled"];
const TYPES = ["job.started", "job.delta", "job.progress", "job.retrying", "job.waiting", "job.cancel_requested", ...LAST];

export const isLast = (event) => LAST.includes(event.type);

/** The text of a job as its events tell it: each step's in order, without what broke off. */
export class Draft {
  constructor() {
    this.parts = new Map();
    this.current = "";
  }

  take({ type, data }) {
    if (type === "job.delta") this.add(data);
    if (type === "job.retrying" || type === "job.waiting") this.parts.delete(this.current);
  }

  /** "write.2" answers "write.1" anew, and so does a step that begins again. */
  add({ step, offset, text }) {
    const name = step.slice(0, step.lastIndexOf("."));
    if (offset === 0) this.parts.delete(name);
    this.parts.set(name, (this.parts.get(name) || "") + text);
    this.current = name;
  }

  get text() {
    return [...this.parts.values()].join("\n\n");
  }
}

/**
 * Hands each event of a job to `take` once and in order, until its last one or `stop`.
 * `tell` hears how they come: "stream", "pages", or "again" while the connection is made anew.
 */
export class Follower {
  constructor(url, { streams, take, tell }) {
    Object.assign(this, { url, streams, take, tell });
    this.after = 0;
    this.failures = 0;
    this.timer = 0;
    this.source = null;
    this.ended = false;
    this.onVisible = () => this.seen();
  }

  start() {
    document.addEventListener("visibilitychange", this.onVisible);
    this.connect();
  }

  stop() {
    this.ended = true;
    document.removeEventListener("visibilitychange", this.onVisible);
    this.pause();
  }

  connect() {
    if (this.streams && globalThis.EventSource) this.open();
    else this.poll();
  }

  pause() {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
  }

  /** A browser allows few open connections to a host, and hidden tabs would use them up. */
  seen() {
    this.pause();
    if (!document.hidden) this.connect();
  }

  open() {
    const source = new EventSource(`${this.url}?after=${this.after}`);
    this.source = source;
    for (const type of TYPES) source.addEventListener(type, (event) => this.got(JSON.parse(event.data)));
    source.addEventListener("open", () => this.tell("stream"));
    source.addEventListener("error", () => this.broke(source));
  }

  /** The browser tries again by itself unless it was refused. */
  broke(source) {
    if (this.source !== source) return;
    if (source.readyState !== EventSource.CLOSED) {
      this.tell("again");
      return;
    }
    this.streams = false;
    this.pause();
    this.poll();
  }

  async poll() {
    try {
      const { data } = await request("GET", `${this.url}?after=${this.after}`);
      this.failures = 0;
      this.tell("pages");
      for (const event of data) this.got(event);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.failures += 1;
      this.tell("again");
    }
    if (this.ended || document.hidden) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.poll(), nextDelay({ failures: this.failures, hidden: false }));
  }

  got(event) {
    if (this.ended || event.seq <= this.after) return;
    this.after = event.seq;
    if (isLast(event)) this.stop();
    this.take(event);
  }
}
