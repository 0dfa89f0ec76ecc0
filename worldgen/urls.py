from __future__ import annotations

from django.urls import path

from worldgen.pages.campaigns import EditWorldPage, NewWorldPage, WorldHome, WorldsPage
from worldgen.pages.party import CharacterPage, PartyPage
from worldgen.pages.tables import RowPage, TablePage

PROJECT = "projects/<uuid:project_pk>"
WORLD = f"{PROJECT}/worlds/<uuid:pk>"
ROW = f"{WORLD}/tables/<str:table>/<str:key>"

urlpatterns = [
    path(f"{PROJECT}/worlds", WorldsPage.as_view(), name="worlds"),
    path(f"{PROJECT}/worlds/new", NewWorldPage.as_view(), name="world_new"),
    path(WORLD, WorldHome.as_view(), name="world"),
    path(f"{WORLD}/edit", EditWorldPage.as_view(), name="world_edit"),
    path(f"{WORLD}/party", PartyPage.as_view(), name="world_party"),
    path(f"{WORLD}/party/<str:code>", CharacterPage.as_view(), name="world_character"),
    path(f"{WORLD}/tables/<str:table>", TablePage.as_view(), name="world_table"),
    path(ROW, RowPage.as_view(), name="world_row"),
]
