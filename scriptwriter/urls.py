from __future__ import annotations

from django.urls import path

from scriptwriter.pages.books import (
    BookFilePage,
    BookPage,
    BooksPage,
    ChapterPage,
    PlotPage,
    ProjectHome,
)
from scriptwriter.pages.scripts import ScriptFilePage, ScriptPage, ScriptsPage, VersionsPage

PROJECT = "projects/<uuid:project_pk>"

urlpatterns = [
    path(PROJECT, ProjectHome.as_view(), name="project"),
    path(f"{PROJECT}/books", BooksPage.as_view(), name="books"),
    path(f"{PROJECT}/books/<uuid:pk>", BookPage.as_view(), name="book"),
    path(
        f"{PROJECT}/books/<uuid:book_pk>/chapters/<uuid:pk>",
        ChapterPage.as_view(),
        name="chapter",
    ),
    path(f"{PROJECT}/books/<uuid:pk>/file", BookFilePage.as_view(), name="book_file"),
    path(f"{PROJECT}/books/<uuid:pk>/plot", PlotPage.as_view(), name="plot"),
    path(f"{PROJECT}/scripts", ScriptsPage.as_view(), name="scripts"),
    path(f"{PROJECT}/scripts/<uuid:pk>", ScriptPage.as_view(), name="script"),
    path(
        f"{PROJECT}/scripts/<uuid:pk>/file/<slug:format>",
        ScriptFilePage.as_view(),
        name="script_file",
    ),
    path(f"{PROJECT}/scripts/<uuid:pk>/versions", VersionsPage.as_view(), name="script_versions"),
]
