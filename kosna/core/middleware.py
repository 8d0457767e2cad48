"""Small rules that hold for every page."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from csp.constants import HEADER
from csp.utils import build_policy
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import SimpleTemplateResponse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme

from kosna.core.errors import Refused
from kosna.core.memo import remembering

Handler = Callable[[HttpRequest], HttpResponse]


class RememberingMiddleware:
    """What a request asks again and again is asked once, and forgotten with it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with remembering():
            return self.get_response(request)


class ContentSecurityMiddleware:
    """One policy for every page, without a nonce, built once and not at every answer. What is
    stricter, a file say, has said so itself."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self._built: tuple[Any, str] = (None, "")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault(HEADER, self.policy())
        return response

    def policy(self) -> str:
        """As the settings have it now."""
        said = settings.CONTENT_SECURITY_POLICY
        if self._built[0] is not said:
            self._built = (said, build_policy())
        return self._built[1]


class NoNulMiddleware:
    """No address and no cookie of ours holds a NUL, which PostgreSQL refuses to compare with: it
    is a bad request before anybody looks for it. Forms refuse it by themselves."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = [request.path, *request.COOKIES.values()]
        if "%00" in request.META["QUERY_STRING"] or any("\0" in text for text in asked):
            raise BadRequest("NUL")
        return self.get_response(request)


class LanguageMiddleware:
    """Korean unless the reader chose otherwise: in the cookie, else on the account."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        if language not in ("ko", "en"):
            language = "ko"
            if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
                language = request.user.language
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            if isinstance(response, SimpleTemplateResponse) and not response.is_rendered:
                response.render()
        response.headers.setdefault("Content-Language", language)
        return response


class CacheControlMiddleware:
    """Nothing that was made for one reader may be kept by a cache in between."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        response.headers.setdefault(
            "Permissions-Policy", "camera=(self), geolocation=(), microphone=()"
        )
        return response


class RefusedMiddleware:
    """A refusal that no form caught becomes a message, and the reader goes back to the page."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, Refused):
            return None
        for reason in error.reasons:
            messages.error(request, reason)
        return HttpResponseRedirect(self.way_back(request), status=303)

    @staticmethod
    def way_back(request: HttpRequest) -> str:
        referer = request.headers.get("Referer", "")
        if not url_has_allowed_host_and_scheme(
            referer, {request.get_host()}, require_https=request.is_secure()
        ):
            return "/"
        parts = urlsplit(referer)
        if request.method == "GET" and parts.path == request.path:
            return "/"
        # "//elsewhere" would be another host to the browser that follows it.
        path = "/" + parts.path.lstrip("/\\")
        return path + (f"?{parts.query}" if parts.query else "")
