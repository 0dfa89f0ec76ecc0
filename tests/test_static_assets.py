"""What is served to browsers: vendored bytes, page weights, contrast, and nothing that the CSP would block."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest
from django.template import Engine

ROOT = Path(__file__).resolve().parent.parent
STATIC, TEMPLATES, FRONTEND = ROOT / "static", ROOT / "templates", ROOT / "frontend"
VENDOR = STATIC / "vendor"
LISTING = json.loads((VENDOR / "vendor.json").read_text())
PAGES = sorted(TEMPLATES.rglob("*.html"))
OUR_JS = sorted((STATIC / "js").rglob("*.js"))
OUR_CSS = [STATIC / "app.css", *sorted((STATIC / "css").glob("*.css"))]
KB = 1024
LARGEST_FILE_LINES = 400


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def node(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run node in frontend/."""
    program = shutil.which("node") or "node"
    return subprocess.run([program, *arguments], cwd=FRONTEND, capture_output=True, text=True)  # noqa: S603


# --- Vendored files --------------------------------------------------------------------------


@pytest.mark.parametrize("row", LISTING, ids=lambda row: Path(row["file"]).name)
def test_vendored_bytes_are_those_of_the_list(row):
    data = (ROOT / row["file"]).read_bytes()
    assert (len(data), hashlib.sha256(data).hexdigest()) == (row["bytes"], row["sha256"])


def test_nothing_is_vendored_without_being_listed():
    found = {named(p) for p in VENDOR.iterdir() if p.is_file() and p.name != "vendor.json"}
    assert found == {row["file"] for row in LISTING if row["file"].startswith("static/")}


@pytest.mark.parametrize("row", LISTING, ids=lambda row: Path(row["file"]).name)
def test_license_texts_of_a_file_and_of_what_lies_in_it_are_shipped(row):
    folder = VENDOR / "licenses" if row["file"].startswith("static/") else ROOT / "tests/vendor"
    for name in (row["name"], *row.get("contains", ())):
        text = folder / f"{name.removeprefix('@').replace('/', '-')}.LICENSE.txt"
        assert text.is_file(), text
        assert text.stat().st_size > 500, text


def test_no_source_map_is_named_since_none_is_served():
    assert [named(p) for p in STATIC.rglob("*.*") if b"sourceMappingURL" in p.read_bytes()] == []


def test_versions_are_pinned_exactly_and_agree_with_the_list():
    package = json.loads((FRONTEND / "package.json").read_text())
    pins = package["dependencies"] | package["devDependencies"]
    assert [pin for pin in pins.values() if not re.fullmatch(r"\d+\.\d+\.\d+", pin)] == []
    assert [row["name"] for row in LISTING if pins[row["name"]] != row["version"]] == []


def test_the_lock_file_names_no_registry():
    lock = json.loads((FRONTEND / "package-lock.json").read_text())
    assert [name for name, entry in lock["packages"].items() if "resolved" in entry] == []
    assert [n for n, e in lock["packages"].items() if n and "integrity" not in e] == []


@pytest.mark.skipif(
    shutil.which("node") is None or not (FRONTEND / "node_modules").is_dir(),
    reason="needs node and `npm ci` in frontend/",
)
def test_the_vendor_script_makes_the_same_bytes_again():
    run = node("vendor.mjs", "--check")
    assert run.returncode == 0, run.stderr


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node")
def test_behavior_of_the_scripts_that_need_no_browser():
    run = node("--test", "tests/")
    assert run.returncode == 0, run.stdout[-4000:]


def test_the_icon_sprite_holds_exactly_the_icons_in_use():
    used = set(
        re.findall(r'icon\.html" with name="([\w-]+)"', "".join(p.read_text() for p in PAGES))
    )
    assert set(re.findall(r'<symbol id="([\w-]+)"', (VENDOR / "icons.svg").read_text())) == used


# --- Templates and scripts -------------------------------------------------------------------

