"""Every operation the URL table offers, read from the table itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import uuid4

import yaml
from django.conf import settings
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

from conftest import ROOT

METHODS = ("get", "post", "put", "patch", "delete")
OUTER = ("api/", "^health", "^metrics")  # how routes begin that are no pages
# Values of path parameters that are no ids.
EXAMPLES = {
    "kind": "some.kind",
    "project_pk": str(uuid4()),
    "phase": "1A",
    "decision": "lock",
    "table": "legal_systems",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Operation:
    """A method on a route: `name` is the URL's, `view` the view's class or function."""

    method: str
    name: str
    route: str
    view: Any

    @property
    def key(self) -> str:
        return f"{self.method.upper()} {self.name}"


@cache
def committed_schema() -> dict[str, Any]:
    """docs/openapi.yaml."""
    text = (ROOT / "docs" / "openapi.yaml").read_text("utf-8")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # twenty times as fast where it is built
    found: dict[str, Any] = yaml.load(text, Loader=loader)  # noqa: S506 - both are the safe one
    return found


def api_operations() -> list[Operation]:
    """Everything below /api/v1."""
    return [
        Operation(method=method, name=pattern.name, route=route, view=_view(pattern))
        for route, pattern in _patterns()
        if route.startswith("api/v1/")
        for method in _methods(pattern.callback)
    ]


def outer_operations() -> list[Operation]:
    """What is neither below /api/v1, nor the admin, nor a page: older spellings, metrics, health.

    Not all of these routes have a name, so each is known by its path.
    """
    return [
        Operation(method=method, name=_path(route), route=route, view=_view(pattern))
        for route, pattern in _patterns()
        if route.startswith(OUTER) and not route.startswith("api/v1/")
        for method in _methods(pattern.callback)
    ]


def page_routes() -> list[Operation]:
    """Every studio page: all other routes."""
    admin = f"{settings.ADMIN_PATH}/"
    return [
        Operation(method="get", name=pattern.name, route=route, view=_view(pattern))
        for route, pattern in _patterns()
        if not route.startswith((*OUTER, admin))
    ]


def viewsets() -> list[Any]:
    """Every viewset class behind the router, each once."""
    found = {op.view: None for op in api_operations() if hasattr(op.view, "get_extra_actions")}
    return list(found)


def filters_of(view: Any) -> dict[str, Any]:
    """The filters of a list by the names that stand in a query."""
    backend = view.filter_backends[0]()
    found = backend.get_filterset_class(view(), view.queryset)
    return dict(found.base_filters) if found else {}


def _patterns(resolver: URLResolver | None = None, above: str = "") -> Iterator[Any]:
    for entry in (resolver or get_resolver()).url_patterns:
        route = above + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _patterns(entry, route)
        elif isinstance(entry, URLPattern):
            yield route, entry


def _path(route: str) -> str:
    """A route's path as people write it: `/api/jobs/{pk}/status`."""
    return "/" + re.sub(r"\(\?P<(\w+)>[^)]+\)", r"{\1}", route).replace("^", "").removesuffix("/?$")


def _view(pattern: URLPattern) -> Any:
    callback = pattern.callback
    return getattr(callback, "cls", None) or getattr(callback, "view_class", callback)


def _methods(callback: Any) -> list[str]:
    actions = getattr(callback, "actions", None)
    if actions:
        return [m for m in METHODS if m in actions and m in callback.cls.http_method_names]
    if not hasattr(callback, "cls"):  # a plain function, which reads
        return ["get"]
    return [m for m in METHODS if hasattr(callback.cls, m)]


def url_name(path: str, operation: dict[str, Any]) -> str:
    """The name of the URL that serves a path of the schema."""
    values = {p["name"]: p["schema"] for p in operation.get("parameters", []) if p["in"] == "path"}
    for pk in (str(uuid4()), "7"):
        examples = dict.fromkeys(values, pk) | EXAMPLES
        try:
            return resolve(path.format(**examples)).url_name
        except Resolver404:
            continue
    raise AssertionError(f"Nothing serves {path}.")
