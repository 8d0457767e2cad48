"""A page of a list, as its address names it."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest

PER_PAGE = 20
LONGEST_SEARCH = 100


def searched(request: HttpRequest) -> str:
    """What ``?q=`` looks for; nobody types more, and SQLite refuses to compare with very much."""
    return " ".join(request.GET.get("q", "").split())[:LONGEST_SEARCH]


def page_of(request: HttpRequest, rows: Any, *, count: int | None = None) -> Page:
    """The page that ``?page=`` names; one that makes no sense is the first or the last. ``count``
    where it is known already."""
    paginator = Paginator(rows, PER_PAGE)
    if count is not None:
        paginator.count = count
    return paginator.get_page(request.GET.get("page"))


def keys_of(
    request: HttpRequest, keys: QuerySet[Any], *, searched: object = "", count: int | None = None
) -> Page:
    """A page of keys in a total order. What is searched for reads every row: once, for the count
    and for the page. A page of the second half is counted from the end, which lies nearer."""
    if searched:
        return page_of(request, list(keys))
    page = page_of(request, keys, count=count)
    first, last = page.start_index() - 1, page.end_index()
    if first > (whole := page.paginator.count) // 2:
        page.object_list = list(keys.reverse()[whole - last : whole - first])[::-1]
    return page


def page_by_keys(
    request: HttpRequest,
    keys: QuerySet[Any],
    rows: QuerySet[Any],
    *,
    searched: object = "",
    count: int | None = None,
) -> Page:
    """As ``page_of`` for long lists: in their order only keys are looked for, which an index alone
    can answer; then the rows of the page are fetched with whatever hangs on them."""
    page = keys_of(request, keys, searched=searched, count=count)
    shown = list(page.object_list)
    found = rows.in_bulk(shown)
    page.object_list = [found[key] for key in shown if key in found]
    return page


class WaitingFirst:
    """What waits for somebody, then the rest, the newest first, as one list: each half is found by
    an index, where a sort by "waits or not" would read every row."""

    def __init__(self, rows: QuerySet[Any], waits: Q) -> None:
        rows = rows.order_by("-pk")
        self._halves = rows.filter(waits), rows.exclude(waits)
        self._waiting: int | None = None

    def count(self) -> int:
        return self._count_of_waiting() + self._halves[1].count()

    def _count_of_waiting(self) -> int:
        if self._waiting is None:
            self._waiting = self._halves[0].count()
        return self._waiting

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, part: slice) -> list[Any]:
        first, last, waiting = part.start or 0, part.stop, self._count_of_waiting()
        rows = list(self._halves[0][first:last]) if first < waiting else []
        if last > waiting:
            rows += self._halves[1][max(first - waiting, 0) : last - waiting]
        return rows
