"""Whatever comes in, a refusal is a problem document with a known code, and nothing breaks."""

from __future__ import annotations

from functools import cache

import pytest
from django.urls import reverse

from scriptwriter.models import Book
from storyforge.core.api import KeyPages
from storyforge.projects.models import Project
from tests.contracts import malformed
from tests.contracts.conftest import is_generation_without_kind, undone, url_of
from tests.contracts.malformed import BODIES, FILENAMES, MULTIPART, multipart, part
from tests.contracts.operations import api_operations, filters_of
from tests.contracts.rules import RULES, Door
from tests.contracts.test_pages import url as page_url

pytestmark = pytest.mark.django_db
OPERATIONS = [op for op in api_operations() if op.key in RULES]
WRITES = [
    op
    for op in OPERATIONS
    if op.method in ("post", "put", "patch")
    and not RULES[op.key].multipart
    and not is_generation_without_kind(op)
]
READS_BODY = [op for op in WRITES if RULES[op.key].body({}) or "generate" in op.name]
# The parser is one for all; these have every sort of view and body.
ONE_OF_EACH = [
    op
    for op in READS_BODY
    if op.key
    in [
        "POST project-list",
        "POST character-list",
        "PATCH scene-detail",
        "POST book-generate",
        "POST token-list",
        "PATCH plot-detail",
        "POST invitations",
        "POST script-and-scenes",
        "POST book-plot-save",
        "POST script-create-version",
    ]
]
LISTS = [
    op
    for op in OPERATIONS
    if RULES[op.key].door in (Door.LIST, Door.PUBLIC) and op.key.startswith("GET ")
]
UPLOADS = ["/api/v1/books", "/api/v1/scripts/import"]


def by_key(operation):
    return operation.key


@pytest.fixture(scope="module")
def alice(personas):
    return personas["alice"]


def raw(client, method, url, body=b"", content_type=malformed.JSON, **headers):
    cookies = client.cookies.copy()  # a broken session cookie is taken away
    with undone():
        answer = client.generic(
            method.upper(), url, body, content_type=content_type, headers=headers
        )
    client.cookies = cookies
    return answer


def assert_refusal(response, known_codes):
    """A problem document, whole and with a code of the catalog."""
    assert response.status_code < 500
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == response.status_code
    assert body["error_code"] in known_codes
    assert {"type", "title", "detail", "request_id"} <= set(body)


def assert_sound(response, known_codes):
    """An answer, or a refusal as it should be."""
    if response.status_code >= 400:
        assert_refusal(response, known_codes)


@pytest.mark.parametrize("bad", BODIES, ids=lambda bad: bad.name)
def test_a_malformed_body_gets_the_same_answer_everywhere(bad, alice, world, known_codes):
    for operation in ONE_OF_EACH:
        url = url_of(operation, world)
        response = raw(alice, operation.method, url, bad.body, bad.content_type)
        assert_refusal(response, known_codes)
        found = (response.status_code, response.json()["error_code"])
        assert found == (bad.status, bad.code), operation.key


EVERYWHERE = [
    bad
    for bad in BODIES
    if bad.name
    in [
        "NUL deep inside", "high surrogate in a value", "cut utf-8", "NaN", "5,000 digits", "a key twice",
        "100,000 arrays", "a byte too many", "array", "as text/plain",
    ]
]  # fmt: skip


@pytest.mark.parametrize("operation", [op for op in OPERATIONS if op.method != "get"], ids=by_key)
def test_no_operation_that_changes_anything_reads_a_malformed_body(
    operation, alice, world, known_codes
):
    """The operations are those of the committed schema: test_matrix holds the two lists together."""
    url = url_of(operation, world)
    for bad in EVERYWHERE:
        response = raw(alice, operation.method, url, bad.body, bad.content_type)
        assert_refusal(response, known_codes)
        found = (response.status_code, response.json()["error_code"])
        wanted = {(bad.status, bad.code)}
        if RULES[operation.key].multipart:
            wanted.add((415, "unsupported_media_type"))
        assert found in wanted, bad.name


