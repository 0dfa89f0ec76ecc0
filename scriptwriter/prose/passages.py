"""Verbatim pieces of a book as evidence for what is said about it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    """`quote == chapters[chapter][start:end]`; `chapter` counts from 0."""

    chapter: int
    start: int
    end: int
    quote: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """Something said about a book or a person, with the passages it rests on."""

    text: str
    passages: tuple[Passage, ...] = ()
