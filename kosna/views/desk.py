"""The desk."""

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from kosna.branches.access import staff_view
from kosna.core.specimens import specimens


@staff_view("desk.open")
def desk(request: HttpRequest) -> HttpResponse:
    return TemplateResponse(request, "staff/desk.html", {})


@staff_view("desk.open")
def search(request: HttpRequest) -> HttpResponse:
    return TemplateResponse(request, "staff/search.html", {})


def components(request: HttpRequest) -> HttpResponse:
    """Every component of the design system; only where DEBUG is on."""
    return TemplateResponse(request, "staff/components.html", specimens())
