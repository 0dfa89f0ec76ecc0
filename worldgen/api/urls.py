"""The routes of worlds, below /api/v1/. Both spellings, with and without trailing slash, answer alike."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, re_path

from worldgen.api import (
    decisions,
    exchange,
    party,
    planning,
    quality,
    runs,
    tables,
    vocabulary,
    words,
)

CAMPAIGN = r"^campaigns/(?P<campaign_pk>[0-9a-f-]{36})"
TABLE = r"tables/(?P<table>[a-z_]{1,40})"
KEY = r"(?P<key>[A-Za-z0-9-]{1,40})"


def below(path: str, view: Any, name: str) -> URLPattern:
    """A route below one campaign."""
    return re_path(rf"{CAMPAIGN}/{path}/?$", view.as_view(), name=name)


def one(words: str, view: Any, name: str, path: str = "") -> URLPattern:
    """A route to one record by its id."""
    return re_path(rf"^{words}/(?P<pk>[0-9a-f-]{{36}}){path}/?$", view.as_view(), name=name)


urlpatterns = [
    re_path(r"^worldgen/phases/?$", vocabulary.PhasesView.as_view(), name="world-phases"),
    re_path(
        r"^worldgen/phases/(?P<phase>[0-9A-Z]{1,4})/schema/?$",
        vocabulary.PhaseSchemaView.as_view(),
        name="phase-schema",
    ),
    re_path(
        rf"^worldgen/{TABLE}/schema/?$",
        vocabulary.TableSchemaView.as_view(),
        name="table-schema",
    ),
    below("player-characters", party.CharactersView, "party"),
    below(f"player-characters/{KEY}", party.CharacterView, "party-member"),
    below(f"player-characters/{KEY}/extract-facts", party.ExtractFactsView, "extract-facts"),
    below("pc-facts", party.FactsView, "pc-facts"),
    below(f"pc-facts/{KEY}", party.FactView, "pc-fact"),
    below(f"pc-facts/{KEY}/confirm", party.ConfirmFactView, "confirm-fact"),
    below("estimate", planning.EstimateView, "estimate-world"),
    below(r"phases/(?P<phase>[0-9A-Z]{1,4})/preview", planning.PreviewView, "preview-phase"),
    below("runs", runs.RunsView, "campaign-runs"),
    below("phases", runs.PhasesOfCampaign, "campaign-phases"),
    below("phases/(?P<phase>[0-9A-Z]{1,2})/restart", runs.RestartView, "restart-phase"),
    below(f"{TABLE}/{KEY}/regenerate", runs.RegenerateView, "regenerate-row"),
    below("stale", runs.StaleView, "stale-rows"),
    below("stale/accept", runs.AcceptStaleView, "accept-stale"),
    below("stale/remove", runs.RemoveDroppedView, "remove-dropped"),
    below("tables", tables.TablesView, "world-tables"),
    below(TABLE, tables.TableView, "world-table"),
    below(f"{TABLE}/{KEY}", tables.RowView, "world-row"),
    below(f"{TABLE}/{KEY}/links", decisions.LinksView, "row-links"),
    below(f"{TABLE}/{KEY}/lock", decisions.LockView, "lock-row"),
    below(f"{TABLE}/{KEY}/unlock", decisions.UnlockView, "unlock-row"),
    below(f"{TABLE}/{KEY}/accept", decisions.AcceptView, "accept-row"),
    below(f"{TABLE}/{KEY}/reveal", decisions.RevealView, "reveal-row"),
    below(r"rows/(?P<decision>[a-z]{1,10})", decisions.DecideView, "decide-rows"),
    below("checks", quality.ChecksView, "world-checks"),
    below("coverage", quality.CoverageView, "world-coverage"),
    below("roster", quality.RosterView, "world-roster"),
    below("drafts", quality.DraftsView, "world-drafts"),
    below("issues", quality.IssuesView, "world-issues"),
    below("vocabulary", words.VocabularyView, "world-vocabulary"),
    below("export", exchange.ExportView, "export-world"),
    below("exports", exchange.ExportsView, "world-exports"),
    one("world-exports", exchange.ExportFileView, "export-file", "/file"),
    re_path(r"^campaigns/import/?$", exchange.ImportView.as_view(), name="import-world"),
    one("drafts", quality.DraftView, "world-draft"),
    one("drafts", quality.AdoptDraftView, "adopt-draft", "/adopt"),
    one("drafts", quality.DiscardDraftView, "discard-draft", "/discard"),
    one("issues", quality.ResolveIssueView, "resolve-issue", "/resolve"),
]
