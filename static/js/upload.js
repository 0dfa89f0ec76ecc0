// A drop zone with a file input inside; sends one file after the other with a progress bar.
import { ApiError, csrfToken, newKey, parse } from "./api.js";
import { reloadRegions } from "./regions.js";

const UNREACHABLE = { detail: "The upload broke off. Check the connection and try again." };

/** fetch cannot tell how much was sent, so this is XMLHttpRequest. */
function send(url, form, onProgress) {
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest();
    call.open("POST", url);
    call.setRequestHeader("Accept", "application/json, application/problem+json");
    call.setRequestHeader("X-CSRFToken", csrfToken());
    call.setRequestHeader("Idempotency-Key", newKey());
    call.upload.onprogress = (event) => onProgress(event.lengthComputable ? event.loaded / event.total : 0);
    call.onerror = () => reject(new ApiError(UNREACHABLE, 0));
    call.onload = () => {
      const data = parse(call.responseText, call.status) || {};
      if (call.status >= 200 && call.status < 300) resolve(data);
      else reject(new ApiError(data, call.status));
    };
    call.send(form);
  });
}

export const upload = () => ({
  over: false,
  busy: false,
  sent: 0,
  name: "",
  problems: [],

  enter() {
    this.over = true;
  },

  leave() {
    this.over = false;
  },

  drop(event) {
    this.over = false;
    this.sendAll(event.dataTransfer.files);
  },

  async chosen(event) {
    await this.sendAll(event.target.files);
    event.target.value = "";
  },

  async sendAll(files) {
    if (this.busy) return;
    this.problems = [];
    for (const file of files) await this.sendOne(file);
    await reloadRegions().catch(() => false);
  },

  async sendOne(file) {
    const { url, maxBytes, label, project } = this.$root.dataset;
    if (Number(maxBytes) && file.size > Number(maxBytes)) {
      this.refuse(file, `it is larger than ${Math.floor(maxBytes / 1048576)} MB.`);
      return;
    }
    const form = new FormData();
    form.append("project", project);
    form.append("file", file);
    [this.busy, this.sent, this.name] = [true, 0, file.name];
    try {
      const answer = await send(url, form, (share) => {
        this.sent = share;
      });
      if (answer.status && answer.kind) this.$store.jobs.follow(answer, `${label || "Import"} ${file.name}`);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.refuse(file, error.message);
    } finally {
      this.busy = false;
    }
  },

  refuse(file, reason) {
    this.problems.push({ id: `${file.name}${this.problems.length}`, text: `${file.name}: ${reason}` });
  },
});
