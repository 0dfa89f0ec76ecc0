// Every text a scene ever had: fetched on demand, any of them can go back on the page.
import { ApiError, request } from "../api.js";
import { announce } from "../announce.js";

const MADE = { model: "written by a model", rules: "made by rules", human: "written by a person", import: "read from a file" };

const LONGEST = 90;

const when = new Intl.DateTimeFormat("en", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

/** The first line after the heading, cut where it gets long. */
function firstWords(text) {
  const line = text.trim().split("\n").slice(1).find((each) => each.trim()) || "";
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}

export const takes = () => ({
  rows: [],
  problem: "",
  loaded: false,

  init() {
    document.addEventListener("job:ended", () => {
      if (this.loaded) this.load();
    });
  },

  async load() {
    this.problem = "";
    try {
      const { data } = await request("GET", this.$root.dataset.url);
      this.rows = data.map((row, at) => ({
        id: row.revision,
        text: row.content,
        label: `Take ${data.length - at}`,
        made: `${MADE[row.generation_method] || ""}, ${when.format(new Date(row.created_at))}`,
        start: firstWords(row.content),
      }));
      this.loaded = true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.problem = error.message;
    }
  },

  use(row) {
    document.dispatchEvent(new CustomEvent("take:use", { detail: row.text }));
    announce(`${row.label} is on the page.`);
  },
});

document.addEventListener("alpine:init", () => window.Alpine.data("takes", takes));
