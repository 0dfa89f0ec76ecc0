"""A table of a world as a list, and one row with everything it says and everything that names it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from storyforge.core.errors import NotFound, StoryforgeError
from storyforge.projects.roles import Action
from worldgen import phases
from worldgen.edits.deciding import reveal_field, set_lock, set_revealed
from worldgen.edits.editing import Editor, delete_row
from worldgen.models import CalendarSystem, FactCitation, RowDraft, WorldRow
from worldgen.models.base import Source
from worldgen.models.fields import Word
from worldgen.pages.base import Changing, WorldTablePage
from worldgen.phases import tables
from worldgen.rows import key_of
from worldgen.secrets import filterable
from worldgen.views.almanac import almanac
from worldgen.views.counts import STATES
from worldgen.views.reader import Mention, Reader
from worldgen.views.shown import HEAD, codes_in, groups_of, plain, value_of, words

PAGE = 50
LONGEST_SEARCH = 100
MOST_WORDS = 3  # filters by words of a fixed list
STATE_LABELS = {
    "stale": "stale",
    "protected": "locked, edited or imported",
    "repair": "to be repaired",
    "accepted": "accepted",
}


class TablePage(WorldTablePage):
    """The rows of one table: searched, filtered, in pages."""

    template_name = "worlds/table.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        rows = self._filtered(self.reader.rows(self.table))
        page = Paginator(rows, PAGE).get_page(self.request.GET.get("page"))
        found = list(page)
        titles = self.reader.titles(self.table, found)
        context |= {
            "table": self.table,
            "label": words(self.table),
            "about": (tables()[self.table].__doc__ or "").splitlines()[0],
            "phase": phases.phase_of(self.table),
            "page": page,
            "rows": [(row, titles[row.pk]) for row in found],
            "has_names": bool(tables()[self.table].code_prefix),
            "query": self._query(),
            "asked": {name: self.request.GET.get(name, "") for name in ("q", "state", "source")},
            "states": STATE_LABELS,
            "sources": Source,
            "word_filters": [(f, words(f.name), self._asked(f)) for f in self._words()],
        }
        return context

    def _words(self) -> list[Word]:
        """The fields with a fixed list of words that this reader may filter by."""
        model = tables()[self.table]
        allowed = filterable(model)
        found = [f for f in phases.writable(model) if isinstance(f, Word) and f.name in allowed]
        return found[:MOST_WORDS]

    def _asked(self, column: Word) -> str:
        wanted = self.request.GET.get(column.name, "")
        return wanted if wanted in column.words else ""

    def _filtered(self, rows: Any) -> Any:
        query = self.request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_SEARCH]
        if query:
            rows = rows.filter(_search(tables()[self.table], query))
        state, source = self.request.GET.get("state", ""), self.request.GET.get("source", "")
        if state in STATES:
            rows = rows.filter(STATES[state])
        if source in Source.values:
            rows = rows.filter(source=source)
        chosen = {f.name: value for f in self._words() if (value := self._asked(f))}
        return rows.filter(**chosen)

    def _query(self) -> str:
        names = ("q", "state", "source", *(f.name for f in self._words()))
        kept = {name: value for name in names if (value := self.request.GET.get(name, ""))}
        return urlencode(kept) + "&" if kept else ""


def _search(model: type[WorldRow], text: str) -> Q:
    """Rows whose own texts or whose ends hold the text; never a field that players do not see."""
    if model.code_prefix:
        own = Q(code__iexact=text)
        for name in ("name", "summary", "description"):
            own |= Q(**{f"{name}__icontains": text})
        return own
    found = Q()
    for link in phases.links(model):
        if not link.null:
            found |= Q(**{f"{link.name}__name__icontains": text})
    if any(f.name == "description" for f in phases.writable(model)):
        found |= Q(description__icontains=text)
    return found


class OneRowPage(WorldTablePage):
    """A page of one row, found by its code or, where its table has none, by its id."""

    row: WorldRow

    def open(self, action: Action) -> None:
        super().open(action)
        self.row = find_row(self.reader, self.table, self.kwargs["key"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context |= {
            "table": self.table,
            "label": words(self.table),
            "row": self.row,
            "title": self.reader.titles(self.table, [self.row])[self.row.pk],
        }
        return context


class RowPage(Changing, OneRowPage):
    """One row: its fields in groups, what it names, what names it, which facts it uses."""

    template_name = "worlds/row.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        model = type(self.row)
        values = self.reader.values([self.row])[self.row.pk]
        names = self.reader.by_code(codes_in(model, [values]))
        context |= {
            "phase": phases.phase_of(self.table),
            "values": values,
            "head": {n: value_of(model, n, values[n], names) for n in HEAD if n in values},
            "groups": groups_of(self.row, values, names),
            "above": self.reader.above(self.row),
            "mentions": by_field(self.reader.mentions(self.row)),
            "has_secrets": bool(model.gm_fields),
            "is_hidden": self.reader.sees_all and is_hidden(self.row),
        }
        if isinstance(self.row, CalendarSystem):
            context["almanac"] = almanac(self.reader, self.row, values)
        if self.reader.sees_all:
            context["own"] = plain(self.row.extra)
            cited = FactCitation.objects.filter(table_name=self.table, row_id=self.row.pk)
            context["facts"] = cited.filter(campaign=self.campaign).select_related("fact__pc")
            key = self.row.code if model.code_prefix else key_of(model, values)
            drafts = RowDraft.objects.filter(campaign=self.campaign, table_name=self.table)
            context["candidate"] = drafts.filter(row_key=key, kind="candidate").first()
        return context

    def change(self, request: HttpRequest) -> HttpResponse:
        """Lock, reveal or delete the row."""
        match request.POST.get("do", ""):
            case "lock" | "unlock" as verb:
                set_lock(self.campaign, {self.table: [self.row.pk]}, to=verb == "lock")
                said = "Locked: nobody and no run changes it." if verb == "lock" else "Unlocked."
            case "reveal" | "hide" as verb:
                said = self._reveal(request.POST.get("field", ""), revealed=verb == "reveal")
            case "delete":
                return self._delete(request)
            case _:
                raise NotFound
        messages.success(request, said)
        key = self.kwargs["key"]
        return redirect("world_row", self.project.pk, self.campaign.pk, self.table, key)

    def _reveal(self, name: str, *, revealed: bool) -> str:
        if name:
            reveal_field(self.campaign, self.row, name, to=revealed)
        else:
            set_revealed(self.campaign, {self.table: [self.row.pk]}, to=revealed)
        return "Players see it now." if revealed else "Hidden from players."

    def _delete(self, request: HttpRequest) -> HttpResponse:
        try:
            delete_row(self.campaign, self.row, editor=Editor(actor_id=self.user.pk),
                       with_relations=True)  # fmt: skip
        except StoryforgeError as error:
            users = error.members.get("users", [])
            return self.again(problem=error.message, needing=users)
        messages.success(request, "The row is deleted. Its code is never given again.")
        return redirect("world_table", self.project.pk, self.campaign.pk, self.table)


def find_row(reader: Reader, table: str, key: str) -> WorldRow:
    """The row; raises `NotFound` for what is missing or hidden."""
    rows = reader.rows(table)
    if tables()[table].code_prefix:
        found = rows.filter(code=key[:12]).first()
    else:
        try:
            found = rows.filter(pk=UUID(key)).first()
        except ValueError:
            found = None
    if found is None:
        raise NotFound
    row: WorldRow = found
    return row


def is_hidden(row: WorldRow) -> bool:
    """Whether players see nothing of this row as it is now."""
    model: Any = type(row)
    if model.hidden_rows is None or row.is_revealed:
        return False
    return bool(model.objects.filter(model.hidden_rows, pk=row.pk).exists())


def by_field(mentions: list[Mention]) -> list[tuple[str, str, list[Mention]]]:
    """Mentions in groups: table, field in words, rows."""
    found: dict[tuple[str, str], list[Mention]] = {}
    for mention in mentions:
        found.setdefault((mention.row.table, mention.field), []).append(mention)
    return [(words(table), words(field).lower(), rows) for (table, field), rows in found.items()]
