"""What an installation consists of, as scanners read it."""

from __future__ import annotations

import importlib.metadata
import json
import re
import subprocess
import sys

from conftest import ROOT
from scripts.sbom import bill

LOCK = (ROOT / "requirements.txt").read_text("utf-8")
BROWSER = json.loads((ROOT / "static/vendor/vendor.json").read_text("utf-8"))


def of(kind, found):
    return [c for c in found["components"] if c["purl"].startswith(f"pkg:{kind}/")]


def test_every_locked_package_is_listed_as_it_is_installed():
    packages = of("pypi", bill(LOCK, BROWSER))
    assert len(packages) == len(re.findall("==", LOCK)) > 80
    for package in packages:
        assert importlib.metadata.version(package["name"]) == package["version"]
        assert package["hashes"]
    hashes = [h["content"] for package in packages for h in package["hashes"]]
    assert sorted(hashes) == sorted(re.findall("sha256:([0-9a-f]+)", LOCK))


def test_every_file_of_the_browser_is_listed():
    files = of("npm", bill(LOCK, BROWSER))
    assert [f["properties"][0]["value"] for f in files] == [each["file"] for each in BROWSER]
    assert all(f["licenses"] and f["hashes"] for f in files)


def test_names_are_single_and_the_same_input_gives_the_same_bytes(tmp_path):
    for name in ("one.json", "two.json"):
        out = str(tmp_path / "out" / name)
        subprocess.run([sys.executable, ROOT / "scripts/sbom.py", out], check=True, timeout=60)  # noqa: S603
    one, two = ((tmp_path / "out" / name).read_bytes() for name in ("one.json", "two.json"))
    assert one == two
    refs = [c["bom-ref"] for c in json.loads(one)["components"]]
    assert len(refs) == len(set(refs))


def test_extras_and_markers_are_no_part_of_a_name():
    lock = "psycopg[binary,pool]==3.3.0 ; python_version >= '3' \\\n    --hash=sha256:" + "a" * 64
    (package,) = of("pypi", bill(lock, []))
    assert (package["name"], package["version"]) == ("psycopg", "3.3.0")
