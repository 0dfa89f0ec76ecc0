"""The one way a ZIP container is opened: directory first, bytes counted, nothing on disk."""

from __future__ import annotations

import io
import stat
import struct
import unicodedata
import zipfile
import zlib
from urllib.parse import unquote

from scriptwriter.readers import limits
from storyforge.core.errors import FileTooLarge, UnreadableFile

DAMAGED = "The file is damaged: its container cannot be opened."
UTF8_NAME = 0x800
ENCRYPTED = 0x1
CHUNK = 1 << 16
# What zipfile raises on damaged records: wrong offsets, cut headers, unknown methods, bad data.
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)
END_OF_DIRECTORY = struct.Struct("<4s4H2LH")


class Archive:
    """Members of a ZIP file by name, refused as a whole when its directory looks hostile.

    Raises UnreadableFile for damaged, encrypted or crafted files, FileTooLarge over a limit.
    """

    def __init__(self, data: bytes) -> None:
        _check_directory_size(data)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except UNREADABLE as error:
            raise UnreadableFile(DAMAGED) from error
        self._members: dict[str, zipfile.ZipInfo] = {}
        self._left = limits.ZIP_TOTAL_BYTES
        self._check_members()
        self._loose = {_loose(name): name for name in self._members}
        self.mimetype = self._read_mimetype()

    @property
    def names(self) -> tuple[str, ...]:
        """All member names in the order of the directory."""
        return tuple(self._members)

    def has(self, name: str) -> bool:
        """Say whether there is a member of exactly this name."""
        return name in self._members

    def has_folder(self, name: str) -> bool:
        """Say whether any member lies below this top folder."""
        return any(member.startswith(name + "/") for member in self._members)

    def find(self, name: str) -> str | None:
        """Return the member meant by a link: exact, percent-decoded, or another spelling of it."""
        if name in self._members:
            return name
        plain = unquote(name)
        if plain in self._members:
            return plain
        return self._loose.get(_loose(plain))

    def read(self, name: str, *, limit: int = limits.ZIP_MEMBER_BYTES) -> bytes:
        """Return a member's bytes, counted while they unpack; the total of all reads is capped."""
        info = self._members[name]
        room = min(limit, self._left)
        parts: list[bytes] = []
        size = 0
        try:
            with self._zip.open(info) as stream:
                while chunk := stream.read(CHUNK):
                    size += len(chunk)
                    if size > room:
                        raise FileTooLarge(_too_large(limit))
                    parts.append(chunk)
        except UNREADABLE as error:
            raise UnreadableFile("The file is damaged: a part of it cannot be unpacked.") from error
        self._left -= size
        return b"".join(parts)

    def _check_members(self) -> None:
        infos = self._zip.infolist()
        if len(infos) > limits.ZIP_ENTRIES:
            raise FileTooLarge(f"The file holds more than {limits.ZIP_ENTRIES:,} parts.")
        total = 0
        for info in infos:
            name = _true_name(info)
            _check_name(name, info)
            _check_packing(info)
            if name in self._members:
                raise UnreadableFile("The file holds two parts of the same name.")
            total += info.file_size
            self._members[name] = info
        if total > limits.ZIP_TOTAL_BYTES:
            raise FileTooLarge(_too_large(limits.ZIP_TOTAL_BYTES))

    def _read_mimetype(self) -> str:
        if not self.has("mimetype") or self._members["mimetype"].file_size > 200:
            return ""
        return self.read("mimetype", limit=200).decode("ascii", "replace").strip()


def _too_large(limit: int) -> str:
    return f"Unpacked, the file is larger than {limits.megabytes(limit)}."


def _loose(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _check_directory_size(data: bytes) -> None:
    """Refuse by the end record alone: zipfile would load a directory of a million entries first."""
    at = data.rfind(b"PK\x05\x06")
    if at < 0 or at + END_OF_DIRECTORY.size > len(data):
        raise UnreadableFile(DAMAGED)
    record = END_OF_DIRECTORY.unpack_from(data, at)
    directory_bytes = record[5]
    if directory_bytes > limits.ZIP_DIRECTORY_BYTES:
        raise FileTooLarge(f"The file holds more than {limits.ZIP_ENTRIES:,} parts.")


def _true_name(info: zipfile.ZipInfo) -> str:
    """Return the name as meant: many writers store UTF-8 without saying so."""
    if info.flag_bits & UTF8_NAME:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename


def _check_name(name: str, info: zipfile.ZipInfo) -> None:
    parts = name.replace("\\", "/").split("/")
    absolute = name.startswith(("/", "\\")) or name[1:2] == ":"
    crafted = ".." in parts or "\\" in name or any(ord(c) < 32 for c in name)
    if absolute or crafted or not name:
        raise UnreadableFile("The file holds a part with an unsafe name, so it is not opened.")
    if stat.S_ISLNK(info.external_attr >> 16):
        raise UnreadableFile("The file holds a link instead of a part, so it is not opened.")


def _check_packing(info: zipfile.ZipInfo) -> None:
    if info.flag_bits & ENCRYPTED:
        raise UnreadableFile("The file is protected with a password.")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise UnreadableFile("The file is packed in a way books do not use, so it is not opened.")
    if info.file_size > limits.ZIP_MEMBER_BYTES:
        raise FileTooLarge(_too_large(limits.ZIP_MEMBER_BYTES))
    packed = max(info.compress_size, 1)
    if info.file_size > limits.ZIP_RATIO_FROM_BYTES and info.file_size / packed > limits.ZIP_RATIO:
        raise FileTooLarge("A part of the file unpacks to more than 100 times its size.")
