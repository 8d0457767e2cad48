"""A page of a list, as its address names it."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest

PER_PAGE = 20


def page_of(request: HttpRequest, rows: Any, *, count: int | None = None) -> Page:
    """The page that ``?page=`` names; one that makes no sense is the first or the last. ``count``
    where it is known already."""
    paginator = Paginator(rows, PER_PAGE)
    if count is not None:
        paginator.count = count
    return paginator.get_page(request.GET.get("page"))
