// Draws Fountain as a page: a class for each line, marks hidden except on the line of the cursor.
import { Annotation, Decoration, RangeSetBuilder, ViewPlugin } from "../../vendor/editor.min.js";
import { classify, emphasis, markSpans } from "./fountain.js";

/** Marks a change that came from the server, so that it is not saved back. */
export const fromServer = Annotation.define();

const hidden = Decoration.replace({});
const mark = Decoration.mark({ class: "fl-mark" });
const styles = Object.fromEntries(
  ["bold", "italic", "underline", "inline-note"].map((name) => [name, Decoration.mark({ class: `fl-${name}` })]),
);
const lines = new Map();

function lineClass(kind) {
  if (!lines.has(kind)) lines.set(kind, Decoration.line({ class: `fl-${kind}` }));
  return lines.get(kind);
}

export const kindsOf = (doc) => classify(doc.toString().split("\n"));

/** All decorations of one line, in the order a RangeSetBuilder wants. */
function ofLine(line, kind, isCurrent) {
  const found = [];
  const cover = isCurrent ? mark : hidden;
  const marks = kind === "blank" ? [] : markSpans(line.text, kind);
  for (const [start, end] of marks) found.push({ from: start, to: end, value: cover });
  if (kind === "boneyard" || kind === "blank") return found;
  const taken = (at) => marks.some(([start, end]) => at >= start && at < end);
  for (const { from, to, style, width } of emphasis(line.text)) {
    if (taken(from) || taken(to - 1)) continue;
    found.push({ from: from + width, to: to - width, value: styles[style] });
    if (width) found.push({ from, to: from + width, value: cover }, { from: to - width, to, value: cover });
  }
  return found.sort((a, b) => a.from - b.from || a.to - b.to);
}

function currentLines(state) {
  const numbers = new Set();
  for (const range of state.selection.ranges) {
    const last = state.doc.lineAt(range.to).number;
    for (let at = state.doc.lineAt(range.from).number; at <= last; at += 1) numbers.add(at);
  }
  return numbers;
}

function decorate(view, kinds) {
  const builder = new RangeSetBuilder();
  const current = view.hasFocus ? currentLines(view.state) : new Set();
  for (const { from, to } of view.visibleRanges) {
    for (let at = from; at <= to; ) {
      const line = view.state.doc.lineAt(at);
      const kind = kinds[line.number - 1];
      builder.add(line.from, line.from, lineClass(kind));
      for (const part of ofLine(line, kind, current.has(line.number))) {
        if (part.to > part.from) builder.add(line.from + part.from, line.from + part.to, part.value);
      }
      at = line.to + 1;
    }
  }
  return builder.finish();
}

/** The kinds of all lines live on the plug-in, so that keys and completion need not work them out again. */
export const page = ViewPlugin.fromClass(
  class {
    constructor(view) {
      this.kinds = kindsOf(view.state.doc);
      this.decorations = decorate(view, this.kinds);
    }

    update(change) {
      if (change.docChanged) this.kinds = kindsOf(change.state.doc);
      if (change.docChanged || change.selectionSet || change.viewportChanged || change.focusChanged) {
        this.decorations = decorate(change.view, this.kinds);
      }
    }
  },
  { decorations: (plugin) => plugin.decorations },
);
