// Registers what the pages use; Alpine starts after this module (see the order in base.html).
import { toasts } from "./announce.js";
import { conflict } from "./conflict.js";
import { generate } from "./generate.js";
import { jobCard, jobs } from "./jobs.js";
import { field, lock } from "./records.js";
import { upload } from "./upload.js";
import { action, copy, dialog, menu, reading, sheets, theme, versions } from "./widgets.js";

document.addEventListener("alpine:init", () => {
  const { Alpine } = window;
  const parts = { action, copy, dialog, field, generate, jobCard, lock, menu, reading, sheets, theme, upload, versions };
  for (const [name, part] of Object.entries(parts)) Alpine.data(name, part);
  Alpine.store("toasts", toasts);
  Alpine.store("conflict", conflict);
  Alpine.store("jobs", jobs);
});