def test_64_levels_and_the_largest_integers_are_read(alice, world):
    url = url_of(next(op for op in WRITES if op.key == "POST analyze-archetypes"), world)
    deep = b'{"character_description": "brave", "more": ' + b"[" * 63 + b"]" * 63 + b"}"
    large = (
        b'{"character_description": "brave", "more": [9223372036854775807, -9223372036854775808]}'
    )
    assert raw(alice, "post", url, deep).status_code == 200
    assert raw(alice, "post", url, large).status_code == 200


def fields_of(operation):
    """The fields a body of this operation may have, each with what reads it; of those alike, such as long texts, one."""
    fields = {name: name for name in RULES[operation.key].body({})}
    serializer = getattr(operation.view, "serializer_class", None)
    if serializer is not None and operation.name.endswith(("-list", "-detail")):
        written = [f for f in serializer().fields.values() if not f.read_only]
        fields |= {field.field_name: kind for kind, field in {type(f): f for f in written}.items()}
    if "generate" in operation.name:
        fields |= {name: name for name in ("instructions", "writer", "script_style")}
    return fields


WITH_VALUES = [op for op in READS_BODY if op.method != "put"]


@cache
def values_of_fields():
    """By operation and field what is sent: every value where its reader is met first, some where it is met again."""
    fields = [(op.key, *field) for op in WITH_VALUES for field in fields_of(op).items()]
    first = {reader: (key, name) for key, name, reader in reversed(fields)}
    return {
        (key, name): malformed.VALUES if first[reader] == (key, name) else malformed.SOME_VALUES
        for key, name, reader in fields
    }


@pytest.mark.parametrize("operation", WITH_VALUES, ids=by_key)
def test_any_value_in_any_field_is_taken_or_refused(operation, alice, world, known_codes):
    url, body = url_of(operation, world), RULES[operation.key].body(world)
    for field in fields_of(operation):
        for value in values_of_fields()[operation.key, field]:
            data = malformed.replaced(body, field, value)
            assert_sound(raw(alice, operation.method, url, data), known_codes)


@pytest.mark.parametrize("operation", [op for op in WRITES if "generate" in op.name], ids=by_key)
def test_a_generation_refuses_fields_it_does_not_know(operation, alice, world):
    response = raw(alice, "post", url_of(operation, world), b'{"temperature": 2, "__class__": 1}')
    assert (response.status_code, response.json()["error_code"]) == (400, "validation_error")
    assert set(response.json()["errors"]) == {"temperature", "__class__"}


@pytest.mark.parametrize("operation", LISTS, ids=by_key)
def test_any_query_is_answered_or_refused(operation, alice, world, known_codes):
    url = url_of(operation, world)
    for name, reader in names_in_queries(operation.view).items():
        first = first_readers()[reader] == (operation.key, name)
        for value in malformed.QUERIES if first else malformed.SOME_QUERIES:
            assert_sound(raw(alice, "get", f"{url}?{name}={value}"), known_codes)


def names_in_queries(view):
    """What a list reads of its query and by what: its pages, its format, and of filters that are alike one."""
    pages = getattr(view, "pagination_class", None)
    cursor = issubclass(pages, KeyPages) if pages else False
    alike = {
        (type(found), found.method, found.lookup_expr): name
        for name, found in filters_of(view).items()
    }
    own = ("limit", "cursor") if cursor else ("page", "page_size")
    return {name: (pages, name) for name in ("format", *own)} | {n: r for r, n in alike.items()}


@cache
def first_readers():
    """What reads parts of queries, with the list and the name where each is met first."""
    return {
        reader: (op.key, name)
        for op in reversed(LISTS)
        for name, reader in names_in_queries(op.view).items()
    }


@pytest.mark.parametrize("name", ["GET job-events", "GET script-export", "GET version-export"])
def test_any_query_of_an_action_is_answered_or_refused(name, alice, world, known_codes):
    url = url_of(next(op for op in OPERATIONS if op.key == name), world)
    for value in malformed.QUERIES:
        for parameter in ("after", "as", "format"):
            assert_sound(raw(alice, "get", f"{url}?{parameter}={value}"), known_codes)


