// Tab turns a line into the next kind of element, by Fountain's own marks, so nothing is lost.

const ROUND = ["action", "cue", "heading", "transition"];
const MARKS = { action: "", cue: "@", heading: ".", transition: "> " };
const HEADING = /^(?:INT|EXT|EST|I\/E)/i;

/** The words of a line without the mark that forces its kind. */
export function bare(text) {
  return text.trimStart().replace(/^(?:[@!~]|\.(?!\.)|>\s*)/, "");
}

/** Without its mark this line would be read as something else, so that plain action needs "!". */
function needsForce(words) {
  return HEADING.test(words) || /^[.@>~=#!]/.test(words) || (words === words.toUpperCase() && /\p{Lu}/u.test(words));
}

/** The line as the next kind (step 1) or the one before (step -1). */
export function cycled(text, kind, step) {
  if (kind === "dialogue") return `(${text.trim()})`;
  if (kind === "parenthetical") return text.trim().replace(/^\(|\)$/g, "");
  const at = Math.max(0, ROUND.indexOf(bare(text).trim() ? kind : kindOfEmpty(text)));
  const next = ROUND[(at + step + ROUND.length) % ROUND.length];
  return dressed(bare(text), next);
}

/** A line that holds nothing, or nothing but a mark. */
function kindOfEmpty(text) {
  return Object.keys(MARKS).find((kind) => MARKS[kind] && text.trim() === MARKS[kind].trim()) || "action";
}

function dressed(words, kind) {
  if (kind === "action") return words && needsForce(words) ? `!${words}` : words;
  if (kind === "heading" && HEADING.test(words)) return words;
  return `${MARKS[kind]}${words}`;
}

/** What Enter at the end of a line adds: an empty line where Fountain wants one, else a new line. */
export function breakAfter(kind, text) {
  if (["heading", "transition", "dialogue", "lyrics", "section"].includes(kind)) return "\n\n";
  if (kind === "action" && text.trim() && text !== text.toUpperCase()) return "\n\n";
  return "\n";
}
