"""Read a Markdown text: headings become chapters, marks go, the words stay."""

from __future__ import annotations

import re

from scriptwriter.readers import limits
from scriptwriter.readers.assembly import split_book
from scriptwriter.readers.blocks import Blocks, BlockWriter
from scriptwriter.readers.encodings import decode
from scriptwriter.readers.front import front_matter
from scriptwriter.readers.inline import plain_inline
from scriptwriter.readers.kinds import stem
from scriptwriter.readers.languages import iso_639_1
from scriptwriter.readers.types import ReadBook
from storyforge.core.errors import FileTooLarge, UnreadableFile

LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*))?$")
CLOSING = re.compile(r"(?:(?<=[ \t])|^)#+[ \t]*$")
UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*$")
RULE = re.compile(r" {0,3}([*_-])(?:[ \t]*\1){2,40}[ \t]*$")
QUOTE = re.compile(r"(?: {0,3}>[ \t]?){1,20}")
DEFINITION = re.compile(r" {0,3}\[[^\]\n]{1,200}\]:")
KEY = re.compile(r"([A-Za-z_-]{1,30}):[ \t]*(.*)")
FRONT_LINES = 200
LONGEST_TITLE = 120


def read_markdown(data: bytes, filename: str) -> ReadBook:
    """Read a Markdown file; offsets refer to the text without its marks."""
    decoded = decode(data)
    if len(decoded.text) > limits.TEXT_CHARS:
        raise FileTooLarge(f"The text is longer than {limits.TEXT_CHARS:,} characters.")
    lines = LINE_ENDS.sub("\n", decoded.text).split("\n")
    said, start = _front_lines(lines)
    content = _blocks(lines[start:])
    if not content.text:
        raise UnreadableFile("The file is empty.")
    front = front_matter(content.text)
    title = said.get("title") or _top_heading(content) or front.title or stem(filename)
    split = split_book(content, [], book_title=title, body_end=front.body_end)
    return ReadBook(
        title=title,
        author=said.get("author") or front.author,
        language=iso_639_1(said.get("lang") or said.get("language") or "") or front.language,
        format="md",
        encoding=decoded.encoding,
        text=content.text,
        chapters=split.chapters,
        warnings=(*decoded.warnings, *split.warnings),
    )


def _front_lines(lines: list[str]) -> tuple[dict[str, str], int]:
    """Read a block of `key: value` lines between `---` at the top; return it and where it ends."""
    if not lines or lines[0].rstrip() != "---":
        return {}, 0
    for number, line in enumerate(lines[1:FRONT_LINES], start=1):
        if line.rstrip() in ("---", "..."):
            found = (KEY.fullmatch(entry.rstrip()) for entry in lines[1:number])
            said = {m[1].casefold(): m[2].strip(" \t'\"[]")[:500] for m in found if m}
            return said, number + 1
    return {}, 0


def _top_heading(content: Blocks) -> str:
    """Return the first heading where it alone stands on the top level, above others."""
    headings = [block for block in content.blocks if block.level]
    top = [block for block in headings if block.level == 1]
    if len(top) != 1 or len(headings) < 3 or top[0] is not headings[0]:
        return ""
    return content.text[top[0].start : top[0].end]


def _blocks(lines: list[str]) -> Blocks:
    writer = BlockWriter()
    reader = _Lines(writer)
    for line in lines:
        reader.read(line)
    reader.flush()
    return writer.finish()


class _Lines:
    """Takes lines one by one and writes paragraphs, headings and rules."""

    def __init__(self, writer: BlockWriter) -> None:
        self._writer = writer
        self._paragraph: list[str] = []
        self._fence = ""

    def read(self, line: str) -> None:
        """Take the next line."""
        if self._fence or FENCE.match(line):
            self._in_fence(line)
        elif heading := HEADING.match(line):
            self.flush()
            title = CLOSING.sub("", heading[2] or "")
            self._writer.add(_one_line(title), level=len(heading[1]))
        elif self._paragraph and (underline := UNDERLINE.match(line)):
            self._underlined(1 if underline[1].startswith("=") else 2)
        elif RULE.match(line):
            self.flush()
            self._writer.scene_break()
        elif not line.strip():
            self.flush()
        elif self._paragraph or not DEFINITION.match(line):
            self._paragraph.append(QUOTE.sub("", line, count=1) if ">" in line[:8] else line)

    def flush(self) -> None:
        """End the paragraph."""
        lines = "\n".join(self._paragraph)
        self._paragraph.clear()
        shown = plain_inline(lines).split("\n")
        self._writer.add("\n".join(line.strip() for line in shown).strip())

    def _underlined(self, level: int) -> None:
        """Take a line of dashes as an underline, but below a long paragraph as a scene break."""
        title = _one_line("\n".join(self._paragraph))
        if level == 2 and len(title) > LONGEST_TITLE:
            self.flush()
            self._writer.scene_break()
            return
        self._paragraph.clear()
        self._writer.add(title, level=level)

    def _in_fence(self, line: str) -> None:
        """Keep what stands between fences as it is; the fences themselves go."""
        mark = FENCE.match(line)
        if not self._fence and mark:
            self.flush()
            self._fence = mark[1]
        elif mark and mark[1].startswith(self._fence) and not line.strip(" \t" + mark[1][0]):
            self._fence = ""
            self._writer.add("\n".join(self._paragraph).strip("\n"))
            self._paragraph.clear()
        else:
            self._paragraph.append(line)


def _one_line(text: str) -> str:
    return " ".join(plain_inline(text).split())
