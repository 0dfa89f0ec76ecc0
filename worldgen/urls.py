from __future__ import annotations

from django.urls import path

from worldgen.pages.campaigns import EditWorldPage, NewWorldPage, WorldHome, WorldsPage
from worldgen.pages.drafts import DraftPage, DraftsPage, HistoryPage
from worldgen.pages.editing import EditRowPage, NewRowPage
from worldgen.pages.imports import ImportPage
from worldgen.pages.maps import MapPage, WebPage
from worldgen.pages.party import CharacterPage, PartyPage
from worldgen.pages.reports import ChecksPage, CoveragePage, DownloadPage, IssuesPage
from worldgen.pages.roster import RosterPage
from worldgen.pages.runs import RunsPage
from worldgen.pages.tables import RowPage, TablePage
from worldgen.pages.vocabulary import VocabularyPage

PROJECT = "projects/<uuid:project_pk>"
WORLD = f"{PROJECT}/worlds/<uuid:pk>"
ROW = f"{WORLD}/tables/<str:table>/<str:key>"

urlpatterns = [
    path(f"{PROJECT}/worlds", WorldsPage.as_view(), name="worlds"),
    path(f"{PROJECT}/worlds/new", NewWorldPage.as_view(), name="world_new"),
    path(f"{PROJECT}/worlds/import", ImportPage.as_view(), name="world_import"),
    path(WORLD, WorldHome.as_view(), name="world"),
    path(f"{WORLD}/edit", EditWorldPage.as_view(), name="world_edit"),
    path(f"{WORLD}/party", PartyPage.as_view(), name="world_party"),
    path(f"{WORLD}/party/<str:code>", CharacterPage.as_view(), name="world_character"),
    path(f"{WORLD}/tables/<str:table>", TablePage.as_view(), name="world_table"),
    path(f"{WORLD}/map", MapPage.as_view(), name="world_map"),
    path(f"{WORLD}/relations", WebPage.as_view(), name="world_web"),
    path(f"{WORLD}/coverage", CoveragePage.as_view(), name="world_coverage"),
    path(f"{WORLD}/checks", ChecksPage.as_view(), name="world_checks"),
    path(f"{WORLD}/references", IssuesPage.as_view(), name="world_issues"),
    path(f"{WORLD}/vocabulary", VocabularyPage.as_view(), name="world_vocabulary"),
    path(f"{WORLD}/download/<str:format>", DownloadPage.as_view(), name="world_download"),
    path(f"{WORLD}/runs", RunsPage.as_view(), name="world_runs"),
    path(f"{WORLD}/roster/<str:phase>", RosterPage.as_view(), name="world_roster"),
    path(f"{WORLD}/drafts", DraftsPage.as_view(), name="world_drafts"),
    path(f"{WORLD}/drafts/<uuid:draft>", DraftPage.as_view(), name="world_draft"),
    path(f"{WORLD}/tables/<str:table>/new", NewRowPage.as_view(), name="world_row_new"),
    path(f"{ROW}/edit", EditRowPage.as_view(), name="world_row_edit"),
    path(f"{ROW}/history", HistoryPage.as_view(), name="world_history"),
    path(ROW, RowPage.as_view(), name="world_row"),
]
