"""`make audit`: what is locked is compared with known flaws, and a comparison that was not made is no good news."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from scripts import audit


@pytest.fixture
def advisories(monkeypatch):
    """A list of flaws on this machine that answers as OSV does; `known` are its flaws by purl."""
    asked: list[str] = []
    known: dict[str, list[str]] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            length = int(self.headers["Content-Length"])
            purls = [q["package"]["purl"] for q in json.loads(self.rfile.read(length))["queries"]]
            asked.extend(purls)
            results = [
                {"vulns": [{"id": name} for name in known[purl]]} if purl in known else {}
                for purl in purls
            ]
            body = json.dumps({"results": results[: known.get("answers")]}).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format, *args):  # noqa: A002
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    monkeypatch.setenv("OSV_URL", f"http://127.0.0.1:{server.server_port}/v1/querybatch")
    yield asked, known
    server.shutdown()
    thread.join()
    server.server_close()


def test_every_locked_library_is_asked_about_by_its_version(advisories, capsys):
    asked, _ = advisories
    assert audit.main() == 0
    locked = audit.sbom.PINNED.findall(audit.sbom.LOCK.read_text("utf-8"))
    assert sum(purl.startswith("pkg:pypi/") for purl in asked) == len(locked) > 80
    assert {purl.rpartition("@")[2] for purl in asked} >= {version for _, version in locked}
    assert any(purl.startswith("pkg:npm/") for purl in asked)
    assert f"{len(asked)} libraries asked about, 0 with known flaws" in capsys.readouterr().out


def test_a_known_flaw_is_named_and_fails_unless_it_was_looked_at(advisories, capsys, monkeypatch):
    asked, known = advisories
    audit.main()
    known[asked[3]] = ["GHSA-1111", "CVE-2026-1"]
    assert audit.main() == audit.KNOWN_FLAWS
    assert f"{asked[3]}: GHSA-1111, CVE-2026-1" in capsys.readouterr().out
    monkeypatch.setattr(audit, "ACCEPTED", {"GHSA-1111": "a reason", "CVE-2026-1": "a reason"})
    assert audit.main() == 0


def test_what_was_not_asked_about_is_no_good_news(advisories, monkeypatch, capsys):
    _, known = advisories
    known["answers"] = 5
    assert audit.main() == audit.NOT_ASKED
    monkeypatch.setenv("OSV_URL", "http://127.0.0.1:1/")
    assert audit.main() == audit.NOT_ASKED
    assert capsys.readouterr().err.count("not asked") == 2
