"""Ask a list of known flaws about every library that is locked: `audit.py`, which needs the network.

Standard library only. Asks OSV (https://osv.dev), which gathers the advisories of PyPI, npm and GitHub, for the components that
`sbom.py` lists: names and versions leave the machine, nothing else. Ends with 1 where a flaw is known, and with 2
where not every library was asked about: a run that has checked nothing is no good news.
"""

from __future__ import annotations

import json
import os
import sys
import urllib.request
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parent))  # beside this file, from wherever it is read

import sbom

ADDRESS = "https://api.osv.dev/v1/querybatch"
SECONDS = 60.0
KNOWN_FLAWS, NOT_ASKED = 1, 2
#: Flaws that were looked at and do not touch us, and why. Each line is taken out again when it no longer holds.
ACCEPTED: dict[str, str] = {}


def main() -> int:
    """Ask, and say what is known."""
    lock = sbom.LOCK.read_text("utf-8")
    browser = json.loads(sbom.BROWSER.read_text("utf-8"))
    purls = sorted({each["purl"] for each in sbom.bill(lock, browser)["components"]})
    try:
        found = flaws(purls, os.environ.get("OSV_URL") or ADDRESS)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"not asked: {error}\n")
        return NOT_ASKED
    for purl, names in found.items():
        sys.stdout.write(f"{purl}: {', '.join(names)}\n")
    sys.stdout.write(f"{len(purls)} libraries asked about, {len(found)} with known flaws\n")
    return KNOWN_FLAWS if found else 0


def flaws(purls: list[str], address: str) -> dict[str, list[str]]:
    """Known flaws by library. Raises OSError without an answer, ValueError for one that leaves any out."""
    body = json.dumps({"queries": [{"package": {"purl": purl}} for purl in purls]}).encode()
    request = urllib.request.Request(  # noqa: S310 - the operator's own choice
        address, data=body, headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
        told: Any = json.load(answer)
    results = told.get("results") if isinstance(told, dict) else None
    if not isinstance(results, list) or len(results) != len(purls):
        raise ValueError("the answer does not speak of every library")
    named = {
        purl: [flaw["id"] for flaw in result.get("vulns", []) if flaw["id"] not in ACCEPTED]
        for purl, result in zip(purls, results, strict=True)
    }
    return {purl: names for purl, names in named.items() if names}


if __name__ == "__main__":
    sys.exit(main())
