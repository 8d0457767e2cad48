from django.http import HttpRequest
from django.template.response import TemplateResponse

from kosna.branches.access import staff_view


@staff_view("desk.open")
def desk(request: HttpRequest) -> TemplateResponse:
    return TemplateResponse(request, "staff/desk.html", {})


@staff_view("desk.open")
def search(request: HttpRequest) -> TemplateResponse:
    return TemplateResponse(request, "staff/search.html", {})
