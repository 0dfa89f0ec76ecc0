"""The headers that every answer has to have."""

from __future__ import annotations


def faults(answer, *, shared=False):
    """What is wrong with an answer's headers."""
    policy = directives(answer)
    wrong = {
        "no policy": not policy,
        "unsafe": "unsafe" in answer.get("Content-Security-Policy", ""),
        "object-src": policy.get("object-src") != {"'none'"},
        "base-uri": policy.get("base-uri") != {"'none'"},
        "frame-ancestors": policy.get("frame-ancestors") != {"'none'"},
        "form-action": not policy.get("form-action", {"*"}) <= {"'self'", "'none'"},
        "script-src": not policy.get("script-src", {"*"}) <= {"'self'", "'none'", nonce(policy)},
        "elsewhere": any("//" in each or "*" in each for each in set().union(*policy.values())),
        "sniffed": answer.get("X-Content-Type-Options") != "nosniff",
        "referrer": answer.get("Referrer-Policy") != "same-origin",
        "opener": answer.get("Cross-Origin-Opener-Policy") != "same-origin",
        "kept": not shared and "no-" not in answer.get("Cache-Control", ""),
        "cross-origin": "Access-Control-Allow-Origin" in answer,
        "charset": is_text(answer)
        and "charset=utf-8" not in answer["Content-Type"].replace('"', ""),
    }
    return [name for name, is_wrong in wrong.items() if is_wrong]


def close(answer):
    """A static file is open until its last byte is sent."""
    if answer.streaming:
        b"".join(answer.streaming_content)


def directives(answer):
    """The policy's directives, each with its sources."""
    parts = [part.split() for part in answer.get("Content-Security-Policy", "").split(";")]
    return {part[0]: set(part[1:]) for part in parts if part}


def nonce(policy):
    """The style nonce of this answer; scripts may carry it, too."""
    return next((s for s in policy.get("style-src", ()) if s.startswith("'nonce-")), "'self'")


def is_text(answer):
    return answer.get("Content-Type", "").startswith("text/")
