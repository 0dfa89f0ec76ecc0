// What each line of a Fountain text is. For showing and typing only: the server's reader decides.

const HEADING = /^(?:INT\.?\/EXT|EXT\.?\/INT|INT|EXT|EST|I\.?\/E)[. ]\s*\S/i;
const ENDINGS = new Set(["FADE TO BLACK.", "FADE OUT.", "CUT TO BLACK."]);
const SPOKEN = new Set(["cue", "parenthetical", "dialogue", "lyrics"]);
const PAGE_BREAK = /^={3,}\s*$/;

const isUpper = (text) => text === text.toUpperCase() && /\p{Lu}/u.test(text);

/** A name in capitals; what stands in brackets, such as (V.O.) or (cont'd), may be small. */
const looksLikeCue = (text) => isUpper(text.replace(/\([^)]*\)/g, "").replace(/\^\s*$/, "")) && !text.startsWith("(");

function byMark(text) {
  if (PAGE_BREAK.test(text)) return "page_break";
  if (text.startsWith("=")) return "synopsis";
  if (text.startsWith("#")) return "section";
  if (text.startsWith("!")) return "action";
  if (text.startsWith("@")) return "cue";
  if (text.startsWith("~")) return "lyrics";
  if (/^\.[^.]/.test(text)) return "heading";
  if (text.startsWith(">")) return text.trimEnd().endsWith("<") ? "centered" : "transition";
  return "";
}

const isTransition = (text) => ENDINGS.has(text) || (isUpper(text) && text.endsWith("TO:"));

/** A heading and a transition stand alone; a cue is answered by the next line. */
function byShape(text, { opens, closed }) {
  if (!opens) return "action";
  if (closed) return HEADING.test(text) ? "heading" : isTransition(text) ? "transition" : "action";
  return looksLikeCue(text) && !HEADING.test(text) ? "cue" : "action";
}

/** Whether a speech goes on: two spaces on an otherwise empty line keep it open. */
const keepsSpeech = (line, inSpeech) => inSpeech && /^ {2,}$/.test(line);

/**
 * The kind of each line: the words of the server's element kinds, and "blank".
 * Notes and boneyard that run over several lines are followed.
 */
export function classify(lines) {
  const kinds = [];
  let inside = "";
  let speech = false;
  lines.forEach((line, at) => {
    const text = line.trimStart();
    const opener = inside || (text.startsWith("/*") ? "boneyard" : text.startsWith("[[") ? "note" : "");
    if (opener) {
      const closed = line.includes(opener === "note" ? "]]" : "*/");
      inside = closed ? "" : opener;
      kinds.push(opener);
      return;
    }
    if (!line.trim()) {
      speech = keepsSpeech(line, speech);
      kinds.push(speech ? "dialogue" : "blank");
      return;
    }
    const opens = kinds[at - 1] !== "action";
    const kind = kindOf(text, { speech, opens, closed: !(lines[at + 1] || "").trim() });
    speech = SPOKEN.has(kind);
    kinds.push(kind);
  });
  return kinds;
}

function kindOf(text, { speech, opens, closed }) {
  const marked = byMark(text);
  if (speech && marked !== "lyrics" && marked !== "page_break") {
    return text.startsWith("(") ? "parenthetical" : "dialogue";
  }
  return marked || byShape(text, { opens, closed });
}

/** Where the forcing mark of a line lies: [start, end] to hide, or null. */
export function markSpans(text, kind) {
  const indent = text.length - text.trimStart().length;
  const spans = [];
  const first = text[indent];
  const forced = { heading: ".", cue: "@", action: "!", lyrics: "~", transition: ">", centered: ">" }[kind];
  if (forced && first === forced) {
    const gap = /^\s*/.exec(text.slice(indent + 1))[0].length;
    spans.push([indent, indent + 1 + gap]);
  }
  if (kind === "cue" && /\^\s*$/.test(text)) spans.push([text.search(/\s*\^\s*$/), text.length]);
  if (kind === "centered") spans.push([text.search(/\s*<\s*$/), text.length]);
  return spans;
}

const EMPHASIS = [
  ["bold", /\*\*(?=\S)(.+?)(?<=\S)\*\*/g, 2],
  ["italic", /(?<!\*)\*(?=[^\s*])([^*]+?)(?<=\S)\*(?!\*)/g, 1],
  ["underline", /_(?=\S)([^_]+?)(?<=\S)_/g, 1],
  ["inline-note", /\[\[.+?\]\]/g, 0],
];

/** Emphasis inside a line: {from, to, style, width} with the width of the marks on each side. */
export function emphasis(text) {
  const blanked = text.replace(/\\./g, "\0\0");
  const found = [];
  for (const [style, pattern, width] of EMPHASIS) {
    for (const match of blanked.matchAll(pattern)) {
      found.push({ from: match.index, to: match.index + match[0].length, style, width });
    }
  }
  return found.sort((a, b) => a.from - b.from || b.to - a.to);
}
