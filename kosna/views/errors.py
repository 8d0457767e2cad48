"""The pages that say what went wrong, and what to do."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from kosna.api.problems import PATH, Problem, language_of


def _shown(request: HttpRequest, status: int) -> HttpResponse:
    """Programs are told as programs read it."""
    if request.path.startswith(PATH):
        with translation.override(language := language_of(request)):
            response = Problem(status).response()
        response.headers["Content-Language"] = language
        return response
    return render(request, f"{status}.html", status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _shown(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _shown(request, 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _shown(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return _shown(request, 500)
