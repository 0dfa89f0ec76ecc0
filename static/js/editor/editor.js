// The script editor as an Alpine component: CodeMirror on one scene, with autosave.
// Data on the root: id, url, field, etag, label, nonce, readonly; cues (names) and places (headings), split by "|".
// The text stands in a textarea, so that the page can be read and copied without a script.
import {
  autocompletion, defaultKeymap, drawSelection, EditorState, EditorView, history, historyKeymap, keymap,
  openSearchPanel, placeholder, search, searchKeymap,
} from "../../vendor/editor.min.js";
import { ApiError, request } from "../api.js";
import { announce } from "../announce.js";
import { askWhichSide } from "../conflict.js";
import { Autosave } from "./autosave.js";
import { drop, find, sweep } from "./drafts.js";
import { bindings, completions } from "./keys.js";
import { fromServer, page } from "./show.js";
import "./takes.js";
import "./writing.js";

const STATES = {
  saved: "Saved",
  unsaved: "Not saved yet",
  saving: "Saving",
  offline: "Not saved: no answer. Kept in this browser.",
  refused: "Not saved.",
  conflict: "Not saved: changed elsewhere.",
};

const HEADING_EDGES = /^\.?(?:INT\.?\/EXT|EXT\.?\/INT|INT|EXT|EST|I\/E)?[. ]*|\s+-\s+[^-]*$/gi;

// Outside of the component: Alpine must not wrap CodeMirror's objects in proxies.
const views = new WeakMap();
const savers = new WeakMap();

const plain = (text) => text.replaceAll("\r\n", "\n");

const words = (list) => [...new Set((list || "").split("|").map((each) => each.trim()).filter(Boolean))];

/** The places in headings such as "INT. LAMP ROOM - NIGHT". */
const placesOf = (headings) => words(headings.map((each) => each.replace(HEADING_EDGES, "")).join("|"));

/** What a person may do who may write; a reader only gets to select, copy and find. */
function writing(root, onChange, save) {
  const { cues, places } = root.dataset;
  const lists = { cues: words(cues), places: placesOf(words(places)) };
  return [
    history(),
    placeholder("INT. SOMEWHERE - DAY"),
    autocompletion({ override: [completions(lists)], icons: false }),
    keymap.of([...bindings(save), ...historyKeymap]),
    EditorView.updateListener.of((update) => {
      const mine = update.docChanged && !update.transactions.some((each) => each.annotation(fromServer));
      if (mine) onChange();
    }),
  ];
}

function extensions(root, onChange, save) {
  const { nonce, label, readonly } = root.dataset;
  return [
    readonly ? EditorState.readOnly.of(true) : writing(root, onChange, save),
    drawSelection(),
    EditorView.lineWrapping,
    EditorView.cspNonce.of(nonce || ""),
    EditorView.contentAttributes.of({
      "aria-label": label,
      spellcheck: "true",
      ...(readonly ? { "aria-readonly": "true" } : { "aria-describedby": "editor-keys" }),
    }),
    search({ top: true }),
    keymap.of([...searchKeymap, ...defaultKeymap]),
    page,
  ];
}

export const editor = () => ({
  state: "saved",
  words: STATES.saved,
  waiting: false,

  init() {
    const root = this.$root;
    const source = root.querySelector("textarea");
    const text = plain(source.value);
    const hooks = {
      read: () => views.get(root).state.doc.toString(),
      show: (state, problem) => this.show(state, problem),
      clash: () => this.clash(),
    };
    const { id, url, field, etag } = root.dataset;
    savers.set(root, new Autosave({ id, url, field, etag, text, hooks }));
    const save = () => this.save();
    views.set(root, new EditorView({
      parent: this.$refs.page,
      state: EditorState.create({ doc: text, extensions: extensions(root, () => savers.get(root).changed(), save) }),
    }));
    source.closest("[data-plain]").hidden = true;
    this.restore(text, etag);
    this.listen();
    sweep();
  },

  listen() {
    const root = this.$root;
    addEventListener("pagehide", () => savers.get(root).flush());
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) savers.get(root).flush();
    });
    addEventListener("online", () => savers.get(root).save());
    document.addEventListener("job:ended", (event) => {
      if (event.detail.status === "completed") this.look();
    });
    document.addEventListener("take:use", (event) => this.use(event.detail));
    document.addEventListener("record:fresh", ({ detail }) => {
      const { url, field } = root.dataset;
      if (detail.url === url && plain(detail.data[field]) !== savers.get(root).last) savers.get(root).block();
    });
  },

  show(state, problem = "") {
    this.state = state;
    this.words = problem && state === "refused" ? `${STATES.refused} ${problem}` : STATES[state];
    if (state === "saved") delete this.$root.dataset.dirty;
    else this.$root.dataset.dirty = "";
    if (state === "refused" || state === "offline") announce(this.words);
  },

  get bad() {
    return ["offline", "refused", "conflict"].includes(this.state);
  },

  get clashing() {
    return this.state === "conflict";
  },

  save() {
    savers.get(this.$root).save();
  },

  find() {
    openSearchPanel(views.get(this.$root));
  },

  /** Text that an earlier visit could not save comes back; if the scene moved on, both sides are shown. */
  restore(text, etag) {
    const kept = find(this.$root.dataset.id);
    if (!kept) return;
    if (kept.text === text) {
      drop(this.$root.dataset.id);
      return;
    }
    this.put(kept.text);
    if (kept.etag === etag) {
      announce("Text that was not saved last time is back.");
      savers.get(this.$root).changed();
    } else {
      savers.get(this.$root).block();
      this.clash();
    }
  },

  put(text) {
    const view = views.get(this.$root);
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, annotations: fromServer.of(true) });
  },

  async newest() {
    const { url, field } = this.$root.dataset;
    const { data, etag } = await request("GET", url);
    return { text: plain(data[field]), etag };
  },

  async clash() {
    const root = this.$root;
    try {
      const theirs = await this.newest();
      const mine = views.get(root).state.doc.toString();
      const choice = mine === theirs.text ? "theirs" : await askWhichSide({ title: root.dataset.label, mine, theirs: theirs.text });
      if (choice === "theirs") this.put(theirs.text);
      if (choice !== "later") savers.get(root).rebase(theirs);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.show("offline");
    }
  },

  /** After a job: is there a newer text of this scene than the one on screen? The person decides when it comes. */
  async look() {
    try {
      const theirs = await this.newest();
      this.waiting = theirs.etag !== savers.get(this.$root).etag;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  },

  /** Another take goes on the page like an edit: it is saved, and Ctrl-Z takes it back. */
  use(text) {
    const view = views.get(this.$root);
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: plain(text) }, userEvent: "input.take" });
    view.focus();
  },

  async load() {
    this.waiting = false;
    if (savers.get(this.$root).dirty) {
      savers.get(this.$root).block();
      await this.clash();
      return;
    }
    try {
      const theirs = await this.newest();
      this.put(theirs.text);
      savers.get(this.$root).rebase(theirs);
      announce("The new text of this scene is on the page.");
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.show("refused", error.message);
    }
  },
});

document.addEventListener("alpine:init", () => window.Alpine.data("editor", editor));
