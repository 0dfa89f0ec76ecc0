// The button that starts a job: `partials/generate_button.html`.
import { ApiError, newKey, request } from "./api.js";
import { announce } from "./announce.js";
import { isFinished, pageOf, stepText } from "./jobs.js";
import { reloadRegions } from "./regions.js";

export const generate = () => ({
  busy: false,
  problem: "",
  key: "",
  jobId: "",

  async start() {
    if (this.busy) return;
    const { url, method, label, body } = this.$root.dataset;
    this.busy = true;
    this.problem = "";
    // The key lives until an answer comes: pressing again after a lost answer repeats the same click.
    this.key = this.key || newKey();
    try {
      const answer = await request(method || "POST", url, { body: body ? JSON.parse(body) : {}, key: this.key });
      this.key = "";
      this.started(answer.data, label);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status) this.key = "";
      this.problem = error.message;
    } finally {
      this.busy = false;
    }
  },

  started(job, label) {
    this.jobId = job.id || job.job_id;
    this.$store.jobs.follow({ ...job, id: this.jobId }, label);
    announce(`${label}: started.`);
    reloadRegions(["jobs"]).catch(() => false);
  },

  get job() {
    return this.jobId ? this.$store.jobs.byId[this.jobId] : null;
  },

  get shown() {
    return Boolean(this.job);
  },

  get working() {
    return Boolean(this.job && !isFinished(this.job));
  },

  get step() {
    return this.job ? stepText(this.job) : "";
  },

  get page() {
    return this.job ? pageOf(this.job) : "";
  },

  get done() {
    return this.job && this.job.progress ? this.job.progress.done : 0;
  },

  get total() {
    return this.job && this.job.progress ? this.job.progress.total : 0;
  },

  get counted() {
    return this.working && this.total > 0;
  },

  get uncounted() {
    return this.working && !this.total;
  },

  cancel() {
    this.$store.jobs.cancel(this.jobId);
  },
});
