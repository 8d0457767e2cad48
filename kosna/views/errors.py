"""The pages that say what went wrong, and what to do."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme

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
    """Whoever signed in on another tab has what they came to the form of the login for: the token
    there is of before. Nothing is done with what they typed."""
    if request.path == reverse("account_login") and request.user.is_authenticated:
        wanted = request.POST.get("next") or request.GET.get("next")
        is_safe = wanted and url_has_allowed_host_and_scheme(
            wanted, {request.get_host()}, require_https=request.is_secure()
        )
        return redirect(wanted if is_safe else "me:me")
    return render(request, "403_csrf.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _shown(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return _shown(request, 500)
