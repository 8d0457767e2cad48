"""Every address of the portal with the permission it needs, read from the running URLconf."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True)
class Route:
    name: str
    pattern: str
    methods: list[str]
    access: str  # "public", "login", or the staff verbs that open it
    view: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def routes() -> list[Route]:
    return list(_walk(get_resolver().url_patterns, "", ""))


def _walk(patterns: list[Any], prefix: str, namespace: str) -> Iterator[Route]:
    for entry in patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = entry.namespace or ""
            space = ":".join(part for part in (namespace, inner) if part)
            yield from _walk(entry.url_patterns, path, space)
        elif isinstance(entry, URLPattern):
            yield _route(entry, path, namespace)


def _route(entry: URLPattern, path: str, namespace: str) -> Route:
    view = entry.callback
    verbs = getattr(view, "verbs", None)
    if namespace == "admin" or path.startswith("admin/"):
        access = "superuser"
    elif verbs:
        access = " | ".join(verbs)
    elif getattr(view, "login_required", True) is False:
        access = "public"
    else:
        access = "login"
    allowed = getattr(view, "allowed_methods", None)
    name = ":".join(part for part in (namespace, entry.name or "") if part)
    return Route(name, "/" + path, allowed or ["GET", "POST"], access, entry.lookup_str)
