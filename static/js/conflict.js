// The dialog that shows both sides after a stale save: `partials/conflict.html`.

let answer = null;

export const conflict = {
  title: "",
  mine: "",
  theirs: "",

  choose(side) {
    document.getElementById("conflict").close();
    if (answer) answer(side);
    answer = null;
  },
};

const AROUND = 3; // equal lines shown before and after the part that differs

/** Both texts without the long equal parts at their beginning and end. */
export function differing(mine, theirs) {
  const sides = [mine.split("\n"), theirs.split("\n")];
  const shorter = Math.min(sides[0].length, sides[1].length);
  let head = 0;
  while (head < shorter && sides[0][head] === sides[1][head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && sides[0].at(-1 - tail) === sides[1].at(-1 - tail)) tail += 1;
  const [from, cut] = [Math.max(0, head - AROUND), Math.max(0, tail - AROUND)];
  return sides.map((lines) => {
    const kept = lines.slice(from, lines.length - cut);
    return [...(from ? ["…"] : []), ...kept, ...(cut ? ["…"] : [])].join("\n");
  });
}

/** Gives "mine", "theirs" or "later"; the dialog traps focus and gives it back by itself. */
export function askWhichSide({ title, mine, theirs }) {
  const [left, right] = differing(mine, theirs);
  Object.assign(window.Alpine.store("conflict"), { title, mine: left, theirs: right });
  const dialog = document.getElementById("conflict");
  dialog.showModal();
  return new Promise((resolve) => {
    answer = resolve;
    // Esc closes without a choice.
    dialog.addEventListener("close", () => resolve("later"), { once: true });
  });
}
