"""What a player sees of a world: no field and no row that only game masters should know.

Contributors and above see everything. Everybody else reads through `visible` and `shown`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from storyforge.projects.access import may
from storyforge.projects.models import Project
from storyforge.projects.roles import Action
from worldgen import phases
from worldgen.models import WorldRow
from worldgen.phases import tables
from worldgen.rows import Row

if TYPE_CHECKING:
    from uuid import UUID

    from storyforge.projects.models import Actor


def sees_all(user: Actor, project_id: UUID | str) -> bool:
    """Whether the user may see what only game masters know."""
    return may(user, Action.VIEW_SECRETS, project_id)


def visible(user: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows of a table this user may see at all."""
    allowed = rows.allowed_to(user, Action.VIEW)  # type: ignore[attr-defined]
    everything = Q(project__in=Project.objects.allowed_to(user, Action.VIEW_SECRETS))
    players = seen_by_players(rows.model)
    # An empty Q adds nothing to an OR: without this, tables that hide no row would show none.
    seen: QuerySet[Any] = allowed.filter(everything | players) if players else allowed
    return seen


def seen_by_players(model: type[WorldRow]) -> Q:
    """The rows of a table that are not hidden; a relation is hidden with either of its ends."""
    seen = Q() if model.hidden_rows is None else ~model.hidden_rows | Q(is_revealed=True)
    if not model.code_prefix:
        for link in phases.links(model):
            end: Any = link.related_model
            if not link.null and end.hidden_rows is not None:
                rows = end.objects.filter(seen_by_players(end), pk=OuterRef(link.attname))
                seen &= Q(Exists(rows))
    return seen


def hidden_fields(model: type[WorldRow], revealed: list[str]) -> set[str]:
    """The fields of a row a player does not see, as they stand in `gm_fields`."""
    return set(model.gm_fields) - set(revealed)


def filterable(model: type[WorldRow]) -> set[str]:
    """The fields a player may filter, order and search by: a filter is an oracle."""
    secret = {name.partition("[")[0] for name in model.gm_fields}
    return {f.name for f in phases.writable(model)} - secret


def shown(model: type[WorldRow], values: Row, revealed: list[str], hidden_codes: set[str]) -> Row:
    """A row in codes as a player sees it: without secret fields, hidden rows behind it as null."""
    secret = hidden_fields(model, revealed)
    found = {name: value for name, value in values.items() if name not in secret}
    for path in secret:
        field, _, key = path.partition("[].")
        if key and field in found:
            found[field] = [{k: v for k, v in e.items() if k != key} for e in found[field]]
    for column in [*phases.links(model), *phases.link_sets(model)]:
        value = found.get(column.name)
        if isinstance(value, list):
            found[column.name] = [code for code in value if code not in hidden_codes]
        elif value in hidden_codes:
            found[column.name] = None
    for soft in model.soft_links:
        if soft.field in found:
            found[soft.field] = _without(found[soft.field], soft.key, hidden_codes)
    return found


def _without(value: Any, key: str, hidden: set[str]) -> Any:
    """A soft reference's field without the codes of hidden rows."""
    if not isinstance(value, list):
        return "" if value in hidden else value
    if not key:
        return [code for code in value if code not in hidden]
    return [{**e, key: "" if e[key] in hidden else e[key]} for e in value]


def hidden_codes(campaign_id: UUID, names: set[str] | None = None) -> set[str]:
    """The codes of all rows a player does not see; one query for each table that hides some."""
    found: set[str] = set()
    for table, model in tables().items():
        if model.code_prefix and model.hidden_rows is not None and (not names or table in names):
            rows = model.objects.filter(campaign=campaign_id).exclude(seen_by_players(model))
            found.update(rows.values_list("code", flat=True))
    return found
