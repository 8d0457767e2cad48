"""What ``Report.access_rule`` reads, of a page of reports: in one statement for the links and one
for each kind of rows that they lead to, where ``prefetch_related`` makes every tier anew for every
report."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import prefetch_related_objects

from kosna.branches.models import Branch
from kosna.core.prepared import Prepared
from members.models import Tier
from research.models import Occasion, Report

AT_ONCE = 20  # reports: a page of them
TIER, BRANCH, OCCASION = "t", "b", "o"
_tiers: Prepared[Tier] = Prepared(lambda: Tier.objects.all())
_branches: Prepared[Branch] = Prepared(lambda: Branch.objects.all())


def with_access(reports: dict[int, Report]) -> dict[int, Report]:
    """The same reports, by key, as ``ReportQuerySet.with_access`` fetches them."""
    if not reports:
        return reports
    links = _links(list(reports))
    tiers, branches = _rows(_tiers, TIER, links), _rows(_branches, BRANCH, links)
    for report in reports.values():
        mine = links[report.pk]
        events = [Occasion(report_id=report.pk, event=event) for event in mine[OCCASION]]
        # As prefetch_related leaves them: what .all() answers with.
        report.__dict__["_prefetched_objects_cache"] = {
            "tiers": [tier for key, tier in tiers.items() if key in mine[TIER]],
            "branches": [branch for key, branch in branches.items() if key in mine[BRANCH]],
            "occasions": events,
        }
    if clocks := [report.clock for report in reports.values() if report.clock]:
        prefetch_related_objects(clocks, "openings")
    return reports


def filled(keys: Sequence[int]) -> list[int]:
    """As many as a page has; where there are fewer, the last stands for the rest. So the statement
    stays the same, and what is asked again and again is prepared once."""
    return [*keys, *[keys[-1]] * (AT_ONCE - len(keys))]


def _links(keys: Sequence[int]) -> Mapping[int, Mapping[str, Sequence[int]]]:
    """By report and kind, the keys of what it is linked with."""
    whole = filled(keys)
    found: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    with connection.cursor() as cursor:
        cursor.execute(_statement(len(whole)), whole)
        for report, kind, key in cursor.fetchall():
            found[report][kind].append(key)
    return found


@cache
def _statement(keys: int) -> str:
    quote = connection.ops.quote_name
    every = " UNION ALL ".join(
        f"SELECT report_id, '{kind}' AS kind, {column} AS linked"  # noqa: S608
        f" FROM {quote(model._meta.db_table)}"
        for kind, model, column in (
            (TIER, Report.tiers.through, "tier_id"),
            (BRANCH, Report.branches.through, "branch_id"),
            (OCCASION, Occasion, "event"),
        )
    )
    marks = ", ".join(["%s"] * keys)
    return f"SELECT report_id, kind, linked FROM ({every}) links WHERE report_id IN ({marks})"  # noqa: S608


def _rows(
    every: Prepared[Any], kind: str, links: Mapping[int, Mapping[str, Sequence[int]]]
) -> dict[int, Any]:
    """In the order of their model; of all there are, for these are few."""
    keys = {key for mine in links.values() for key in mine[kind]}
    return {row.pk: row for row in every() if row.pk in keys} if keys else {}
