"""What a request says of its sender, and what the answer lets the browser remember."""

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse

LANGUAGES = ("ko", "en")


def client_ip(request: HttpRequest) -> str:
    """The sender's address. X-Forwarded-For counts only from as many proxies as the settings
    trust, so that nobody writes an address of their choice into a record."""
    return get_adapter(request).get_client_ip(request)


def remember_language(response: HttpResponse, language: str) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        samesite="Lax",
        secure=settings.LANGUAGE_COOKIE_SECURE,
    )
