// Keys and completion of the script editor.
import { acceptCompletion, completionStatus, startCompletion, temporarilySetTabFocusMode } from "../../vendor/editor.min.js";
import { breakAfter, cycled } from "./cycle.js";
import { page } from "./show.js";

const PREFIXES = ["INT. ", "EXT. ", "INT./EXT. ", "EST. "];
const TIMES = ["DAY", "NIGHT", "MORNING", "EVENING", "DAWN", "DUSK", "CONTINUOUS", "LATER"];

const kindAt = (view, line) => view.plugin(page).kinds[line.number - 1];

function replaceLine(view, line, text) {
  view.dispatch({
    changes: { from: line.from, to: line.to, insert: text },
    selection: { anchor: line.from + text.length },
    scrollIntoView: true,
    userEvent: "input",
  });
}

function cycle(step) {
  return (view) => {
    if (completionStatus(view.state) === "active") return acceptCompletion(view);
    const line = view.state.doc.lineAt(view.state.selection.main.head);
    replaceLine(view, line, cycled(line.text, kindAt(view, line), step));
    startCompletion(view);
    return true;
  };
}

/** Enter at the end of a line leaves the empty line that Fountain wants after it. */
function enter(view) {
  const { main } = view.state.selection;
  const line = view.state.doc.lineAt(main.head);
  if (!main.empty || main.head !== line.to) return false;
  const insert = breakAfter(kindAt(view, line), line.text);
  view.dispatch(view.state.replaceSelection(insert), { scrollIntoView: true, userEvent: "input" });
  return true;
}

/** Key bindings; `save` is called by Ctrl-S. Esc lets the next Tab leave the editor. */
export const bindings = (save) => [
  { key: "Tab", run: cycle(1), shift: cycle(-1) },
  { key: "Enter", run: enter },
  { key: "Escape", run: temporarilySetTabFocusMode },
  { key: "Mod-s", run: () => save() || true, preventDefault: true },
];

/** Completion of names on a line that may become a cue, and of the parts of a heading. */
export const completions = ({ cues, places }) => (context) => {
  const line = context.state.doc.lineAt(context.pos);
  const before = line.number > 1 ? context.state.doc.line(line.number - 1).text : "";
  const typed = line.text.slice(0, context.pos - line.from);
  if (before.trim()) return null;
  return ofHeading(typed, line, places) || ofStart(typed, line, { cues, explicit: context.explicit });
};

function ofHeading(typed, line, places) {
  const found = /^\.?(?:INT\.?\/EXT|INT|EXT|EST|I\/E)\.? /i.exec(typed);
  if (!found) return null;
  const dash = typed.lastIndexOf(" - ");
  const from = line.from + (dash > 0 ? dash + 3 : found[0].length);
  const words = dash > 0 ? TIMES : places;
  return { from, options: words.map((label) => ({ label, type: "text" })), validFor: /^[^-]*$/ };
}

function ofStart(typed, line, { cues, explicit }) {
  const found = /^[@.]?(\p{L}[\p{L}\d .'’-]*)?$/u.exec(typed);
  if (!found || (!typed && !explicit)) return null;
  const at = typed.startsWith("@") || typed.startsWith(".") ? 1 : 0;
  const names = cues.map((name) => ({ label: name.toUpperCase(), type: "text", boost: 1 }));
  const heads = PREFIXES.map((label) => ({ label, type: "text" }));
  const options = typed.startsWith("@") ? names : typed.startsWith(".") ? heads : [...names, ...heads];
  return { from: line.from + at, options, validFor: /^[\p{L}\d .'’-]*$/u };
}
