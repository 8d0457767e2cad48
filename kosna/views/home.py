"""The front door."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse


@login_not_required
def home(request: HttpRequest) -> HttpResponse:
    return TemplateResponse(request, "home.html", {})
