"""Hostile and broken ZIP containers are refused by their directory, before anything unpacks."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from scriptwriter.readers import limits
from scriptwriter.readers.archive import Archive
from scriptwriter.readers.tests.samples import zip_of
from storyforge.core.errors import FileTooLarge, UnreadableFile


def test_members_are_read_and_found_by_loose_names() -> None:
    archive = Archive(zip_of({"OPS/My Page.xhtml": "one", "OPS/ä.xhtml": "two"}))
    assert archive.read("OPS/My Page.xhtml") == b"one"
    assert archive.find("OPS/my%20page.xhtml") == "OPS/My Page.xhtml"
    assert archive.find("OPS/%C3%A4.xhtml") == "OPS/ä.xhtml"
    assert archive.find("OPS/none.xhtml") is None


@pytest.mark.parametrize(
    "name",
    ["../evil", "a/../../evil", "/etc/passwd", "C:/evil", "a\\..\\evil", "a\x01b"],
)
def test_unsafe_names_are_refused(name: str) -> None:
    with pytest.raises(UnreadableFile, match="unsafe name"):
        Archive(zip_of({"good": "x", name: "x"}))


def test_two_members_of_one_name_are_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a", "1")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a", "2")
    with pytest.raises(UnreadableFile, match="same name"):
        Archive(packed.getvalue())


def test_links_are_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(UnreadableFile, match="link"):
        Archive(packed.getvalue())


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_only_stored_and_deflated_members_are_opened(method: int) -> None:
    with pytest.raises(UnreadableFile, match="packed in a way"):
        Archive(zip_of({"a": "x" * 1000}, method=method))


def test_a_bomb_is_refused_by_its_ratio() -> None:
    with pytest.raises(FileTooLarge, match="100 times"):
        Archive(zip_of({"a": b"\x00" * (3 << 20)}))


def test_a_large_member_and_a_large_total_are_refused() -> None:
    with pytest.raises(FileTooLarge, match="32 MB"):
        Archive(_with_size(zip_of({"a": "x"}), limits.ZIP_MEMBER_BYTES + 1))
    members: dict[str, str | bytes] = {str(n): "x" for n in range(3)}
    stored = _with_size(zip_of(members, method=0), limits.ZIP_MEMBER_BYTES, packed=True)
    with pytest.raises(FileTooLarge, match="64 MB"):
        Archive(stored)


def test_a_header_that_lies_about_the_size_does_not_get_more_memory() -> None:
    bomb = zip_of({"a": b"\x00" * (40 << 20)})
    archive = Archive(_with_size(bomb, 1000))
    with pytest.raises(UnreadableFile, match="damaged"):
        archive.read("a")


def test_the_limit_of_a_read_counts_bytes_not_promises() -> None:
    archive = Archive(zip_of({"a": b"x" * 5000}))
    with pytest.raises(FileTooLarge):
        archive.read("a", limit=4999)


def test_too_many_members_are_refused() -> None:
    with pytest.raises(FileTooLarge, match="2,000 parts"):
        Archive(zip_of({str(n): "" for n in range(limits.ZIP_ENTRIES + 1)}))


def test_an_encrypted_member_is_refused() -> None:
    data = bytearray(zip_of({"a": "x"}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(UnreadableFile, match="password"):
        Archive(bytes(data))


@pytest.mark.parametrize("cut", [10, 40, 80])
def test_a_cut_container_is_called_damaged(cut: int) -> None:
    with pytest.raises(UnreadableFile, match="damaged"):
        Archive(zip_of({"a": "x" * 100})[:cut])


def test_a_directory_that_claims_to_be_huge_is_not_loaded() -> None:
    data = bytearray(zip_of({"a": "x"}))
    struct.pack_into("<L", data, data.rindex(b"PK\x05\x06") + 12, limits.ZIP_DIRECTORY_BYTES + 1)
    with pytest.raises(FileTooLarge, match="parts"):
        Archive(bytes(data))


def _with_size(data: bytes, size: int, *, packed: bool = False) -> bytes:
    """Write another unpacked (and packed) size into every record of the directory."""
    changed = bytearray(data)
    at = changed.find(b"PK\x01\x02")
    while at >= 0:
        struct.pack_into("<L", changed, at + 24, size)
        if packed:
            struct.pack_into("<L", changed, at + 20, size)
        at = changed.find(b"PK\x01\x02", at + 4)
    return bytes(changed)
