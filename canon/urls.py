from __future__ import annotations

from django.urls import path

from canon.pages import CharacterPage, CharactersPage

urlpatterns = [
    path("projects/<uuid:project_pk>/characters", CharactersPage.as_view(), name="characters"),
    path(
        "projects/<uuid:project_pk>/characters/<uuid:pk>",
        CharacterPage.as_view(),
        name="character",
    ),
]
