"""What clients send that they should not: bodies, values, queries, path parts and uploads."""

from __future__ import annotations

import json
from dataclasses import dataclass

JSON = "application/json"
LARGE = 1024 * 1024
BOUNDARY = "line"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Malformed:
    """A body that no operation accepts, and the answer to it."""

    name: str
    body: bytes
    status: int = 400
    code: str = "malformed_json"
    content_type: str = JSON


def _bad(name: str, body: bytes | str, **answer: object) -> Malformed:
    data = body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass")
    return Malformed(name=name, body=data, **answer)  # type: ignore[arg-type]


def _in_value(text: str) -> str:
    return f'{{"name": "{text}", "title": "{text}"}}'


def _in_key(text: str) -> str:
    return f'{{"{text}": 1}}'


NOT_JSON = [
    _bad("word", "hello"),
    _bad("open object", '{"name": '),
    _bad("open string", '{"name": "Mara'),
    _bad("open array", "[1, 2"),
    _bad("closed twice", '{"name": "Mara"}}'),
    _bad("two documents", "{} {}"),
    _bad("trailing comma", '{"name": "Mara",}'),
    _bad("single quotes", "{'name': 'Mara'}"),
    _bad("bare key", "{name: 1}"),
    _bad("comment", '{"name": "Mara"} // yes'),
    _bad("form", "name=Mara"),
    _bad("xml", '<?xml version="1.0"?><name>Mara</name>'),
    _bad("byte order mark", b"\xef\xbb\xbf{}"),
    _bad("utf-16", '{"name": "Mara"}'.encode("utf-16")),
    _bad("utf-32", '{"name": "Mara"}'.encode("utf-32")),
    _bad("latin-1", '{"name": "Zoë"}'.encode("latin-1")),
    _bad("overlong utf-8", b'{"name": "\xc0\xaf"}'),
    _bad("cut utf-8", b'{"name": "\xe2\x82"}'),
    _bad("random bytes", bytes(range(128, 256))),
    _bad("raw newline in a string", '{"name": "a\nb"}'),
    _bad("raw NUL", '{"name": "a\0b"}'),
    _bad("only NULs", b"\0" * 100),
    _bad("unknown escape", r'{"name": "\x41"}'),
    _bad("cut escape", r'{"name": "\u12"}'),
    _bad("plus sign", '{"weight": +1}'),
    _bad("leading zero", '{"weight": 01}'),
    _bad("hexadecimal", '{"weight": 0x1F}'),
]
NUMBERS = [
    _bad("NaN", '{"tension": NaN}'),
    _bad("Infinity", '{"tension": Infinity}'),
    _bad("minus Infinity", '{"tension": -Infinity}'),
    _bad("a float beyond floats", '{"tension": 1e400}'),
    _bad("minus a float beyond floats", '{"tension": -1e400}'),
    _bad("beyond 64 bits", '{"tension": 9223372036854775809}'),
    _bad("beyond minus 64 bits", '{"tension": -9223372036854775809}'),
    _bad("5,000 digits", '{"tension": ' + "9" * 5_000 + "}"),
    _bad("100,000 digits", '{"tension": ' + "9" * 100_000 + "}"),
]
TEXT = [
    _bad("escaped NUL in a value", _in_value(r"a\u0000b")),
    _bad("escaped NUL in a key", _in_key(r"a\u0000b")),
    _bad("high surrogate in a value", _in_value(r"\ud800")),
    _bad("low surrogate in a value", _in_value(r"\udc00")),
    _bad("surrogates in the wrong order", _in_value(r"\ude00\ud83d")),
    _bad("surrogate in a key", _in_key(r"\ud800")),
    _bad("surrogate deep inside", r'{"themes": [{"name": ["\ud800"]}]}'),
    _bad("NUL deep inside", r'{"themes": [{"\u0000": 1}]}'),
    _bad("encoded surrogate", b'{"name": "\xed\xa0\x80"}'),
]
SHAPES = [
    _bad("array", "[]"),
    _bad("array of objects", '[{"name": "Mara"}]'),
    _bad("string", '"Mara"'),
    _bad("number", "12"),
    _bad("null", "null"),
    _bad("true", "true"),
    _bad("a key twice", '{"name": "Mara", "name": "Tobias"}'),
    _bad("a key twice inside", '{"themes": [{"name": 1, "name": 2}]}'),
    _bad("a key twice, escaped", r'{"name": 1, "n\u0061me": 2}'),
]
DEPTHS = [
    _bad("65 arrays", '{"name": ' + "[" * 64 + "]" * 64 + "}"),
    _bad("65 objects", '{"a":' * 65 + "1" + "}" * 65),
    _bad("5,000 arrays", "[" * 5_000 + "]" * 5_000),
    _bad("100,000 arrays", "[" * 100_000 + "]" * 100_000),
    _bad("100,000 objects", '{"a":' * 100_000 + "1" + "}" * 100_000),
    _bad("100,000 open arrays", "[" * 100_000),
    _bad("depth behind an escaped quote", r'{"a": "\"", "b": ' + "[" * 70 + "]" * 70 + "}"),
]
SIZES = [
    _bad("a byte too many", b" " * (LARGE + 1), status=413, code="body_too_large"),
    _bad("a long text", _in_value("x" * LARGE), status=413, code="body_too_large"),
]
MEDIA = [
    _bad(
        f"as {kind or 'nothing'}",
        "{}",
        content_type=kind,
        status=415,
        code="unsupported_media_type",
    )
    for kind in ("text/plain", "application/xml", "application/x-www-form-urlencoded", "x")
]
BODIES = [*NOT_JSON, *NUMBERS, *TEXT, *SHAPES, *DEPTHS, *SIZES, *MEDIA]

