"""Whose data a page of the desk showed in its lists: on record without its view asking for it, so
that no list can be forgotten (안전성 확보조치 기준 §8: who saw whose data, when and from where).

The record is not noted in itself: each look at it would grow by those before."""

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import Any

from django.core.paginator import Page
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.audit.list_exports import own_branch

# The fields of a row that say whose it is. Who decided, counted or wrote something is not among
# them: that is who works at the desk.
WHOSE = ("user", "applicant", "subject", "requester", "contact", "asked_by", "applied_by", "author")
DEPTH = 5  # a page, its rows, what a row is made of, what hangs on that


class ListedMiddleware:
    """Notes each page of the desk that drew rows of people's data, unless its view has noted whose
    already."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_template_response(
        self, request: HttpRequest, response: SimpleTemplateResponse
    ) -> SimpleTemplateResponse:
        # What is sent is on record as the deed that it is.
        if request.path.startswith("/staff/") and request.method in ("GET", "HEAD"):
            # Once it is drawn: a queryset that the page went through has its rows then.
            response.add_post_render_callback(lambda drawn: _note(request, drawn))
        return response


def _note(request: HttpRequest, drawn: SimpleTemplateResponse) -> None:
    if getattr(request, "looks_are_noted", False) or not hasattr(request, "scope"):
        return
    people: set[int] = set()
    kinds: list[type[Model]] = []
    for shown in (drawn.context_data or {}).values():
        for row in _rows(shown, DEPTH):
            if found := _people_of(row):
                people |= found
                kinds.append(type(row))
    if people:
        audit.listed(request, kinds[0], subjects=people, branch=own_branch(request))


def _rows(shown: Any, depth: int) -> Iterator[Model]:
    """The rows in what a template was given, as far as they are in memory."""
    if isinstance(shown, Model):
        yield shown
        return
    if depth == 0 or isinstance(shown, type):
        return
    parts: Any = ()
    if isinstance(shown, Page):
        parts = (shown.object_list,)
    elif isinstance(shown, QuerySet):
        parts = shown._result_cache or ()
    elif isinstance(shown, dict):
        parts = shown.values()
    elif isinstance(shown, list | tuple | set):
        parts = shown
    elif is_dataclass(shown):
        parts = (getattr(shown, field.name, None) for field in fields(shown))
    for part in parts:
        yield from _rows(part, depth - 1)


def _people_of(row: Model, depth: int = 3) -> set[int]:
    """Of a row and of what was fetched with it."""
    people = {pk for name in _whose(type(row)) if (pk := row.__dict__.get(name))}
    if depth:
        for beside in row._state.fields_cache.values():
            if isinstance(beside, Model) and not isinstance(beside, User):
                people |= _people_of(beside, depth - 1)
    return people


@lru_cache(maxsize=512)
def _whose(model: type[Model]) -> tuple[str, ...]:
    return tuple(
        field.attname
        for field in model._meta.concrete_fields
        if field.name in WHOSE and field.related_model is User
    )
