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

/** Gives "mine", "theirs" or "later"; the dialog traps focus and gives it back by itself. */
export function askWhichSide({ title, mine, theirs }) {
  Object.assign(window.Alpine.store("conflict"), { title, mine, theirs });
  const dialog = document.getElementById("conflict");
  dialog.showModal();
  return new Promise((resolve) => {
    answer = resolve;
    // Esc closes without a choice.
    dialog.addEventListener("close", () => resolve("later"), { once: true });
  });
}