# Values that are JSON, and may or may not fit a field; none is an accident.
VALUES = [
    None, True, -1, 2**63 - 1, -(2**63), 1e308, "", "x" * 100_000, "\u202e\u200b", "😀" * 300,
    [], [None, [[]]], {"a": {"b": []}}, "../../etc/passwd",
]  # fmt: skip

# Percent-encoded, as they stand in a URL.
QUERIES = [
    "", "%00", "a%00b", "%ED%A0%80", "%FF", "%zz", "-1", "0", "1e999", "NaN", "9" * 30, "9" * 5_000,
    "%D9%A3", "%C2%B2", "a" * 5_000, "%F0%9F%98%80", "' OR 1=1 --", ",,,", "1,2,3",
]  # fmt: skip
PATHS = [
    "%00", "x", "%ED%A0%80", "%FF", "0", "-1", "9" * 30, "9" * 5_000, "%F0%9F%98%80", "%0a", "%20",
    "%27", "..%2f..", "00000000-0000-0000-0000-00000000000", "{}", "%25",
]  # fmt: skip
# For what reads like something that has been sent all of them.
SOME_VALUES = [None, -1, "x" * 100_000, {"a": {"b": []}}]
SOME_QUERIES = ["a%00b", "%FF", "9" * 30, "' OR 1=1 --"]
SOME_PATHS = ["%00", "x", "%ED%A0%80", "9" * 5_000]
FILENAMES = [
    "", "a\0b.txt", "../../etc/passwd", "C:\\book.txt", "x" * 5_000 + ".txt", "буч.txt", ".", "..", "a\nb",
    "&#xD800;.txt", "con", "a.txt/", "\u202etxt.exe", "no-extension", "a.exe", "'; DROP TABLE books; --",
]  # fmt: skip


def part(name: str, content: bytes, filename: str | None = None, more: str = "") -> bytes:
    """A part of a multipart body."""
    head = f'Content-Disposition: form-data; name="{name}"'
    if filename is not None:
        head += f'; filename="{filename}"'
    return f"--{BOUNDARY}\r\n{head}{more}\r\n\r\n".encode() + content + b"\r\n"


def multipart(*parts: bytes) -> bytes:
    """A whole multipart body."""
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def replaced(body: dict[str, object], field: str, value: object) -> bytes:
    """The body with one field replaced."""
    return json.dumps({**body, field: value}).encode()