@pytest.mark.parametrize("operation", OPERATIONS, ids=by_key)
def test_any_path_is_not_found(operation, alice, world, known_codes):
    url = url_of(operation, world)
    if "<pk>" not in operation.route:
        return
    here = str(url_of(operation, {})).split("/")
    there = url.split("/")
    index = len(there) - 1 - there[::-1].index(next(p for p in there[::-1] if p not in here))
    first = next(op for op in OPERATIONS if op.view is operation.view and "<pk>" in op.route)
    for garbage in malformed.PATHS if operation is first else malformed.SOME_PATHS:
        path = "/".join([*there[:index], garbage, *there[index + 1 :]])
        response = raw(alice, operation.method, path, b"{}")
        assert_refusal(response, known_codes)


@pytest.mark.parametrize("url", UPLOADS)
@pytest.mark.parametrize("filename", FILENAMES)
def test_any_file_name_is_taken_or_refused(url, filename, alice, world, known_codes):
    project = str(world[Project].pk).encode()
    file = part("file", b"INT. INN - NIGHT\n\nRain.\n", filename)
    body = multipart(part("project", project), file)
    assert_sound(raw(alice, "post", url, body, MULTIPART), known_codes)


CONTENTS = {
    "nothing": b"",
    "NULs": b"\0" * 1_000,
    "all bytes": bytes(range(256)) * 8,
    "a NUL in a script": b"INT. INN\0 - NIGHT\n\nRa\0in.\n",
    "a title with a NUL": b"Title: The\0 Road\n\nINT. INN - NIGHT\n\nRain.\n",
    "surrogates": b"INT. INN\xed\xa0\x80 - NIGHT\n\n\xed\xa0\x80.\n",
    "utf-16 surrogate": b"\xff\xfe\x00\xd8A\x00",
    "a long title": b"Title: " + b"x" * 10_000 + b"\n\nINT. INN - NIGHT\n\nRain.\n",
    "a long heading": b"INT. " + b"X" * 10_000 + b"\n\nRain.\n",
    "a long number": b"INT. INN #" + b"9" * 10_000 + b"#\n\nRain.\n",
}


@pytest.mark.parametrize("url", UPLOADS)
@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
def test_any_content_is_taken_or_refused(url, content, alice, world, known_codes):
    project = str(world[Project].pk).encode()
    body = multipart(part("project", project), part("file", content, "a.fountain"))
    assert_sound(raw(alice, "post", url, body, MULTIPART), known_codes)


def forms(project):
    """Multipart bodies that are odd around the file."""
    file, id_ = part("file", b"Rain.", "a.txt"), part("project", project)
    odd_name = "; filename*=no-such-charset''a.txt"
    return {
        "empty": b"",
        "no parts": multipart(),
        "no boundary inside": b"project=1",
        "no file": multipart(id_),
        "no project": multipart(file),
        "file as text": multipart(id_, part("file", b"Rain.")),
        "project as a file": multipart(part("project", project, "a.txt"), file),
        "title as a file": multipart(id_, file, part("title", b"x", "a.txt")),
        "NUL in the project": multipart(part("project", project + b"\0"), file),
        "NUL in the title": multipart(id_, file, part("title", b"a\0b")),
        "surrogate in the title": multipart(id_, file, part("title", b"\xed\xa0\x80")),
        "not UTF-8 in the title": multipart(id_, file, part("title", b"\xff\xfe")),
        "NUL in a name": multipart(id_, file, part("a\0b", b"x")),
        "a long title": multipart(id_, file, part("title", b"x" * 10_000)),
        "twice": multipart(id_, id_, file, file),
        "cut": multipart(id_, file)[:-20],
        "unknown charset of the name": multipart(id_, part("file", b"Rain.", more=odd_name)),
        "base64 that is none": multipart(
            id_, part("file", b"???", "a.txt", "\r\nContent-Transfer-Encoding: base64")
        ),
        "2,000 fields": multipart(id_, file, *[part(f"f{i}", b"x") for i in range(2_000)]),
        "500 files": multipart(id_, *[part(f"f{i}", b"x", "a.txt") for i in range(500)]),
        "2 MB of fields": multipart(id_, file, part("title", b"x" * 2_000_000)),
    }


@pytest.mark.parametrize("url", UPLOADS)
@pytest.mark.parametrize("name", forms(b""))
def test_any_form_is_taken_or_refused(url, name, alice, world, known_codes):
    body = forms(str(world[Project].pk).encode())[name]
    assert_sound(raw(alice, "post", url, body, MULTIPART), known_codes)


