"""What a hostile text may set off in a browser, and hearing it."""

from __future__ import annotations

WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  violations.push(event.violatedDirective + " " + event.blockedURI + " " + event.sample);
});
"""
# What would run later, by a click or a glance, and what should not be there at all.
LATENT = """
(page) => {
  const root = page || document;
  const found = [];
  const urls = new Set(["href", "src", "action", "formaction", "data", "xlink:href", "srcdoc"]);
  for (const element of root.querySelectorAll("*")) {
    if (element.localName === "x") found.push("an element of ours got out");
    for (const { name, value } of element.attributes) {
      if (/^(x-|@|:)/.test(name) && value.includes("hit(")) found.push(`${element.localName}[${name}]`);
      if (/^on/.test(name)) found.push(`${element.localName}[${name}]`);
      if (!urls.has(name)) continue;
      const picture = element.localName === "img" && value.startsWith("data:image/");
      if (/^(javascript|vbscript|data):/i.test(value.replace(/[\\u0000-\\u0020]/g, "")) && !picture) found.push(`${name}=${value}`);
      if (/evil\\.example/.test(value) && element.localName !== "a") found.push(`${element.localName} ${name}=${value}`);
    }
  }
  return [...found, ...(window.violations || [])];
}
"""

# The same of a page that is only read by the browser's parser: what would run or load stands in it as an element.
READ = f"""
(text) => {{
  const latent = {LATENT.strip()};
  const page = new DOMParser().parseFromString(text, "text/html");
  const found = latent(page);
  for (const each of page.querySelectorAll("script, style, link, meta, base, object, embed, iframe")) {{
    if (/hit\\(|evil\\.example/.test(each.outerHTML)) found.push(each.outerHTML.slice(0, 200));
  }}
  return found;
}}
"""
FETCH = f"""
async (path) => {{
  const read = {READ.strip()};
  const answer = await fetch(path);
  const text = await answer.text();
  return {{ status: answer.status, found: read(text), shown: text.includes("hit(") }};
}}
"""


class Alarm:
    """Everything a hostile text may set off in a browser's context."""

    def __init__(self, context, home):
        self.rung: list[str] = []
        context.expose_binding("hit", lambda source, number: self.rung.append(f"ran {number}"))
        context.add_init_script(WATCH)
        context.on("dialog", self._dialog)
        context.on("weberror", lambda error: self.rung.append(f"error: {error.error}"))
        context.on("console", self._console)
        context.on("request", self._request)
        self.home = home

    def _dialog(self, dialog):
        self.rung.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _console(self, message):
        if "Content Security Policy" in message.text:
            self.rung.append(f"blocked: {message.text[:200]}")

    def _request(self, request):
        if not request.url.startswith((self.home, "data:", "blob:", "about:")):
            self.rung.append(f"left the origin: {request.url}")

    def heard(self):
        heard, self.rung = self.rung, []
        return heard
