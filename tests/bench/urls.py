"""The portal's own addresses, and beside them the least that a view of each kind could do."""

from functools import cache as cache_once
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.template.response import TemplateResponse
from django.urls import path

from events.models import Event, Registration, Ticket
from kosna.core.pagecache import pages
from kosna.urls import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


@login_not_required
def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


@login_not_required
def cached(request: HttpRequest, slug: str) -> HttpResponse:
    """A kept page, after one SELECT has said that it is current."""
    version = Event.objects.filter(slug=slug).values_list("version", flat=True).get()
    kept = pages.get("bench:page")
    if kept is None or kept[0] != version:
        kept = version, b"x" * 40_000
        pages.set("bench:page", kept)
    return HttpResponse(kept[1])


def template(request: HttpRequest, slug: str) -> TemplateResponse:
    """The portal's own frame around one row."""
    return TemplateResponse(request, _page(), {"event": Event.objects.get(slug=slug)})


@cache_once
def _page() -> Any:
    return engines["django"].from_string(
        '{% extends "base.html" %}{% block content %}<h1>{{ event.title }}</h1>{% endblock %}'
    )


def take_one(event: int, ticket: int, line: int) -> Registration:
    """A conditional UPDATE and one INSERT: less cannot sell a seat."""
    with transaction.atomic():
        free = Ticket.objects.filter(pk=ticket, taken__lt=F("capacity"))
        if not free.update(taken=F("taken") + 1):
            raise AssertionError("no seat is left to measure with")
        return Registration.objects.create(
            event_id=event, ticket_id=ticket, line_id=line, name="김하늘"
        )


def reserve(request: HttpRequest) -> HttpResponse:
    """Less cannot be done for somebody who is signed in and takes a seat."""
    event, ticket, line = (int(request.POST[name]) for name in ("event", "ticket", "line"))
    return HttpResponse(take_one(event, ticket, line).secret)


urlpatterns = [
    *urlpatterns,
    path("bench/empty/", empty),
    path("bench/cached/<slug:slug>/", cached),
    path("bench/template/<slug:slug>/", template),
    path("bench/reserve/", reserve),
]
