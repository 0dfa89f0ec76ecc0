// The text that a model is writing for the scene on the page, while it comes.
// Data on the root: target (the scene's id), streams (whether the server has streams).
import { Draft, Follower, isLast } from "../stream.js";
import { classify, markSpans } from "./fountain.js";

const WAYS = { stream: "Live", pages: "Every 2 seconds", again: "Connecting again" };
const NEAR_END = 40; // px; who has scrolled further up is reading there

// Outside of the component: Alpine must not wrap them in proxies.
const followers = new WeakMap();

const without = (text, spans) => [...spans].reverse().reduce((left, [start, end]) => left.slice(0, start) + left.slice(end), text);

export const writing = () => ({
  jobId: "",
  text: "",
  way: "",
  state: "",

  init() {
    document.addEventListener("job:ended", ({ detail }) => {
      if (detail.id === this.jobId) this.ended(detail.status);
    });
  },

  /** The unfinished job of a model on this scene. */
  get job() {
    const { target } = this.$root.dataset;
    return this.$store.jobs.unfinished.find((job) => job.writer === "model" && job.target && job.target.id === target);
  },

  look(job) {
    if (job && job.id !== this.jobId) this.begin(job);
  },

  begin(job) {
    followers.get(this.$root)?.stop();
    [this.jobId, this.text, this.state, this.way] = [job.id, "", "writing", ""];
    const draft = new Draft();
    const follower = new Follower(job.events_url, {
      streams: Boolean(this.$root.dataset.streams),
      take: (event) => {
        draft.take(event);
        this.show(draft.text, event.type);
      },
      tell: (way) => {
        this.way = WAYS[way];
      },
    });
    followers.set(this.$root, follower);
    follower.start();
  },

  show(text, type) {
    const box = this.$refs.text;
    const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END;
    if (text || type !== "job.failed") this.text = text;
    if (type === "job.retrying" || type === "job.waiting") this.state = "again";
    if (type === "job.delta") this.state = "writing";
    if (atEnd) this.$nextTick(() => box.scrollTo({ top: box.scrollHeight }));
    if (isLast({ type })) this.$store.jobs.poll();
  },

  /** A finished take waits behind the notice of the editor; what broke off stays to be read. */
  ended(status) {
    followers.get(this.$root)?.stop();
    this.state = status !== "completed" && this.text ? "stopped" : "";
  },

  get shown() {
    return Boolean(this.text && this.state);
  },

  get title() {
    if (this.state === "again") return "It broke off; another try follows";
    return this.state === "stopped" ? "It stopped here, and nothing was saved" : "A new take is being written";
  },

  get stopped() {
    return this.state === "stopped";
  },

  get lines() {
    const lines = this.text.split("\n");
    const kinds = classify(lines);
    return lines.map((line, at) => ({ at, kind: `fl-${kinds[at]}`, text: without(line, markSpans(line, kinds[at])) }));
  },

  close() {
    this.state = "";
  },
});

document.addEventListener("alpine:init", () => window.Alpine.data("writing", writing));
