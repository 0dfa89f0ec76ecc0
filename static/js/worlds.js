// The run of a world on its page: progress from the one poll of the page, pause and resume.
import { ApiError, request } from "./api.js";
import { announce } from "./announce.js";
import { stepText } from "./jobs.js";

const worldRun = () => ({
  id: "",
  problem: "",
  drawn: {},

  init() {
    this.id = this.$root.dataset.id;
    this.drawn = { ...this.$root.dataset };
    this.$store.jobs.follow({ id: this.id, status: this.drawn.status }, "The world");
  },

  /** What the poll said; null while only the server's drawing is known. */
  get live() {
    const job = this.$store.jobs.byId[this.id];
    return job && job.kind ? job : null;
  },

  get paused() {
    return this.live ? Boolean(this.live.paused_at) : this.drawn.state === "paused";
  },

  get done() {
    return this.live ? this.live.progress.done : Number(this.drawn.done);
  },

  get total() {
    return (this.live ? this.live.progress.total : Number(this.drawn.total)) || 1;
  },

  get words() {
    if (this.paused) return `Paused. ${this.live ? this.live.progress.label : this.drawn.step}`;
    return this.live ? stepText(this.live) : this.drawn.step;
  },

  async hold(verb, said) {
    this.problem = "";
    try {
      const answer = await request("POST", `${this.drawn.api}/${verb}`);
      this.$store.jobs.update(answer.data);
      announce(said);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.problem = error.message;
    }
  },

  pause() {
    return this.hold("pause", "Paused.");
  },

  resume() {
    return this.hold("resume", "Going on.");
  },

  cancel() {
    this.$store.jobs.cancel(this.id);
  },
});

document.addEventListener("alpine:init", () => window.Alpine.data("worldRun", worldRun));
