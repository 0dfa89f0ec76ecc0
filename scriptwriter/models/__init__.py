"""Books, their plots, and the scripts made of them."""

from scriptwriter.models.book import Book, BookFile, Chapter, ChapterScene, ChapterText, Place
from scriptwriter.models.plot import PlotOverview, Theme
from scriptwriter.models.script import (
    Scene,
    SceneCard,
    SceneRevision,
    Script,
    ScriptVersion,
    VersionScene,
)

__all__ = [
    "Book",
    "BookFile",
    "Chapter",
    "ChapterScene",
    "ChapterText",
    "Place",
    "PlotOverview",
    "Scene",
    "SceneCard",
    "SceneRevision",
    "Script",
    "ScriptVersion",
    "Theme",
    "VersionScene",
]
