"""What a provider may answer that it should not: bytes, events, errors, counts, texts and shapes.

Each entry is an answer for the scripted server, by a name of its own. Those that need to know what was
asked, such as the schema, are functions of it.
"""

from __future__ import annotations

import json
import random
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

from tests.scripted_model import Asked, Reply, faults
from tests.scripted_model.faults import HOSTILE

STREAM = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
BODY = STREAM + b"connection: close\r\n\r\n"
FOREIGN_IDS: list[str] = []  # of rows of another tenant, filled in by the test
Answer = Reply | Callable[[Asked], Reply]


def corpus() -> dict[str, Answer]:
    """Every evil answer by its name."""
    found: dict[str, Answer] = {}
    for prefix, part in PARTS.items():
        for name, answer in part():
            assert f"{prefix} {name}" not in found, name
            found[f"{prefix} {name}"] = answer
    return found


def event(kind: str, **fields: Any) -> bytes:
    """A server-sent event as the API writes it."""
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **fields})}\n\n".encode()


def usage(**counts: Any) -> dict[str, Any]:
    return {"input_tokens": 9, "output_tokens": 9, **counts}


def start(**message: Any) -> bytes:
    return event("message_start", message={"model": "m", "usage": usage(), **message})


def block(text: Any, kind: str = "text_delta", index: Any = 0) -> bytes:
    return event("content_block_delta", index=index, delta={"type": kind, "text": text})


def end(reason: Any = "end_turn", **counts: Any) -> bytes:
    return event("message_delta", delta={"stop_reason": reason}, usage=usage(**counts)) + event(
        "message_stop"
    )


def stream(*parts: bytes) -> Reply:
    """A body of these events."""
    return Reply(name="evil", body=b"".join(parts))


def raw(*pieces: bytes, pause: float = 0.0) -> Reply:
    """Bytes on the wire."""
    return Reply(name="evil", raw=pieces, pause=pause)


def answered(asked: Asked) -> bytes:
    """A good answer, as events."""
    return block(asked.text())


@cache
def packed(kind: str) -> bytes:
    """500 MB in half a megabyte, as gzip or as deflate: the same megabyte again and again.

    A provider that packs while it is waited for is given up before it sends anything.
    """
    text, times = b"x" * 1_000_000, 500
    packer = zlib.compressobj(9, wbits=-15)
    once = packer.compress(text) + packer.flush(zlib.Z_FULL_FLUSH)  # after which it knows nothing
    body = once * times + zlib.compressobj(9, wbits=-15).flush()
    if kind == "deflate":
        return b"\x78\xda" + body + _sum(zlib.adler32, text, times).to_bytes(4, "big")
    ends = (_sum(zlib.crc32, text, times), len(text) * times)
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + body + struct.pack("<II", *ends)


def _sum(of: Callable[[bytes, int], int], text: bytes, times: int) -> int:
    found = of(b"", 1 if of is zlib.adler32 else 0)
    for _ in range(times):
        found = of(text, found)
    return found


