import assert from "node:assert/strict";
import { test } from "node:test";
import { breakAfter, cycled } from "../../static/js/editor/cycle.js";
import { classify, emphasis, markSpans } from "../../static/js/editor/fountain.js";

const kinds = (text) => classify(text.split("\n"));

test("a scene is read line by line", () => {
  const text = "INT. LAMP ROOM - NIGHT\n\nThe lens is dark.\n\nMARA\n(low)\nWho was here?\n\nCUT TO:\n";
  assert.deepEqual(kinds(text), [
    "heading", "blank", "action", "blank", "cue", "parenthetical", "dialogue", "blank", "transition", "blank",
  ]);
});

test("marks force a kind against the look of the words", () => {
  assert.deepEqual(kinds("!MARA\nwalks."), ["action", "action"]);
  assert.deepEqual(kinds("@McCready\nNo."), ["cue", "dialogue"]);
  assert.deepEqual(kinds(".the rocks below"), ["heading"]);
  assert.deepEqual(kinds("> Fade out."), ["transition"]);
  assert.deepEqual(kinds("> THE END <"), ["centered"]);
  assert.deepEqual(kinds("~la la"), ["lyrics"]);
  assert.deepEqual(kinds("= what it means\n\n# Act\n\n==="), ["synopsis", "blank", "section", "blank", "page_break"]);
});

test("three dots open an action, not a heading", () => {
  assert.deepEqual(kinds("...and then nothing."), ["action"]);
});

test("capitals are a cue only with a line below and none above", () => {
  assert.deepEqual(kinds("MARA\n\nThe wind."), ["action", "blank", "action"]);
  assert.deepEqual(kinds("He shouts\nMARA\nand runs."), ["action", "action", "action"]);
});

test("an extension in small letters stays part of the cue", () => {
  assert.deepEqual(kinds("MARA (cont'd)\nYes."), ["cue", "dialogue"]);
  assert.deepEqual(kinds("KIT ^\nNo."), ["cue", "dialogue"]);
});

test("capitals inside a speech stay dialogue, and two spaces keep a speech open", () => {
  assert.deepEqual(kinds("MARA\nSTOP\n  \nNOW"), ["cue", "dialogue", "dialogue", "dialogue"]);
});

test("notes and boneyard run over several lines", () => {
  assert.deepEqual(kinds("[[check\n\nthis]]\nHe goes."), ["note", "note", "note", "action"]);
  assert.deepEqual(kinds("/* INT. CUT - DAY\n\nMARA */\n\nHe goes."), ["boneyard", "boneyard", "boneyard", "blank", "action"]);
});

test("letters of any alphabet make a cue", () => {
  assert.deepEqual(kinds("ÉLODIE\nOui."), ["cue", "dialogue"]);
});

test("the spans of marks hide the mark and its space", () => {
  assert.deepEqual(markSpans("> CUT TO:", "transition"), [[0, 2]]);
  assert.deepEqual(markSpans("KIT ^", "cue"), [[3, 5]]);
  assert.deepEqual(markSpans("> END <", "centered"), [[0, 2], [5, 7]]);
  assert.deepEqual(markSpans("MARA", "cue"), []);
});

test("emphasis is found, escaped stars are not", () => {
  assert.deepEqual(emphasis("a *b* **c** _d_").map(({ style, from, to }) => [style, from, to]), [
    ["italic", 2, 5], ["bold", 6, 11], ["underline", 12, 15],
  ]);
  assert.deepEqual(emphasis("\\*no\\* 2 * 3 * 4"), []);
});

test("Tab goes round the kinds and comes back to the same words", () => {
  let line = "Mara waits";
  const seen = [];
  for (const kind of ["action", "cue", "heading", "transition"]) {
    line = cycled(line, kind, 1);
    seen.push(line);
  }
  assert.deepEqual(seen, ["@Mara waits", ".Mara waits", "> Mara waits", "Mara waits"]);
});

test("Tab on an empty line offers each mark in turn, both ways", () => {
  assert.equal(cycled("", "blank", 1), "@");
  assert.equal(cycled("@", "cue", 1), ".");
  assert.equal(cycled(".", "action", 1), "> ");
  assert.equal(cycled("> ", "transition", 1), "");
  assert.equal(cycled("", "blank", -1), "> ");
});

test("words that would be read as something else are forced to be action", () => {
  assert.equal(cycled("> MARA", "transition", 1), "!MARA");
});

test("inside a speech Tab turns dialogue into a parenthetical and back", () => {
  assert.equal(cycled("low", "dialogue", 1), "(low)");
  assert.equal(cycled("(low)", "parenthetical", 1), "low");
});

test("Enter leaves an empty line where Fountain wants one", () => {
  assert.equal(breakAfter("heading", "INT. X - DAY"), "\n\n");
  assert.equal(breakAfter("action", "He goes."), "\n\n");
  assert.equal(breakAfter("action", "MARA"), "\n");
  assert.equal(breakAfter("cue", "@Mara"), "\n");
  assert.equal(breakAfter("blank", ""), "\n");
});
