"""What a game master reads before play: coverage of the backstories, what the checks find, what is open."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse

from storyforge.core.downloads import File, attachment, named
from storyforge.core.errors import NotFound
from storyforge.projects.roles import Action
from worldgen.checking.checks import CHECKS, Finding, run_checks
from worldgen.checking.cited import MINIMUMS, coverage
from worldgen.exchange.markdown import document
from worldgen.exchange.world_json import export
from worldgen.models import PCFact, PlayerCharacter, ReferenceIssue
from worldgen.pages.base import WorldPage
from worldgen.phases import tables
from worldgen.rows import World, load
from worldgen.views.reader import Named
from worldgen.views.shown import words

PAGE = 50
MOST_FOUND = 100  # findings of one check that are listed
FORMATS = {"json": "application/json", "md": "text/markdown; charset=utf-8"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Need:
    """What a player character needs of a table, and has."""

    label: str
    table: str
    have: int
    wanted: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Covered:
    """One of the party: needs, and facts with the rows that cite them."""

    pc: PlayerCharacter
    needs: list[Need]
    facts: list[tuple[PCFact, list[Named]]]


class ReportPage(WorldPage):
    """A page over everything that stands, so for game masters."""

    needs = Action.VIEW_SECRETS

    def find(self, world: World) -> dict[str, Named]:
        """Every row by key, as links show it."""
        return {
            key: Named(id=row.id, table=table, code=row.values.get("code", ""),
                       name=row.values.get("name") or key.replace("|", ", "))
            for table in tables()
            for key, row in world.tables[table].items()
        }  # fmt: skip


class CoveragePage(ReportPage):
    """Which facts of the backstories turn up where, and what each player character still lacks."""

    template_name = "worlds/coverage.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        world = load(self.campaign)
        report, named = coverage(world), self.find(world)
        party = [
            Covered(
                pc=pc,
                needs=[_need(world, code, table, wanted) for table, wanted in MINIMUMS.items()],
                facts=[
                    (fact, [named[key] for key in report.facts[fact.code] if key in named])
                    for fact in world.facts
                    if fact.pc_id == pc.pk
                ],
            )
            for code, pc in world.party.items()
        ]
        must = [fact for fact in world.facts if fact.must_use]
        context |= {
            "party": party,
            "must": len(must),
            "used": sum(bool(report.facts[fact.code]) for fact in must),
            "orphans": [named[key] for key in report.orphans if key in named],
            "largest_share": round(report.largest_share * 100),
            "mean_links": f"{report.mean_links:.1f}",
            "has_rows": any(world.tables.values()),
        }
        return context


def _need(world: World, code: str, table: str, wanted: int) -> Need:
    have = sum(row["pc"] == code for row in world.rows(table).values())
    return Need(label=words(table).lower(), table=table, have=have, wanted=wanted)


class ChecksPage(ReportPage):
    """The checks over the world as it stands now."""

    template_name = "worlds/checks.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        world = load(self.campaign)
        named = self.find(world)
        by_code: dict[str, list[tuple[Finding, Named | None]]] = {
            code: [] for code in sorted(CHECKS)
        }
        for finding in run_checks(world):
            by_code[finding.code].append((finding, named.get(finding.row)))
        context |= {
            "checks": [
                (code, CHECKS[code].says.rstrip("."), len(found), found[:MOST_FOUND])
                for code, found in by_code.items()
            ],
            "blocking": sum(f.blocks for found in by_code.values() for f, _ in found),
            "has_rows": any(world.tables.values()),
        }
        return context


class IssuesPage(ReportPage):
    """References that did not resolve by code, with what they may mean."""

    template_name = "worlds/issues.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        issues = ReferenceIssue.objects.filter(campaign=self.campaign).order_by("-created_at", "pk")
        shown = self.request.GET.get("show", "open")
        if shown != "all":
            issues = issues.filter(resolution="open")
        page = Paginator(issues, PAGE).get_page(self.request.GET.get("page"))
        rows = list(page)
        names = self.reader.by_code({c for issue in rows for c in [issue.row_key, *_codes(issue)]})
        context |= {
            "page": page,
            "issues": [
                (
                    issue,
                    names.get(issue.row_key),
                    [names[c] for c in _codes(issue) if c in names],
                )
                for issue in rows
            ],
            "shown": "all" if shown == "all" else "open",
        }
        return context


def _codes(issue: ReferenceIssue) -> list[str]:
    return [code for code in issue.candidates if isinstance(code, str)]


class DownloadPage(ReportPage):
    """The whole world as a file; secrets are in it, so it is for game masters."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.open(self.needs)
        kind = self.kwargs["format"]
        if kind not in FORMATS:
            raise NotFound
        world = load(self.campaign)
        body = _as_json(world) if kind == "json" else document(world)
        name = named(self.campaign.name, f".{kind}", otherwise="world")
        return attachment(File(filename=name, media_type=FORMATS[kind], content=body.encode()))


def _as_json(world: World) -> str:
    return json.dumps(export(world), ensure_ascii=False, indent=1, default=str) + "\n"