def wire() -> Iterator[tuple[str, Answer]]:
    """HTTP itself."""
    dice = random.Random(5)  # noqa: S311
    yield "nothing at all", raw(b"")
    yield "noise", raw(dice.randbytes(5_000))
    yield "HTTP/0.9", raw(b"data: hello\n\n")
    yield "another protocol", raw(b"SSH-2.0-OpenSSH_9.6\r\n")
    yield "TLS alert", raw(b"\x15\x03\x01\x00\x02\x02\x28")
    yield "status 999", raw(b"HTTP/1.1 999 Evil\r\ncontent-length: 0\r\n\r\n")
    yield "status 100 for ever", raw(b"HTTP/1.1 100 Continue\r\n\r\n" * 300)
    yield "status 101", raw(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: evil\r\n\r\n")
    yield "status 204", raw(b"HTTP/1.1 204 No Content\r\n\r\n")
    yield "status 206", raw(b"HTTP/1.1 206 Partial\r\ncontent-length: 2\r\n\r\n{}")
    yield "status is no number", raw(b"HTTP/1.1 abc OK\r\n\r\n")
    yield "no end of headers", raw(STREAM)
    yield "a header of 2 MB", raw(STREAM + b"x-long: " + b"y" * 2_000_000 + b"\r\n\r\n")
    yield "50,000 headers", raw(STREAM + b"x: y\r\n" * 50_000 + b"\r\n")
    yield "NUL in a header", raw(STREAM + b"x-a: \0\r\n\r\n" + start() + end())
    yield "bytes in a header", raw(STREAM + b"request-id: \xff\xfe\xed\xa0\x80\r\n\r\n" + start())
    yield "a header folded", raw(STREAM + b"request-id: a\r\n b\r\n\r\n" + start() + end())
    yield "a cookie", raw(STREAM + b"set-cookie: session=evil; path=/\r\n\r\n" + start() + end())
    yield "content-length -5", raw(STREAM + b"content-length: -5\r\n\r\n" + start())
    yield "content-length 10^30", raw(STREAM + b"content-length: " + b"9" * 30 + b"\r\n\r\n")
    yield "content-length too long", raw(STREAM + b"content-length: 9000\r\n\r\n" + start())
    yield "content-length too short", raw(STREAM + b"content-length: 10\r\n\r\n" + start() + end())
    yield "two content-lengths", raw(STREAM + b"content-length: 1\r\ncontent-length: 9\r\n\r\nab")
    yield (
        "chunks and a length",
        raw(STREAM + b"content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"),
    )
    yield "chunk size of garbage", raw(STREAM + b"transfer-encoding: chunked\r\n\r\nzz\r\nx\r\n")
    yield "chunk of 2^63", raw(STREAM + b"transfer-encoding: chunked\r\n\r\n7fffffffffffffff\r\nx")
    yield "chunks without end", raw(STREAM + b"transfer-encoding: chunked\r\n\r\n5\r\ndata:\r\n")
    head = BODY.replace(b"\r\n\r\n", b"\r\ncontent-encoding: gzip\r\n\r\n")
    twice = STREAM + b"content-encoding: gzip, gzip\r\n\r\n"
    yield "gzip bomb", raw(head + packed("gzip"))
    yield "deflate bomb", raw(STREAM + b"content-encoding: deflate\r\n\r\n" + packed("deflate"))
    yield "gzip twice", raw(twice + packed("gzip"))
    yield "unknown encoding", raw(STREAM + b"content-encoding: evil\r\n\r\n" + start() + end())
    yield "gzip that is none", raw(STREAM + b"content-encoding: gzip\r\n\r\n" + start() + end())
    yield (
        "a byte at a time, then nothing",
        raw(BODY, *(bytes([each]) for each in b"data: {}\n"), pause=0.04),
    )
    yield "comments for a second", raw(BODY, *[b": wait\n\n"] * 20, pause=0.05)
    for status in (301, 302, 303, 307, 308):
        for where in ("/v1/elsewhere", "http://127.0.0.1:1/", "file:///etc/passwd", "//[", "\\\\x"):
            head = f"HTTP/1.1 {status} Go\r\nlocation: {where}\r\ncontent-length: 0\r\n\r\n"
            yield f"{status} to {where}", raw(head.encode())


def media() -> Iterator[tuple[str, Answer]]:
    """Bodies that claim to be something, and are something else."""
    whole = json.dumps({"content": [{"type": "text", "text": "{}"}], "usage": usage()}).encode()
    for kind in ("application/json", "text/html", "image/png", "", "text/event-stream-x", "x"):
        yield f"a message as {kind or 'nothing'}", Reply(body=whole, content_type=kind)
    yield "a page", faults.html()
    yield "a page with 500", faults.html(500)
    yield "10 MB of JSON", faults.huge
    yield "an event without end", faults.huge_event
    yield "utf-16", Reply(body="data: {}\n\n".encode("utf-16"))
    yield "utf-7", Reply(body=b"data: +AHs\n\n", content_type="text/event-stream; charset=utf-7")
    yield "no such charset", Reply(body=start(), content_type="text/event-stream; charset=evil")


def events() -> Iterator[tuple[str, Answer]]:
    """A stream whose events are not those of the API, or not in its order."""
    for name, data in {
        "nothing": b"", "no JSON": b"data: hello\n\n", "an array": b"data: []\n\n",
        "null": b"data: null\n\n", "a number": b"data: 12\n\n", "NaN": b"data: NaN\n\n",
        "a cut object": b'data: {"type": \n\n', "bytes": b"data: \xff\xfe\xed\xa0\x80\n\n",
        "NUL": b"data: \0\0\n\n", "deep": b"data: " + b"[" * 200_000 + b"\n\n",
        "a long number": b'data: {"type": ' + b"9" * 50_000 + b"}\n\n",
        "a key twice": b'data: {"type": "ping", "type": "message_stop"}\n\n',
        "no type": b"data: {}\n\n", "type of a number": b'data: {"type": 1}\n\n',
        "type of an object": b'data: {"type": {"a": 1}}\n\n', "done": b"data: [DONE]\n\n",
        "only retry": b"retry: 99999999999999999999\n\n", "only id": b"id: \0\n\n",
        "carriage returns": b"data: {}\r\rdata: {}\r\r", "10,000 pings": event("ping") * 10_000,
        "unknown": event("evil_event", run="rm -rf /"), "another vendor's":
            b'data: {"choices": [{"delta": {"content": "{}"}}]}\n\n',
    }.items():  # fmt: skip
        yield name, stream(data, data, end())
    yield "no start", lambda asked: stream(answered(asked), end())
    yield "no end", lambda asked: stream(start(), answered(asked))
    yield "start only", stream(start())
    yield "end first", lambda asked: stream(end(), start(), answered(asked))
    yield "two ends", lambda asked: stream(start(), answered(asked), end(), end("refusal"))
    yield "two answers", lambda asked: stream(start(), answered(asked), answered(asked), end())
    yield "text after the end", lambda asked: stream(start(), answered(asked), end(), block("}"))
    yield "message is a list", stream(event("message_start", message=[]), end())
    yield "delta is a text", stream(start(), event("content_block_delta", delta="x"), end())
    yield "text is a number", stream(start(), block(12), end())
    yield "text is an object", stream(start(), block({"a": 1}), end())
    yield "text is null", stream(start(), block(None), end())
    yield "index is evil", lambda asked: stream(start(), block(asked.text(), index=-(2**70)), end())
    for tool in ("read_file", "bash", "computer", "get_other_project", "", "\u202e"):
        use = {"type": "tool_use", "id": "t", "name": tool, "input": {"id": "1"}}
        yield (
            f"tool {tool!r}",
            stream(
                start(), event("content_block_start", index=0, content_block=use), end("tool_use")
            ),
        )
    for kind in ("input_json_delta", "thinking_delta", "citations_delta", "evil"):
        yield f"only {kind}", stream(start(), block("{}", kind=kind), end())
    for kind in ("overloaded_error", "api_error", "rate_limit_error", "invalid_request_error",
                 "authentication_error", "billing_error", "evil_error", "", "not_found_error"):  # fmt: skip
        yield (
            f"error {kind!r} in the middle",
            faults.breaks(kind) if kind else stream(start(), event("error", error={})),
        )
    for wrong in (None, [], "x", {"type": ["a"], "message": {"b": 1}}, {"message": "\0\ud800"}):
        yield f"error {wrong!r}", stream(start(), event("error", error=wrong))


def endings() -> Iterator[tuple[str, Answer]]:
    """A good answer that ended for another reason, under another name, with other counts."""
    for reason in ("tool_use", "pause_turn", "refusal", "max_tokens", "stop_sequence", "evil", "",
                   None, 1, [], {"a": 1}, "x" * 100_000, "model_context_window_exceeded", "\0"):  # fmt: skip
        name = str(reason)[:30]
        yield f"because {type(reason).__name__} {name!r}", _with(ends=reason)
    for model in ("", None, 7, ["m"], "x" * 5_000, "m\0n", "\ud800", "<script>alert(1)</script>",
                  "claude-opus-4-1", "'; DROP TABLE jobs_job; --", "../../etc/passwd", "\u202e"):  # fmt: skip
        yield f"as {str(model)[:30]!r}", _with(model=model)
    counts: tuple[Any, ...] = (
        -1, -(2**63), 0, 2**31 - 1, 2**31, 2**63 - 1, 2**63, 10**30, 1.5, 1e308, "12", "", None, True,
        [], {}, "NaN",
    )  # fmt: skip
    for count in counts:
        yield f"output_tokens {count!r}", _with(output_tokens=count)
        yield f"input_tokens {count!r}", _with(input_tokens=count)
    for count in (-5, 2**40, 2**63, "x", None):
        yield (
            f"cache {count!r}",
            _with(cache_read_input_tokens=count, cache_creation_input_tokens=count),
        )
    yield (
        "counts of 5,000 digits",
        lambda asked: stream(
            start(),
            answered(asked),
            end().replace(b'"output_tokens": 9', b'"output_tokens": ' + b"9" * 5_000),
        ),
    )
    for wrong in ([], "x", 3, None):
        yield (
            f"usage {wrong!r}",
            lambda asked, wrong=wrong: stream(
                start(usage=wrong),
                answered(asked),
                event("message_delta", delta={}, usage=wrong),
                end(),
            ),
        )


def _with(*, ends: Any = "end_turn", model: Any = "m", **counts: Any) -> Answer:
    return lambda asked: stream(
        start(model=model, usage=usage(**counts)), answered(asked), end(ends, **counts)
    )


def errors() -> Iterator[tuple[str, Answer]]:
    """Answers of another status, with bodies of any kind."""
    for status in (400, 401, 402, 403, 404, 405, 408, 409, 410, 413, 418, 422, 425, 429, 451, 499,
                   500, 501, 502, 503, 504, 520, 529, 599):  # fmt: skip
        yield (
            f"{status}",
            faults.error(status, "evil_error", message=HOSTILE[status % len(HOSTILE)]),
        )
    for name, body in {
        "nothing": b"", "no JSON": b"<h1>no</h1>", "a list": b"[]", "null": b"null",
        "error is a list": b'{"error": []}', "bytes": b"\xff\xfe", "deep": b"[" * 100_000,
        "message is an object": b'{"error": {"type": {}, "message": {"a": 1}}}',
        "5 MB": b'{"error": {"message": "' + b"x" * 5_000_000 + b'"}}',
        "a surrogate": b'{"error": {"type": "\\ud800", "message": "\\u0000"}}',
    }.items():  # fmt: skip
        for status in (400, 500):
            yield (
                f"{status} with {name}",
                Reply(status=status, body=body, content_type="application/json"),
            )
    for value in ("-1", "0", "1e999", "NaN", "9" * 400, "soon", "Wed, 99 Foo 2026", "\t", "1, 2"):
        yield (
            f"retry-after {value[:20]!r}",
            faults.error(429, "rate_limit_error", retry_after=value, retry_after_ms=value),
        )
    yield "retry in a thousand years", faults.rate_limited(after=31_536_000_000)


NOT_JSON = {
    "nothing": "", "blank": " \n\t ", "prose": "Certainly! Here is your plot.", "null": "null",
    "a number": "12", "a text": '"x"', "true": "true", "a list": "[]", "a list of it": "[{}]",
    "empty object": "{}", "NaN": '{"a": NaN}', "Infinity": '{"a": -Infinity}',
    "a long number": '{"a": ' + "9" * 6_000 + "}", "1e999": '{"a": 1e999}',
    "beyond 64 bits": '{"a": 18446744073709551616}', "a key twice": '{"a": 1, "a": 2}',
    "NUL": '{"a": "\\u0000"}', "NUL in a key": '{"\\u0000": 1}', "raw NUL": "\0{}",
    "surrogate": '{"a": "\\ud800"}', "surrogate in a key": '{"\\udfff": 1}', "raw surrogate": "\ud800",
    "deep": "[" * 60_000, "deep objects": '{"a":' * 5_000, "65 levels": "[" * 65 + "]" * 65,
    "single quotes": "{'a': 1}", "comment": '{"a": 1} // yes', "trailing comma": '{"a": 1,}',
    "xml": "<plot><logline>x</logline></plot>", "yaml": "logline: x\nthemes: []",
    "two values": "{} {}", "a fence": "```json\n{}\n```", "python": "__import__('os').system('id')",
    "template": "{{ settings.SECRET_KEY }}", "pickle": "\x80\x04cos\nsystem\n(S'id'\ntR.",
    "the prompt": "You are a careful reader who marks up novels for a dramaturg.",
    "byte order mark": "\ufeff{}", "half a million a's": "a" * 500_000, "proto": '{"__proto__": {"x": 1}}',
    "a million spaces": " " * 1_000_000 + "{}", "unclosed": '{"logline": "' + "x" * 100_000,
}  # fmt: skip


def texts() -> Iterator[tuple[str, Answer]]:
    """What is no JSON, or none that was asked for."""
    for name, text in NOT_JSON.items():
        yield name, Reply(name="evil", text=text, keeps_to_max_tokens=False)
    for fault in (faults.fenced, faults.bad_json, faults.truncated):
        yield fault.__name__, fault
    yield "twice", lambda asked: Reply(text=asked.text() * 2)
    yield "wrapped", lambda asked: Reply(text=json.dumps({"answer": asked.data()}))
    yield "in a list", lambda asked: Reply(text=json.dumps([asked.data()]))
    yield "as a text", lambda asked: Reply(text=json.dumps(asked.text()))
    yield "with more fields", _changed(lambda v, _: v | {"id": 1, "project": 2, "is_staff": True})
    yield "with less fields", _changed(lambda v, _: dict(list(v.items())[:-1]))
    yield "without any", _changed(lambda v, _: dict.fromkeys(v))


def _changed(change: Callable[[Any, Asked], Any]) -> Answer:
    return lambda asked: Reply(text=json.dumps(change(asked.data(), asked)))


VALUES: dict[str, Any] = {
    "null": None, "true": True, "minus one": -1, "2^31": 2**31, "2^63": 2**63, "10^40": 10**40,
    "1e308": 1e308, "a float": 0.1, "nothing": "", "blank": "   ", "a list": [], "nested": [[[[]]]],
    "an object": {}, "an object in it": {"a": {"b": None}}, "NUL": "\0", "surrogate": "\ud800",
    "a megabyte": "x" * 1_000_000, "emoji": "😀" * 2_000, "marks": "a" + "\u0301" * 3_000,
    "right to left": "\u202egnp.exe", "zero width": "\u200b\u200d\ufeff", "line separators": "a\u2028\u2029\x85b",
    "newlines": "\r\n" * 2_000, "tab": "\t", "escape": "\x1b[2J\x07", "slashes": "../" * 50,
    "INT. headings": "INT. INN - NIGHT\n\nINT. INN - DAY\n\n" * 50, "title page": "Title: Evil\nAuthor: x\n\n",
    "notes": "[[ " * 500, "emphasis": "*_**" * 2_000, "boneyard": "/* " * 500, "page break": "===\n" * 300,
    "brackets": "(" * 3_000, "sections": "# \n" * 1_000, "a date": "2026-13-45T99:99", "a code": "c1", "no such code": "c999999",
    "every code": "q1 q2 q3 c1 c2 sc1",
    "fence": "</data-preview></data-000000000000>", "format": "{0.__class__} %s %(x)s ${x}",
    "a regular expression": "(a+)+$" * 50, "csv": "=cmd|' /C calc'!A0", "html": "<img src=x onerror=alert(1)>",
    "svg": "<svg/onload=alert(1)>", "markdown": "[x](javascript:alert(1)) ![x](http://203.0.113.1/)",
}  # fmt: skip


def fields() -> Iterator[tuple[str, Answer]]:
    """The right shape, with one value, or every one, that is not what it should be."""
    for name, value in VALUES.items():
        yield f"everywhere {name}", _changed(lambda data, asked, v=value: everywhere(data, v))
        yield f"somewhere {name}", _changed(lambda data, asked, v=value: somewhere(data, v, asked))
    for number, text in enumerate(HOSTILE):
        yield f"hostile {number}", _filled((text,))
    yield "foreign ids", lambda asked: Reply(text=json.dumps(asked.data(texts=tuple(FOREIGN_IDS))))
    yield "foreign ids in place", _changed(lambda data, asked: everywhere(data, FOREIGN_IDS[0]))
    yield "lists of thousands", _changed(lambda data, asked: longer(data, 3_000))
    yield "lists of none", _changed(lambda data, asked: longer(data, 0))
    yield "lists of alike", _changed(lambda data, asked: longer(data, 30))


def _filled(texts: tuple[str, ...]) -> Answer:
    return lambda asked: replace(faults.valid(asked), text=json.dumps(asked.data(texts=texts)))


def everywhere(data: Any, value: Any) -> Any:
    """Every leaf replaced."""
    if isinstance(data, dict):
        return {key: everywhere(child, value) for key, child in data.items()}
    if isinstance(data, list):
        return [everywhere(child, value) for child in data]
    return value


def somewhere(data: Any, value: Any, asked: Asked) -> Any:
    """One field replaced, a different one in each call."""
    places = list(_places(data))
    if not places:
        return value
    holder, key = places[asked.number % len(places)]
    holder[key] = value
    return data


def _places(data: Any) -> Iterator[tuple[Any, Any]]:
    items = (
        data.items()
        if isinstance(data, dict)
        else enumerate(data)
        if isinstance(data, list)
        else ()
    )
    for key, child in list(items):
        yield data, key
        yield from _places(child)


def longer(data: Any, count: int) -> Any:
    """Every list with so many copies of its first item."""
    if isinstance(data, dict):
        return {key: longer(child, count) for key, child in data.items()}
    if isinstance(data, list):
        return [longer(data[0], min(count, 3))] * count if data else data
    return data


PARTS = {
    "wire:": wire, "media:": media, "events:": events, "ending:": endings, "error:": errors,
    "text:": texts, "field:": fields,
}  # fmt: skip
