"""Write what an installation consists of as CycloneDX 1.6: `sbom.py OUT.json`.

Standard library only. Read from the lock file, with the hashes that an installation is held to, and from the list of
the browser's files. The same input gives the same bytes.
"""

from __future__ import annotations

import json
import re
import sys
import uuid
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
LOCK = PROJECT / "requirements.txt"
BROWSER = PROJECT / "static" / "vendor" / "vendor.json"
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)", re.M)
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def main(arguments: list[str]) -> int:
    """Write the file and say how much is in it."""
    out = Path(arguments[0])
    out.parent.mkdir(parents=True, exist_ok=True)
    found = bill(LOCK.read_text("utf-8"), json.loads(BROWSER.read_text("utf-8")))
    out.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(f"{out}: {len(found['components'])} components\n")
    return 0


def bill(lock: str, browser: list[dict[str, Any]]) -> dict[str, Any]:
    """The document of a lock file and of the files that browsers get."""
    components = [*_packages(lock), *(_file(each) for each in browser)]
    name = json.dumps(components, sort_keys=True)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, name)}",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "storyforge", "bom-ref": "it"}},
        "components": components,
    }


def _packages(lock: str) -> list[dict[str, Any]]:
    """A component for each pin; a wheel for each platform has a hash of its own."""
    pins = list(PINNED.finditer(lock))
    ends = [*(pin.start() for pin in pins[1:]), len(lock)]
    return [
        _component(
            purl=f"pkg:pypi/{_normal(pin[1])}@{pin[2]}",
            name=_normal(pin[1]),
            version=pin[2],
            hashes=HASH.findall(lock[pin.end() : end]),
        )
        for pin, end in zip(pins, ends, strict=True)
    ]


def _file(each: dict[str, Any]) -> dict[str, Any]:
    """A file of the browser's and the package it was made of; several may come of one."""
    purl = f"pkg:npm/{each['name'].replace('@', '%40')}@{each['version']}"
    found = _component(
        purl=purl, name=each["name"], version=each["version"], hashes=[each["sha256"]]
    )
    return found | {
        "bom-ref": f"{purl}#{each['file']}",
        "licenses": [{"license": {"id": each["license"]}}],
        "properties": [{"name": "storyforge:file", "value": each["file"]}],
    }


def _component(*, purl: str, name: str, version: str, hashes: list[str]) -> dict[str, Any]:
    return {
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": version,
        "purl": purl,
        "hashes": [{"alg": "SHA-256", "content": each} for each in hashes],
    }


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
