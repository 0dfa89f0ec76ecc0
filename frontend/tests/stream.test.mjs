import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

let answers = [];
let asked = [];
let sources = [];
let open = [];
const listeners = {};

globalThis.document = {
  cookie: "",
  hidden: false,
  querySelector: () => null,
  addEventListener: (name, listener) => (listeners[name] = listener),
  removeEventListener: (name) => delete listeners[name],
};
globalThis.fetch = async (url) => {
  asked.push(url);
  const next = answers.shift() ?? [];
  if (next instanceof Error) throw next;
  return new Response(JSON.stringify(next), { status: 200 });
};
globalThis.EventSource = class {
  static CLOSED = 2;
  constructor(url) {
    Object.assign(this, { url, readyState: 0, heard: {} });
    sources.push(this);
  }
  addEventListener(type, listener) {
    this.heard[type] = listener;
  }
  close() {
    this.readyState = 2;
  }
  send(event) {
    this.heard[event.type]({ data: JSON.stringify(event) });
  }
};

const { Draft, Follower } = await import("../../static/js/stream.js");

const delta = (seq, step, offset, text) => ({ seq, type: "job.delta", data: { step, offset, text } });
const progress = (seq) => ({ seq, type: "job.progress", data: {} });
const settled = () => new Promise((resolve) => setImmediate(resolve));

function following(streams = true) {
  const [taken, ways] = [[], []];
  const follower = new Follower("/events", { streams, take: (event) => taken.push(event.seq), tell: (way) => ways.push(way) });
  open.push(follower);
  follower.start();
  return { follower, taken, ways };
}

beforeEach(() => {
  [answers, asked, sources] = [[], [], []];
  document.hidden = false;
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
});

afterEach(() => {
  for (const follower of open.splice(0)) follower.stop();
});

test("pieces of a step are put together, further steps follow", () => {
  const draft = new Draft();
  for (const event of [delta(1, "a.1", 0, "One "), delta(2, "a.1", 4, "two."), delta(3, "b.1", 0, "Three.")]) draft.take(event);
  assert.equal(draft.text, "One two.\n\nThree.");
});

test("a step that is answered anew replaces its text", () => {
  const draft = new Draft();
  for (const event of [delta(1, "write.1", 0, "Bad."), delta(2, "write.2", 0, "Good.")]) draft.take(event);
  assert.equal(draft.text, "Good.");
});

test("what broke off is forgotten, what was finished before stays", () => {
  const draft = new Draft();
  for (const event of [delta(1, "a.1", 0, "Done."), delta(2, "b.1", 0, "Half"), { seq: 3, type: "job.retrying", data: {} }]) draft.take(event);
  assert.equal(draft.text, "Done.");
  draft.take(delta(4, "b.1", 0, "Half and half."));
  assert.equal(draft.text, "Done.\n\nHalf and half.");
});

test("events come once and in order, also when they are sent again", () => {
  const { taken, ways } = following();
  assert.equal(sources[0].url, "/events?after=0");
  sources[0].heard.open();
  for (const seq of [1, 2, 2, 1, 3]) sources[0].send(progress(seq));
  assert.deepEqual(taken, [1, 2, 3]);
  assert.deepEqual(ways, ["stream"]);
});

test("the last event closes the stream", () => {
  const { taken } = following();
  sources[0].send({ seq: 1, type: "job.completed", data: {} });
  assert.deepEqual(taken, [1]);
  assert.equal(sources[0].readyState, EventSource.CLOSED);
  assert.equal(listeners.visibilitychange, undefined);
});

test("a broken connection is left to the browser, a refused one is polled", async () => {
  const { taken, ways } = following();
  sources[0].send(progress(1));
  sources[0].heard.error();
  assert.deepEqual([ways, asked], [["again"], []]);
  answers = [[progress(2)], [progress(2), progress(3)]];
  sources[0].readyState = EventSource.CLOSED;
  sources[0].heard.error();
  await settled();
  mock.timers.tick(2_000);
  await settled();
  assert.deepEqual(asked, ["/events?after=1", "/events?after=2"]);
  assert.deepEqual(taken, [1, 2, 3]);
  assert.equal(ways.at(-1), "pages");
});

test("without streams pages are asked for until the last event", async () => {
  answers = [[progress(1)], new TypeError("offline"), [{ seq: 2, type: "job.failed", data: {} }]];
  const { taken } = following(false);
  for (let round = 0; round < 6; round += 1) {
    await settled();
    mock.timers.tick(30_000);
  }
  assert.deepEqual(taken, [1, 2]);
  assert.equal(asked.length, 3);
  assert.equal(sources.length, 0);
});

test("a hidden page holds no stream and goes on where it was", () => {
  following();
  sources[0].send(progress(1));
  document.hidden = true;
  listeners.visibilitychange();
  assert.equal(sources[0].readyState, EventSource.CLOSED);
  document.hidden = false;
  listeners.visibilitychange();
  assert.equal(sources[1].url, "/events?after=1");
});
