"""By what a list is narrowed: the groups, their values with how many are left, and addresses that
keep everything else that is asked for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from members.models import Topic
from research.finding.searching import Found
from research.finding.shelf import Shelf
from research.models import Audience, Report

Names = Mapping[str, str | Promise]

GROUPS: dict[str, tuple[str | Promise, Names]] = {
    "topic": (_("Topic"), dict(Report.Topic.choices)),
    "field": (_("Social field"), dict(Topic.choices)),
    "year": (_("Year"), {}),  # those there are
    "audience": (_("Written for"), dict(Audience.choices)),
    "access": (
        _("Access"),
        # For whom it is: it may be nobody's yet, as each result says for its reader.
        {"open": _("For everyone"), "members": _("For members")},
    ),
    "language": (_("Language"), {"en": _("With an English abstract")}),
}
KEPT = ("q", *GROUPS, "mine", "sort")


@dataclass(frozen=True)
class Choice:
    name: str | Promise
    count: int
    query: str  # of the address that chooses it, or where it is chosen gives it up
    is_chosen: bool


@dataclass(frozen=True)
class Group:
    name: str | Promise
    choices: list[Choice]
    is_chosen: bool


def query_of(wanted: Mapping[str, Any], **changes: str) -> str:
    """The part of an address after ``?``, always in the same order."""
    asked = {**wanted, **changes}
    return "&".join(_pair(name, asked[name]) for name in KEPT if asked.get(name))


@lru_cache(maxsize=1024)  # a page has two dozen addresses of the same few pairs
def _pair(name: str, value: str) -> str:
    return urlencode([(name, value)])


def groups_of(found: Found, wanted: Mapping[str, Any]) -> list[Group]:
    """Values that would leave nothing are left out, unless they are chosen."""
    groups = []
    for group, (label, names) in GROUPS.items():
        chosen = wanted.get(group) or ""
        choices = [
            Choice(name, count, query_of(wanted, **{group: "" if is_it else value}), is_it)
            for value, name in (names or _years(found)).items()
            for is_it, count in [(value == chosen, found.count(group, value))]
            if count or is_it
        ]
        if choices:
            groups.append(Group(label, choices, bool(chosen)))
    return groups


def values_of(group: str, facets: Iterable[str]) -> list[str]:
    """The values that reports have in a group, the highest first."""
    start = f"{group}="
    return sorted((name[len(start) :] for name in facets if name.startswith(start)), reverse=True)


def years_of(shelf: Shelf, at: datetime) -> list[str]:
    """In which there is something to find; of what is still to come, nothing is told."""
    out = shelf.out_at(at)
    return [year for year in values_of("year", shelf.facets) if shelf.facets[f"year={year}"] & out]


def _years(found: Found) -> Names:
    return {year: year for year in values_of("year", found.shelf.facets)}


def orders_of(wanted: Mapping[str, Any]) -> list[Choice]:
    """In which order: without a question there is only one."""
    if not wanted.get("q"):
        return []
    is_newest = wanted.get("sort") == "newest"
    return [
        Choice(_("Best first"), 0, query_of(wanted, sort=""), not is_newest),
        Choice(_("Newest first"), 0, query_of(wanted, sort="newest"), is_newest),
    ]


def spoken(query: str) -> str:
    """What an address asks for, in words."""
    wanted = dict(parse_qsl(query))
    parts = [f"“{wanted['q']}”"] if wanted.get("q") else []
    for group, (_label, names) in GROUPS.items():
        if value := wanted.get(group):
            parts.append(str(names.get(value, value)))
    if wanted.get("mine"):
        parts.append(str(_("What I can read")))
    return " · ".join(parts)
