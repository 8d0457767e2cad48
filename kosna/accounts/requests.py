"""What a request says of its sender, and what the answer lets the browser remember."""

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.http import HttpRequest, HttpResponse

LANGUAGES = ("ko", "en")


def client_ip(request: HttpRequest) -> str:
    """The sender's address. X-Forwarded-For counts only from as many proxies as the settings
    trust, so that nobody writes an address of their choice into a record."""
    return get_adapter(request).get_client_ip(request)


def is_confirmed(request: HttpRequest) -> bool:
    """Whether the reader has just said once more who they are, as before a change of password."""
    try:
        return reauthentication_required(lambda _request: True)(request)
    except ReauthenticationRequired:
        return False


def remember_language(response: HttpResponse, language: str) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        samesite="Lax",
        secure=settings.LANGUAGE_COOKIE_SECURE,
    )