FORBIDDEN_IN_TEMPLATES = {
    "inline script": r"<script(?![^>]*\bsrc=)",
    "inline style": r"<style|\sstyle=",
    "inline handler": r"\son[a-z]+=",
    "x-html": r"x-html",
    "unescaped text": r"\|\s*safe\b|autoescape off|mark_safe",
    "other host": r"""(?:src|href|action)=["'](?:https?:)?//""",
    "javascript address": r"javascript:",
}
FORBIDDEN_IN_SCRIPTS = {
    "markup from text": r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment",
    "code from text": r"\beval\(|new Function|setTimeout\(\s*[\"'`]",
    "other host": r"https?://",
    "console": r"console\.",
}
# The CSP build of Alpine reads expressions itself and knows only a part of the language.
NOT_IN_ALPINE = r"=>|\?\.|\?\?|`|\btypeof\b|\bnew\b|\bdocument\b|\bwindow\b|\bMath\b|\bJSON\b"
ALPINE_ATTRIBUTE = re.compile(r'\s(?:x-[\w.:-]+|@[\w.:-]+|:[\w.-]+)="([^"]*)"')


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_templates_hold_nothing_the_policy_would_block(page):
    text = page.read_text()
    assert [
        why for why, pattern in FORBIDDEN_IN_TEMPLATES.items() if re.search(pattern, text)
    ] == []


@pytest.mark.parametrize("script", OUR_JS, ids=named)
def test_scripts_make_no_markup_or_code_from_text_and_call_no_other_host(script):
    text = script.read_text()
    assert [why for why, pattern in FORBIDDEN_IN_SCRIPTS.items() if re.search(pattern, text)] == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_expressions_in_templates_suit_the_csp_build_of_alpine(page):
    expressions = ALPINE_ATTRIBUTE.findall(page.read_text())
    assert [each for each in expressions if re.search(NOT_IN_ALPINE, each)] == []


def test_every_component_that_a_template_names_is_registered():
    used = set(re.findall(r'x-data="(\w+)"', "".join(p.read_text() for p in PAGES)))
    scripts = "".join(p.read_text() for p in OUR_JS)
    parts = re.search(r"const parts = \{([^}]*)\}", scripts)
    assert parts is not None
    registered = set(re.findall(r"\w+", parts[1])) | set(
        re.findall(r'Alpine\.data\("(\w+)"', scripts)
    )
    assert used <= registered


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_templates_parse(page):
    engine = Engine(
        dirs=[str(TEMPLATES)],
        libraries={
            "static": "django.templatetags.static",
            "prose": "storyforge.web.templatetags.prose",
        },
    )
    assert engine.get_template(page.relative_to(TEMPLATES).as_posix()).nodelist


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_static_files_and_includes_of_a_template_exist(page):
    text = page.read_text()
    files = [STATIC / each for each in re.findall(r"{% static '([^']+)' %}", text)]
    files += [TEMPLATES / each for each in re.findall(r'{% (?:include|extends) "([^"]+)"', text)]
    assert [named(f) for f in files if not f.is_file()] == []


@pytest.mark.parametrize("path", [*PAGES, *OUR_JS, *OUR_CSS, *FRONTEND.glob("*.mjs")], ids=named)
def test_no_file_of_ours_is_longer_than_the_cap(path):
    assert len(path.read_text().splitlines()) <= LARGEST_FILE_LINES


# --- Weight ----------------------------------------------------------------------------------


def references(path: Path) -> set[Path]:
    """Files that the browser fetches because of this one. Fonts count only where CSS names them."""
    if path.suffix == ".css":
        found = re.findall(r'url\("([^"]+)"\)', path.read_text())
    elif path.suffix == ".js" and path.parent != VENDOR:
        found = re.findall(r'^(?:import|\}) .*?from "([^"]+)"', path.read_text(), re.MULTILINE)
        found += re.findall(r'^import "([^"]+)"', path.read_text(), re.MULTILINE)
    else:
        found = []
    return {(path.parent / each).resolve() for each in found if not each.startswith("data:")}


