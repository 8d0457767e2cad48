"""My page."""

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse


def me(request: HttpRequest) -> HttpResponse:
    return TemplateResponse(request, "me.html", {})
