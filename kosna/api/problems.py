"""What went wrong, as RFC 9457 has it, in the language that was asked for."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation.trans_real import parse_accept_lang_header

TITLES: dict[int, str | Promise] = {
    400: _("The request cannot be read"),
    401: _("A valid key is needed"),
    403: _("This key does not open that"),
    404: _("There is no such thing here"),
    405: _("This address does not answer that method"),
    409: _("The rules do not allow this now"),
    412: _("Somebody else has changed this in the meantime"),
    413: _("The request is too big"),
    415: _("The body has to be JSON"),
    422: _("Some of what was sent is wrong"),
    428: _("Say which version you have seen"),
    429: _("Too many requests"),
    500: _("Something went wrong on our side"),
}
TYPE = "application/problem+json"
PATH = "/api/"


class Problem(Exception):
    """``errors``: what is wrong where, by JSON pointers into the body or names of parameters."""

    def __init__(
        self,
        status: int,
        detail: object = "",
        *,
        errors: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, detail)
        self.status, self.detail, self.errors = status, str(detail), list(errors)
        self.headers = dict(headers or {})

    def response(self) -> JsonResponse:
        facts: dict[str, Any] = {
            "type": "about:blank",
            "title": str(TITLES[self.status]),
            "status": self.status,
        }
        if self.detail:
            facts["detail"] = self.detail
        if self.errors:
            facts["errors"] = [{"pointer": at, "detail": text} for at, text in self.errors]
        return JsonResponse(facts, status=self.status, content_type=TYPE, headers=self.headers)


def language_of(request: HttpRequest) -> str:
    """By ``Accept-Language`` alone: no cookie is read here."""
    accepted = parse_accept_lang_header(request.headers.get("Accept-Language", "")[:200])
    return next((tag[:2] for tag, _weight in accepted if tag[:2] in ("ko", "en")), "ko")
