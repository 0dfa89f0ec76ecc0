"""What every registered format promises."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings

from scriptwriter.formats.elements import Document
from scriptwriter.formats.fountain import parse
from scriptwriter.formats.registry import FORMATS, LARGEST_SCRIPT, Format
from scriptwriter.formats.tests.scripts import DOCUMENTS, OWN, source_of
from storyforge.core.errors import FileTooLarge, UnreadableFile

BOTH_WAYS = [entry for entry in FORMATS.values() if entry.read and entry.write]
WRITTEN = [entry for entry in FORMATS.values() if entry.write]


def elements_of(document: Document) -> list[object]:
    return [replace(element, raw=None) for element in document.elements]


@pytest.mark.parametrize("entry", BOTH_WAYS, ids=lambda entry: entry.name)
@settings(max_examples=60, deadline=None)
@given(document=DOCUMENTS)
def test_what_is_written_is_read_again(entry: Format, document: Document) -> None:
    assert entry.read
    assert entry.write
    again = entry.read(entry.write(document))
    assert elements_of(again) == elements_of(document)
    assert again.title_page == document.title_page


@pytest.mark.parametrize("entry", WRITTEN, ids=lambda entry: entry.name)
def test_the_same_document_gives_the_same_bytes(entry: Format) -> None:
    document = parse(source_of(OWN))
    assert entry.write
    assert entry.write(document) == entry.write(document)
    assert isinstance(entry.write(Document()), bytes)


def test_names_and_extensions_are_told_once() -> None:
    assert {name: entry.name for name, entry in FORMATS.items()} == {n: n for n in FORMATS}
    assert [entry.extension for entry in FORMATS.values()] == [".fountain", ".pdf", ".json"]


def test_fountain_files_keep_their_bytes() -> None:
    data = b"\xef\xbb\xbf" + OWN.read_bytes().replace(b"\n", b"\r\n")
    fountain = FORMATS["fountain"]
    assert fountain.read
    assert fountain.write
    assert fountain.write(fountain.read(data)) == data


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252"])
def test_older_encodings_are_read(encoding: str) -> None:
    read = FORMATS["fountain"].read
    assert read
    assert read("CAFÉ\nHello.".encode(encoding)).elements[0].text == "CAFÉ"


@pytest.mark.parametrize("data", [b"\x00\xff\x00", b"\xff\xfe\x00", b"caf\xe9 \x81"])
def test_bytes_that_are_no_text_are_refused(data: bytes) -> None:
    read = FORMATS["fountain"].read
    assert read
    with pytest.raises(UnreadableFile):
        read(data)


def test_a_file_over_the_limit_is_refused() -> None:
    read = FORMATS["fountain"].read
    assert read
    with pytest.raises(FileTooLarge):
        read(b"a" * (LARGEST_SCRIPT + 1))


def test_json_names_kinds_and_leaves_out_what_is_empty() -> None:
    write = FORMATS["json"].write
    assert write
    document = parse("Title: A\n\nINT. HOUSE - DAY #1#\n\n@Bob (V.O.) ^\nHi.\n")
    assert json.loads(write(document)) == {
        "format": "storyforge/script/1",
        "title_page": [["Title", "A"]],
        "elements": [
            {"kind": "heading", "text": "INT. HOUSE - DAY", "number": "1"},
            {"kind": "cue", "text": "Bob (V.O.)", "dual": True, "speaker": "Bob"},
            {"kind": "dialogue", "text": "Hi."},
        ],
    }
