from django.http import HttpRequest
from django.template.response import TemplateResponse


def me(request: HttpRequest) -> TemplateResponse:
    return TemplateResponse(request, "me.html", {})
