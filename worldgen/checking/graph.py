"""The rows of a world as a graph: what is linked with what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from worldgen import phases
from worldgen.rows import World


def links_of(world: World) -> dict[str, set[str]]:
    """The neighbors of every row with a code, in and out; relation rows link the rows they name."""
    linked: dict[str, set[str]] = defaultdict(set)
    for table, model in phases.tables().items():
        columns = [*phases.links(model), *phases.link_sets(model)]
        for key, row in world.rows(table).items():
            named = [row[c.name] for c in columns]
            codes = [c for v in named for c in (v if isinstance(v, list) else [v]) if c]
            ends = [key, *codes] if model.code_prefix else codes
            for one in ends:
                linked[one].update(other for other in ends if other != one)
    return linked


def components(nodes: Iterable[str], edges: Iterable[tuple[str, str]]) -> list[set[str]]:
    """The parts of a graph that hang together."""
    near: dict[str, set[str]] = {node: set() for node in nodes}
    for one, other in edges:
        if one in near and other in near:
            near[one].add(other)
            near[other].add(one)
    found, seen = [], set[str]()
    for node in near:
        if node in seen:
            continue
        part, left = set[str](), [node]
        while left:
            here = left.pop()
            if here not in part:
                part.add(here)
                left += near[here]
        seen |= part
        found.append(part)
    return found


def cohesion(nodes: Sequence[str], linked: Mapping[str, set[str]]) -> tuple[float, float]:
    """The share of the rows in the largest part that hangs together, and the mean number of links of a row."""
    if not nodes:
        return 1.0, 0.0
    edges = [(one, other) for one, others in linked.items() for other in others]
    largest = max(map(len, components(nodes, edges)))
    return largest / len(nodes), sum(len(linked[node]) for node in nodes) / len(nodes)


def reaches_itself(start: str, above: Mapping[str, str | None]) -> bool:
    """Whether a chain of parents leads back to where it began."""
    seen, here = set[str](), above.get(start)
    while here and here not in seen:
        if here == start:
            return True
        seen.add(here)
        here = above.get(here)
    return False
