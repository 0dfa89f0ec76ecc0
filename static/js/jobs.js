// The jobs of this page: one poll for all of them, and what happens when one ends.
import { ApiError, newKey, request } from "./api.js";
import { toast } from "./announce.js";
import { nextDelay } from "./pace.js";
import { reloadRegions } from "./regions.js";

const TERMINAL = ["completed", "failed", "canceled"];
const MOST = 100; // ids in one poll, as many as the API gives on a page
const NIL = "00000000-0000-0000-0000-000000000000";

const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content || "";

export const isFinished = (job) => TERMINAL.includes(job.status);

/** The page of a job, from the pattern base.html gives. */
export const pageOf = (job) => job.page_url || meta("job-page").replace(NIL, job.id);

/** One plain sentence for a failed job, else "". */
export function failure(job) {
  if (job.status !== "failed") return "";
  return (job.error && job.error.message) || job.error_message || "It failed, and nothing was saved.";
}

/** What is happening, in words: the step, or the place in line. */
export function stepText(job) {
  if (job.status === "failed") return failure(job);
  if (job.status === "completed") return job.partial ? "Done, with gaps" : "Done";
  if (job.status === "canceled") return "Canceled";
  if (job.state === "canceling") return "Canceling";
  if (job.waits_for === "provider") return job.error_message;
  const label = job.progress && job.progress.label;
  if (label) return label;
  if (job.status === "running") return "Working";
  if (job.state === "retrying") return "Waiting to try again";
  if (job.queue_position) return `Waiting for a worker, number ${job.queue_position} in line`;
  return "Waiting for a worker";
}

export const jobs = {
  byId: Object.create(null), // no key of an answer reaches what all objects share
  labels: Object.create(null),
  offline: false,
  etag: "",
  tag: "",
  failures: 0,
  timer: 0,

  /** Starts with the unfinished jobs the page was drawn with. */
  init() {
    for (const id of meta("active-jobs").split(" ").filter(Boolean)) this.byId[id] = { id, status: "pending" };
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && this.timer) this.poll();
    });
    if (this.unfinished.length) this.poll();
  },

  get unfinished() {
    return Object.values(this.byId).filter((job) => !isFinished(job));
  },

  get count() {
    return this.unfinished.length;
  },

  /** Follows a job that this page started, or shows. */
  follow(job, label = "") {
    if (label) this.labels[job.id] = label;
    const known = this.byId[job.id];
    if (!known || !isFinished(known)) this.byId[job.id] = { ...known, ...job };
    this.schedule();
  },

  labelOf(job) {
    return job.kind_label || this.labels[job.id] || (job.kind || "The job").replaceAll(".", " ");
  },

  schedule() {
    clearTimeout(this.timer);
    this.timer = 0;
    if (!this.unfinished.length) return;
    this.timer = setTimeout(() => this.poll(), nextDelay({ failures: this.failures, hidden: document.hidden }));
  },

  async poll() {
    clearTimeout(this.timer);
    const ids = this.unfinished.map((job) => job.id).slice(0, MOST).sort().join(",");
    if (!ids) return;
    const url = `${meta("jobs-api")}?ids=${ids}&limit=${MOST}`;
    try {
      const answer = await request("GET", url, { seen: url === this.tag ? this.etag : "" });
      [this.tag, this.etag, this.failures, this.offline] = [url, answer.etag, 0, false];
      if (answer.data) this.take(answer.data.results || answer.data, ids.split(","));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.failures += 1;
      this.offline = true;
    }
    this.schedule();
  },

  /** Stores what came; a job that was asked for and did not come is no longer ours to see. */
  take(fresh, asked) {
    const came = new Set(fresh.map((job) => job.id));
    for (const id of asked) if (!came.has(id)) delete this.byId[id];
    for (const job of fresh) this.update(job);
  },

  update(job) {
    const before = this.byId[job.id];
    this.byId[job.id] = job;
    if (isFinished(job) && before && !isFinished(before)) this.ended(job);
    else if (before?.progress && before.progress.done !== job.progress.done) this.moved();
  },

  /** A part of a run is done: regions marked data-live show what it made. */
  moved() {
    const live = [...document.querySelectorAll("[data-live]")].map((each) => each.dataset.region);
    if (live.length) reloadRegions(live).catch(() => false);
  },

  async ended(job) {
    const label = this.labelOf(job);
    document.dispatchEvent(new CustomEvent("job:ended", { detail: job }));
    const swapped = await reloadRegions().catch(() => false);
    const more = swapped ? "" : " Load this page again to see it.";
    if (job.status === "completed") {
      toast({ text: `${label}: done.${more}`, url: pageOf(job), linkText: "Details" });
    } else if (job.status === "failed") {
      toast({ text: `${label}: ${failure(job)}`, url: pageOf(job), linkText: "Details", bad: true });
    } else {
      toast({ text: `${label}: canceled.` });
    }
  },

  async cancel(id) {
    const job = this.byId[id] || { id };
    try {
      const answer = await request("POST", job.cancel_url || `${meta("jobs-api")}/${id}/cancel`);
      this.update({ ...job, ...answer.data });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      toast({ text: error.message, bad: true });
    }
    this.schedule();
  },

  /** A retry is a new job; its card comes with the region. */
  async retry(id, url, key) {
    const answer = await request("POST", url || `${meta("jobs-api")}/${id}/retry`, { key });
    this.follow(answer.data, this.labels[id] || "");
    await reloadRegions(["jobs"]).catch(() => false);
    return answer.data;
  },
};

/** A card, a table row or a page of one job. The server's words stand until the first poll. */
export const jobCard = () => ({
  id: "",
  key: "",
  problem: "",
  drawn: {},

  init() {
    this.id = this.$root.dataset.id;
    this.drawn = { ...this.$root.dataset };
    if (!TERMINAL.includes(this.drawn.status)) {
      this.$store.jobs.follow({ id: this.id, status: this.drawn.status }, this.drawn.label);
    }
  },

  /** What the poll said; null while only the server's drawing is known. */
  get live() {
    const job = this.$store.jobs.byId[this.id];
    return job && job.kind ? job : null;
  },

  get status() {
    return this.live ? this.live.status : this.drawn.status;
  },

  get state() {
    return this.live ? this.live.state || this.live.status : this.drawn.state;
  },

  get label() {
    return this.live ? this.$store.jobs.labelOf(this.live) : this.drawn.label;
  },

  get step() {
    return this.live ? stepText(this.live) : this.drawn.step;
  },

  get done() {
    return this.live && this.live.progress ? this.live.progress.done : Number(this.drawn.done);
  },

  get total() {
    return this.live && this.live.progress ? this.live.progress.total : Number(this.drawn.total);
  },

  get counted() {
    return this.running && this.total > 0;
  },

  get uncounted() {
    return this.running && !this.total;
  },

  get running() {
    return !TERMINAL.includes(this.status);
  },

  get cancelable() {
    return this.running && this.state !== "canceling";
  },

  get chip() {
    const tone = { completed: "is-ok", failed: "is-bad", expired: "is-bad", partial: "is-warn", running: "is-on" };
    return tone[this.state] || tone[this.status] || "";
  },

  cancel() {
    this.$store.jobs.cancel(this.id);
  },

  async retry() {
    this.problem = "";
    this.key = this.key || newKey();
    try {
      const job = await this.$store.jobs.retry(this.id, this.drawn.retryUrl, this.key);
      location.assign(pageOf(job));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status) this.key = "";
      this.problem = error.message;
    }
  },
});
