// Registers what the pages use; Alpine starts after this module (see the order in base.html).
import { toasts } from "./announce.js";
import { conflict } from "./conflict.js";
import { generate } from "./generate.js";
import { jobCard, jobs } from "./jobs.js";
import { passkey } from "./passkeys.js";
import { field, lock } from "./records.js";
import { upload } from "./upload.js";
import { action, copy, dialog, fetched, jsonForm, menu, sheets, theme, versions } from "./widgets.js";

document.addEventListener("alpine:init", () => {
  const { Alpine } = window;
  const parts = {
    action, copy, dialog, fetched, field, generate, jobCard, jsonForm, lock, menu, passkey, sheets, theme, upload, versions,
  };
  for (const [name, part] of Object.entries(parts)) Alpine.data(name, part);
  Alpine.store("toasts", toasts);
  Alpine.store("conflict", conflict);
  Alpine.store("jobs", jobs);
});