@cache
def closure(page: str) -> frozenset[Path]:
    base = (TEMPLATES / "base.html").read_text() + (TEMPLATES / page).read_text()
    todo = [STATIC / each for each in re.findall(r"{% static '([^']+)' %}", base)]
    todo.append(VENDOR / "icons.svg")
    seen: set[Path] = set()
    while todo:
        path = todo.pop().resolve()
        if path not in seen:
            seen.add(path)
            todo.extend(references(path))
    return frozenset(seen)


def weight(page: str) -> int:
    """Bytes of the first load, compressed as served; fonts are compressed already."""
    return sum(
        path.stat().st_size if path.suffix == ".woff2" else len(gzip.compress(path.read_bytes(), 6))
        for path in closure(page)
    )


def is_of_text(page: Path) -> bool:
    return "css/script.css" in page.read_text()


@pytest.mark.parametrize(
    "page",
    [
        p.relative_to(TEMPLATES).as_posix()
        for p in PAGES
        if '"base.html"' in p.read_text() and not is_of_text(p)
    ],
)
def test_plain_pages_stay_below_75_kb(page):
    assert weight(page) < 75 * KB


def test_the_script_page_stays_below_240_kb():
    assert VENDOR / "editor.min.js" in closure("scripts/detail.html")
    assert weight("scripts/detail.html") < 240 * KB


# --- Contrast --------------------------------------------------------------------------------

TOKENS = {
    name: (light, dark)
    for name, light, dark in re.findall(
        r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)",
        (STATIC / "app.css").read_text(),
    )
}
TEXT_ON = [
    *((ink, ground) for ink in ("ink", "muted") for ground in ("paper", "desk", "sel")),
    *((ink, ground) for ink in ("accent", "ok", "warn", "bad") for ground in ("paper", "desk")),
    *((f"who-{n}", ground) for n in range(1, 8) for ground in ("paper", "desk")),
    ("accent", "sel"),
    ("accent-ink", "accent"),
    ("bad-ink", "bad"),
]
LINES_ON = [(line, ground) for line in ("edge", "accent") for ground in ("paper", "desk")]
TINTS = [("bad", 0.20), ("ok", 0.20), ("bad", 0.14), ("ok", 0.14)]


def channels(color: str) -> list[float]:
    return [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]


def luminance(rgb: list[float]) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ratio(one: list[float], other: list[float]) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def token(name: str, theme: int) -> list[float]:
    return channels(TOKENS[name][theme])


def themes() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])


@themes()
@pytest.mark.parametrize(("ink", "ground"), TEXT_ON)
def test_text_has_a_contrast_of_4_5(ink, ground, theme):
    assert ratio(token(ink, theme), token(ground, theme)) >= 4.5


@themes()
@pytest.mark.parametrize(("line", "ground"), LINES_ON)
def test_borders_of_controls_have_a_contrast_of_3(line, ground, theme):
    assert ratio(token(line, theme), token(ground, theme)) >= 3


@themes()
@pytest.mark.parametrize(("tint", "share"), TINTS)
def test_ink_stays_readable_on_the_tints_of_a_comparison(tint, share, theme):
    """Twice, since a changed word lies on the tint of its line."""
    ground = token("paper", theme)
    for _ in range(2):
        pairs = zip(token(tint, theme), ground, strict=True)
        ground = [share * over + (1 - share) * under for over, under in pairs]
    assert ratio(token("ink", theme), ground) >= 4.5


def test_every_color_of_the_style_sheets_is_a_token():
    loose = {
        named(path): found
        for path in OUR_CSS
        if (found := re.findall(r"(?<!light-dark\()#[0-9a-f]{3,8}\b(?!,|\))", path.read_text()))
    }
    assert {color for found in loose.values() for color in found} <= {"#fff", "#000"}  # print only
