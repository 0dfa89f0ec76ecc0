// Makes static/vendor/ from the pinned packages: `npm ci && node vendor.mjs` (`make vendor`).
// With --check nothing is written; the exit status says whether the committed bytes are the same.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, "..");
const PACKAGES = join(HERE, "node_modules");
const VENDOR = "static/vendor";
const TESTS = "tests/vendor";

const COPIES = [
  { package: "@alpinejs/csp", from: "dist/cdn.min.js", to: `${VENDOR}/alpine-csp.min.js` },
  { package: "@alpinejs/focus", from: "dist/cdn.min.js", to: `${VENDOR}/alpine-focus.min.js` },
  { package: "@picocss/pico", from: "css/pico.min.css", to: `${VENDOR}/pico.min.css` },
  ...["latin-400-normal", "latin-700-normal", "latin-ext-400-normal"].map((face) => ({
    package: "@fontsource/courier-prime",
    from: `files/courier-prime-${face}.woff2`,
    to: `${VENDOR}/courier-prime-${face}.woff2`,
  })),
  { package: "axe-core", from: "axe.min.js", to: `${TESTS}/axe.min.js` },
];

// Packages whose code lies inside a file of another one, so that their licenses travel too.
const INSIDE = {
  "@alpinejs/csp": ["@vue/reactivity", "@vue/shared"],
  "@alpinejs/focus": ["focus-trap", "tabbable"],
};

// Alpine publishes no license file; this is the text its repository holds.
const ALPINE_LICENSE = `MIT License

Copyright © 2019-2025 Caleb Porzio and contributors

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
associated documentation files (the "Software"), to deal in the Software without restriction,
including without limitation the rights to use, copy, modify, merge, publish, distribute,
sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial
portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT
LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT.
IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION
WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
`;

const manifestOf = (name) => JSON.parse(readFileSync(join(PACKAGES, name, "package.json"), "utf8"));
const slug = (name) => name.replace("@", "").replaceAll("/", "-");

/** A manifest storage follows these comments and fails, since the map is not served. */
function withoutSourceMap(bytes) {
  const text = bytes.toString("utf8");
  return Buffer.from(text.replace(/\n?(?:\/\/|\/\*)[#@]\s*sourceMappingURL=[^\n*]*(?:\*\/)?/g, ""));
}

function entry(name, contains = []) {
  const { version, license } = manifestOf(name);
  return { name, version, license, ...(contains.length ? { contains: contains.sort() } : {}) };
}

function copies() {
  return COPIES.map((item) => {
    const bytes = readFileSync(join(PACKAGES, item.package, item.from));
    const text = item.from.endsWith(".woff2") ? bytes : withoutSourceMap(bytes);
    return { path: item.to, bytes: text, ...entry(item.package, INSIDE[item.package]) };
  });
}

async function editor() {
  const result = await build({
    entryPoints: [join(HERE, "editor.js")],
    bundle: true,
    format: "esm",
    minify: true,
    target: "es2022",
    write: false,
    metafile: true,
    legalComments: "none",
  });
  const used = Object.values(result.metafile.outputs)[0].inputs;
  const names = new Set();
  for (const [file, { bytesInOutput }] of Object.entries(used)) {
    const found = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file);
    if (found && bytesInOutput > 0) names.add(found[1]);
  }
  names.delete("@codemirror/view");
  const about = entry("@codemirror/view", [...names]);
  const bytes = withoutSourceMap(Buffer.from(result.outputFiles[0].contents));
  return { path: `${VENDOR}/editor.min.js`, bytes, ...about };
}

function sprite() {
  const names = JSON.parse(readFileSync(join(HERE, "icons.json"), "utf8"));
  const symbols = names.map((name) => {
    const svg = readFileSync(join(PACKAGES, "lucide-static/icons", `${name}.svg`), "utf8");
    const inner = /<svg[^>]*>([\s\S]*)<\/svg>/.exec(svg)[1].replace(/\s*\n\s*/g, "").trim();
    return `<symbol id="${name}" viewBox="0 0 24 24">${inner}</symbol>`;
  });
  const head = '<svg xmlns="http://www.w3.org/2000/svg" fill="none" stroke="currentColor"'
    + ' stroke-width="2" stroke-linecap="round" stroke-linejoin="round">';
  const text = `${head}\n${symbols.join("\n")}\n</svg>\n`;
  return { path: `${VENDOR}/icons.svg`, bytes: Buffer.from(text), ...entry("lucide-static") };
}

function licenseText(name) {
  const file = readdirSync(join(PACKAGES, name)).find((each) => /^licen[cs]e(\.md|\.txt)?$/i.test(each));
  if (file) return readFileSync(join(PACKAGES, name, file));
  if (name.startsWith("@alpinejs/")) return Buffer.from(ALPINE_LICENSE);
  throw new Error(`${name} has no license file`);
}

function licenses(files) {
  const folders = new Map();
  for (const { path, name, contains = [] } of files) {
    const folder = path.startsWith(TESTS) ? TESTS : `${VENDOR}/licenses`;
    for (const each of [name, ...contains]) {
      folders.set(`${folder}/${slug(each)}.LICENSE.txt`, licenseText(each));
    }
  }
  return [...folders].map(([path, bytes]) => ({ path, bytes }));
}

function listing(files) {
  const rows = files.map(({ path, bytes, name, version, license, contains }) => ({
    name,
    version,
    license,
    file: path,
    bytes: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    ...(contains ? { contains } : {}),
  }));
  rows.sort((a, b) => (a.file < b.file ? -1 : 1));
  return { path: `${VENDOR}/vendor.json`, bytes: Buffer.from(`${JSON.stringify(rows, null, 2)}\n`) };
}

function write(files) {
  for (const folder of [VENDOR, TESTS]) rmSync(join(ROOT, folder), { recursive: true, force: true });
  for (const { path, bytes } of files) {
    mkdirSync(dirname(join(ROOT, path)), { recursive: true });
    writeFileSync(join(ROOT, path), bytes);
  }
  process.stdout.write(`${files.length} files written\n`);
}

function compare(files) {
  const wrong = files.filter(({ path, bytes }) => {
    const full = join(ROOT, path);
    return !existsSync(full) || !readFileSync(full).equals(bytes);
  });
  for (const { path } of wrong) process.stderr.write(`differs: ${relative(ROOT, join(ROOT, path))}\n`);
  process.exitCode = wrong.length ? 1 : 0;
}

const made = [...copies(), await editor(), sprite()];
const all = [...made, ...licenses(made), listing(made)];
if (process.argv.includes("--check")) compare(all);
else write(all);