@pytest.mark.parametrize("url", UPLOADS)
@pytest.mark.parametrize(
    "content_type",
    ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=ä",
     "multipart/form-data; boundary=line; charset=no-such", "multipart/mixed; boundary=line",
     "application/json; charset=no-such", "", ";", "multipart"],
)  # fmt: skip
def test_any_content_type_is_taken_or_refused(url, content_type, alice, world, known_codes):
    body = multipart(part("project", str(world[Project].pk).encode()))
    assert_refusal(raw(alice, "post", url, body, content_type), known_codes)


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("If-Match", "x" * 5_000), ("If-Match", '"\x00"'), ("If-Match", "é"), ("If-Match", ",,,"),
        ("If-None-Match", "é"), ("If-None-Match", '"' * 99), ("If-Modified-Since", "yesterday"),
        ("Accept", "text/html"), ("Accept", "garbage"), ("Accept", ";;;,,,"), ("Accept", ""),
        ("Authorization", "Bearer"), ("Authorization", "Basic !!"), ("Authorization", "é" * 99),
        ("Accept-Language", "\x00"), ("Range", "bytes=-1"), ("Cookie", "session=\x00; csrftoken=é"),
        ("X-HTTP-Method-Override", "DELETE"), ("Content-Length", "-5"), ("Content-Length", "abc"),
    ],
)  # fmt: skip
def test_any_header_is_taken_or_refused(header, value, alice, world, known_codes):
    for operation in OPERATIONS:
        if header == "If-Match" and operation.method == "get":
            continue  # means nothing to a read; HTTP answers it with a bare 412
        if operation.name in ("scene-detail", "project-detail", "book-list"):
            response = raw(
                alice, operation.method, url_of(operation, world), b"{}", **{header: value}
            )
            assert_sound(response, known_codes)


PAGE_QUERIES = {
    "jobs": ("status", "page"),
    "characters": ("role",),
    "plot": ("version",),
    "script": ("scene",),
    "script_versions": ("from", "to"),
    "sign_in": ("next",),
}


@pytest.mark.parametrize("name", PAGE_QUERIES)
def test_any_query_of_a_page_is_answered(name, alice, world):
    for parameter in PAGE_QUERIES[name]:
        for value in malformed.QUERIES:
            response = alice.get(f"{page_url(name, world)}?{parameter}={value}")
            assert response.status_code in (200, 404)


@pytest.mark.parametrize(
    "name", ["a\0b", "\0", " ", "x" * 10_000, "\ud800".encode("utf-8", "replace")]
)
def test_any_name_starts_a_project(name, alice):
    with undone():
        assert alice.post(reverse("start_project"), {"name": name}, "multipart").status_code == 302


def test_a_body_that_is_no_form_starts_a_project_without_a_name(alice):
    response = raw(alice, "post", reverse("start_project"), b"\xff\0", MULTIPART)
    assert response.status_code in (302, 400)


@pytest.mark.parametrize(
    "path", ["/api/%00", "/api/v1/nothing", "/api/v1/%ED%A0%80", "/api/v2/books"]
)
def test_an_unknown_path_below_the_api_is_a_problem_document(path, alice, known_codes):
    assert_refusal(alice.get(path), known_codes)
    assert_refusal(alice.post(path, {}), known_codes)


def test_a_method_that_is_not_there_is_refused(alice, world, known_codes):
    response = alice.delete("/api/v1/books")
    assert (response.status_code, response.json()["error_code"]) == (405, "method_not_allowed")
    assert_refusal(raw(alice, "BREW", "/api/v1/books"), known_codes)


@pytest.mark.parametrize("name", ["deep_100k", "lone_surrogate_and_nul", "nan_infinity_dupes"])
def test_the_shared_bodies_are_refused(name, alice, world, shared, known_codes):
    body = (shared / "nasty" / "json" / f"{name}.json").read_bytes()
    for operation in ONE_OF_EACH:
        response = raw(alice, operation.method, url_of(operation, world), body)
        assert_refusal(response, known_codes)
        assert response.status_code == 400


def test_the_books_page_shows_no_trace_of_what_was_refused(alice, world):
    assert Book.objects.filter(project=world[Project]).count() == 1
