// The reading page: whose voice is whose, in color and in words.

const COLORS = 7; // --who-1 to --who-7

/** The marks around a quote stand outside of its span; inside, the name comes after them and not between. */
function takeMarks(quote) {
  const { previousSibling: before, nextSibling: after } = quote;
  const opening = before && before.nodeType === Node.TEXT_NODE ? /["\u201c\u201e\u2018\u00ab]$/.exec(before.data) : null;
  const closing = after && after.nodeType === Node.TEXT_NODE ? /^["\u201d\u2019\u00bb]/.exec(after.data) : null;
  if (opening) {
    before.data = before.data.slice(0, -1);
    quote.prepend(opening[0]);
  }
  if (closing) {
    after.data = after.data.slice(1);
    quote.querySelector(".by").before(closing[0]);
  }
}

const reading = () => ({
  hidden: false,
  picked: "",
  voices: [],

  /** The speakers by number of quotes; the first seven get a color, all keep their name. */
  init() {
    const found = new Map();
    for (const quote of this.quotes()) {
      const { voice, name } = quote.dataset;
      if (!found.has(voice)) found.set(voice, { voice, name, count: 0 });
      found.get(voice).count += 1;
    }
    this.$root.querySelectorAll(".quote").forEach(takeMarks);
    this.voices = [...found.values()].sort((a, b) => b.count - a.count);
    this.voices.forEach((each, at) => {
      each.color = at < COLORS ? `who-${at + 1}` : "";
    });
    this.paint();
  },

  quotes() {
    return this.$root.querySelectorAll(".quote[data-voice]");
  },

  paint() {
    const colors = new Map(this.voices.map((each) => [each.voice, each.color]));
    for (const quote of this.quotes()) {
      const color = colors.get(quote.dataset.voice);
      if (color) quote.classList.add(color);
      quote.classList.toggle("is-picked", Boolean(this.picked) && quote.dataset.voice === this.picked);
    }
  },

  toggle() {
    this.hidden = !this.hidden;
    this.picked = "";
    this.paint();
  },

  pick(voice) {
    this.picked = this.picked === voice ? "" : voice;
    this.hidden = false;
    this.paint();
  },
});

document.addEventListener("alpine:init", () => window.Alpine.data("reading", reading));
