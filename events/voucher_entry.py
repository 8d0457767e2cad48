"""A code that somebody typed: the voucher that it names, or why it helps them not. Guessing is
limited, for a person and for an address."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _

from events.actions.uses import why_not
from events.models import Voucher
from events.models.vouchers import squeezed
from kosna.accounts.requests import client_ip

# So many codes that do not exist in so long: a code of our own making has 31^12 sisters.
GUESSES, OF_AN_ADDRESS = 10, 50
WINDOW = timedelta(minutes=10)


@dataclass(frozen=True)
class Entry:
    code: str = ""
    voucher: Voucher | None = None
    problem: str = ""


def entered(request: HttpRequest, event: int, at: datetime) -> Entry:
    """What ``voucher`` of a form or an address says for an event (its key)."""
    code = squeezed(request.POST.get("voucher") or request.GET.get("voucher") or "")
    if not code:
        return Entry()
    counters = _counters(request, at)
    if any(cache.get(key, 0) >= most for key, most in counters):
        return Entry(code, problem=_("Too many codes that do not exist. Please wait ten minutes."))
    voucher = Voucher.objects.filter(event=event, code=code).first()
    if voucher is None:
        for key, _most in counters:
            cache.set(key, cache.get(key, 0) + 1, WINDOW.total_seconds())
        return Entry(code, problem=_("This event has no voucher with this code. Please check it."))
    if reason := why_not(voucher, at):
        return Entry(code, problem=reason)
    return Entry(code, voucher)


def _counters(request: HttpRequest, at: datetime) -> list[tuple[str, int]]:
    window = int(at.timestamp() // WINDOW.total_seconds())
    counters = [(f"voucher-guesses:{window}:{client_ip(request)}", OF_AN_ADDRESS)]
    if request.user.pk:
        counters.append((f"voucher-guesses:{window}:user:{request.user.pk}", GUESSES))
    return counters
