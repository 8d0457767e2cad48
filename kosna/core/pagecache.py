"""Public pages as bytes. A view says with one SELECT which version of the page is current; a
visitor without a session gets the kept bytes of that version, everybody else gets it drawn."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from kosna.core import clock

pages = caches["process"]
LONGEST = 300  # seconds; a page that depends on the clock ends earlier


def is_signed_out(request: HttpRequest) -> bool:
    return settings.SESSION_COOKIE_NAME not in request.COOKIES


def cached_page(
    request: HttpRequest,
    *,
    name: str,
    version: str | Callable[[], str],
    draw: Callable[[], TemplateResponse],
    changes_at: datetime | Callable[[TemplateResponse], datetime | None] | None = None,
) -> HttpResponse:
    """The kept page for a signed-out reader of this language, or a freshly drawn one.

    ``version`` must change with everything that the page shows, and is only asked for where it is
    needed when it is a function; ``changes_at`` is the next instant at which it changes by itself
    (a ticket opens, an early bird ends), or says it of the page as it was drawn.
    """
    if not is_signed_out(request) or request.method != "GET" or request.META["QUERY_STRING"]:
        return draw()
    version = version() if callable(version) else version
    key = f"page:{name}:{request.LANGUAGE_CODE}"
    kept = pages.get(key)
    if kept and kept[0] == version:
        return HttpResponse(kept[1])
    page = draw()
    response = page.render()
    seconds = LONGEST
    if ends := changes_at(page) if callable(changes_at) else changes_at:
        seconds = min(seconds, int((ends - clock.now()).total_seconds()))
    # A page that carries a token of one visitor must never be another's.
    is_personal = response.cookies or request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
    if response.status_code == 200 and seconds > 0 and not is_personal:
        pages.set(key, (version, response.content), seconds)
    return response
