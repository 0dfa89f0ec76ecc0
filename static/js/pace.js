// How long to wait before the next poll.

const SHOWN_MS = 2_000;
const HIDDEN_MS = 10_000;
const LONGEST_MS = 30_000;

/** Milliseconds: 2 s, or 10 s in a hidden tab; after failures doubling up to 30 s, spread by ±25 %. */
export function nextDelay({ failures, hidden, random = Math.random }) {
  const base = hidden ? HIDDEN_MS : SHOWN_MS;
  if (!failures) return base;
  const grown = Math.min(LONGEST_MS, base * 2 ** Math.min(failures, 5));
  return Math.min(LONGEST_MS, grown * (0.75 + random() / 2));
}
