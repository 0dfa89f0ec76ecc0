import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

// The browser these modules expect, as far as they use it.
const stored = new Map();
globalThis.localStorage = {
  getItem: (name) => stored.get(name) ?? null,
  setItem: (name, value) => stored.set(name, value),
  removeItem: (name) => stored.delete(name),
};
globalThis.document = { cookie: "a=b; csrftoken=from%2Dcookie", querySelector: () => null, hidden: false };

const { ApiError, request, sentence } = await import("../../static/js/api.js");
const { Autosave } = await import("../../static/js/editor/autosave.js");
const { differing } = await import("../../static/js/conflict.js");
const { nextDelay } = await import("../../static/js/pace.js");

let answers = [];
let sent = [];

globalThis.fetch = async (url, options) => {
  sent.push({ url, ...options });
  const next = answers.shift();
  if (next instanceof Error) throw next;
  const { status = 200, body = {}, etag = "" } = next;
  return new Response(status === 304 ? null : JSON.stringify(body), { status, headers: etag ? { ETag: etag } : {} });
};

beforeEach(() => {
  stored.clear();
  answers = [];
  sent = [];
});

function saver(overrides = {}) {
  const seen = [];
  const page = { text: "old" };
  const hooks = { read: () => page.text, show: (state) => seen.push(state), clash: () => seen.push("clash"), ...overrides };
  const url = `/scenes/${Math.random()}`;
  return { page, seen, save: new Autosave({ id: "s1", url, field: "content", etag: '"1"', text: "old", hooks }) };
}

test("a refusal is said as one sentence that names the fields", () => {
  assert.equal(sentence({ detail: "No.", errors: { main_theme: ["Too long."] } }), "Main theme: Too long.");
  assert.equal(sentence({ detail: "The plan allows 20." }), "The plan allows 20.");
  assert.equal(sentence({}), "Something went wrong here.");
});

test("the token comes from the cookie where the page names none", async () => {
  answers = [{ body: { id: 1 } }];
  await request("POST", "/x", { body: { a: 1 }, key: "k" });
  assert.equal(sent[0].headers["X-CSRFToken"], "from-cookie");
  assert.equal(sent[0].headers["Idempotency-Key"], "k");
});

test("a problem document becomes an error that keeps it", async () => {
  answers = [{ status: 402, body: { detail: "Too much.", error_code: "SUBSCRIPTION_LIMIT_EXCEEDED" } }];
  await assert.rejects(request("POST", "/x"), (error) => {
    assert.ok(error instanceof ApiError);
    assert.equal(error.status, 402);
    assert.equal(error.problem.error_code, "SUBSCRIPTION_LIMIT_EXCEEDED");
    return true;
  });
});

test("no answer is an error with status 0", async () => {
  answers = [new TypeError("failed")];
  await assert.rejects(request("GET", "/x"), (error) => error.status === 0);
});

test("polls slow down after failures and in hidden tabs, and never beyond 30 s", () => {
  const random = () => 0.5;
  assert.equal(nextDelay({ failures: 0, hidden: false }), 2000);
  assert.equal(nextDelay({ failures: 0, hidden: true }), 10000);
  assert.equal(nextDelay({ failures: 2, hidden: false, random }), 8000);
  assert.equal(nextDelay({ failures: 40, hidden: true, random: () => 1 }), 30000);
});

test("a save sends the ETag, takes the new one, and drops the draft", async () => {
  const { page, seen, save } = saver();
  page.text = "new";
  save.changed();
  assert.ok(stored.has("draft:s1"));
  answers = [{ etag: '"2"' }];
  await save.save();
  assert.equal(sent[0].headers["If-Match"], '"1"');
  assert.equal(save.etag, '"2"');
  assert.equal(stored.size, 0);
  assert.deepEqual(seen, ["unsaved", "saving", "saved"]);
});

test("text typed while a save is under way stays a draft and is saved after it", async () => {
  const { page, save } = saver();
  page.text = "one";
  answers = [{ etag: '"2"' }];
  const running = save.save();
  page.text = "two";
  await running;
  clearTimeout(save.timer);
  assert.equal(JSON.parse(stored.get("draft:s1")).text, "two");
  assert.ok(save.dirty);
});

test("after a 412 nothing is sent until a side was chosen", async () => {
  const { page, seen, save } = saver();
  page.text = "mine";
  answers = [{ status: 412, body: { detail: "Stale." } }];
  await save.save();
  assert.deepEqual(seen.slice(-2), ["conflict", "clash"]);
  page.text = "mine, longer";
  save.changed();
  await save.save();
  assert.equal(sent.length, 1);
  assert.equal(JSON.parse(stored.get("draft:s1")).text, "mine, longer");
  answers = [{ etag: '"8"' }];
  save.rebase({ text: "theirs", etag: '"7"' });
  await save.save();
  assert.equal(sent[1].headers["If-Match"], '"7"');
  assert.equal(seen.at(-1), "saved");
});

test("a lost connection keeps the draft and tries again", async () => {
  const { page, seen, save } = saver();
  page.text = "new";
  save.changed();
  answers = [new TypeError("offline"), { etag: '"2"' }];
  await save.save();
  assert.equal(seen.at(-1), "offline");
  assert.ok(save.timer);
  await save.save();
  assert.equal(seen.at(-1), "saved");
});

test("a refused text is not sent again and again", async () => {
  const { page, seen, save } = saver();
  page.text = "bad";
  answers = [{ status: 400, body: { detail: "Too long." } }];
  await save.save();
  assert.equal(seen.at(-1), "refused");
  assert.equal(sent.length, 1);
});

test("a conflict shows the lines that differ, with three around them", () => {
  const lines = Array.from({ length: 20 }, (_, at) => `line ${at}`);
  const other = lines.with(10, "changed");
  const [mine, theirs] = differing(lines.join("\n"), other.join("\n"));
  assert.equal(mine, ["…", ...lines.slice(7, 14), "…"].join("\n"));
  assert.equal(theirs, ["…", ...other.slice(7, 14), "…"].join("\n"));
});

test("a conflict of short texts shows them whole", () => {
  assert.deepEqual(differing("mine", "theirs"), ["mine", "theirs"]);
  assert.deepEqual(differing("a\nb", "a\nb\nc"), ["a\nb", "a\nb\nc"]);
});
