"""People who buy without an account (docs/decisions/0030): known by an unguessable link alone."""

import secrets
from collections.abc import Callable
from typing import Any, NotRequired, TypedDict, TypeVar, Unpack
from uuid import UUID

from django.contrib.auth import middleware
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponseBase

from kosna.accounts.actions import current_policy, give_consent
from kosna.accounts.models import Guest, Policy, User
from kosna.core import clock, tokens

SESSION_KEY = "guests"
MOST_IN_A_SESSION = 20
View = TypeVar("View", bound=Callable[..., HttpResponseBase])
# Reserved (RFC 2606): no mail can ever go there, and nobody can own an address in it.
NOWHERE = "guest.invalid"
Made = TypeVar("Made")


class Who(TypedDict):
    """What a guest tells of themselves, and the privacy policy that they were shown; without one,
    they were told in words of the one in effect."""

    name: str
    email: str
    phone: str
    language: str
    ip: str | None
    privacy: NotRequired[Policy | None]


@transaction.atomic
def open_guest(*, form_key: UUID, channel: str = "guest", **who: Unpack[Who]) -> Guest:
    """A guest who agreed to the privacy policy. Whether an account has this address is not asked:
    it is the guest's only once their link was opened. Raises IntegrityError for a form sent twice.
    """
    seed = tokens.new_seed()
    user = User(
        email=f"{secrets.token_hex(12)}@{NOWHERE}",
        name=who["name"],
        phone=who["phone"],
        language=who["language"],
        is_guest=True,
        is_active=False,
    )
    user.set_unusable_password()
    user.save()
    guest = Guest.objects.create(
        user=user,
        email=who["email"].lower(),
        seed=seed,
        fingerprint=tokens.fingerprint(tokens.token(seed)),
        form_key=form_key,
    )
    told_of = who.get("privacy") or current_policy(Policy.Kind.PRIVACY)
    give_consent(user=user, policy=told_of, ip=who["ip"], channel=channel)
    return guest


def once(
    form_key: UUID, make: Callable[[], tuple[Guest, Made]], find: Callable[[Guest], Made]
) -> tuple[Guest, Made]:
    """What a form has made: sent twice, also at the same instant, it makes it once, by ``make``,
    which opens the guest. What is refused leaves nothing behind, nor a guest."""
    guests = Guest.objects.select_related("user")
    if known := guests.filter(form_key=form_key).first():
        return known, find(known)
    try:
        with transaction.atomic():
            return make()
    except IntegrityError:
        known = guests.get(form_key=form_key)
        return known, find(known)


def known_by(token: str) -> Guest | None:
    """Whose link this is."""
    found = Guest.objects.filter(fingerprint=tokens.fingerprint(token), erased_at=None)
    return found.select_related("user").first()


def confirm(guest: Guest) -> None:
    """Whoever opened the link has read the mail: the address is theirs."""
    if guest.confirmed_at is None:
        guest.confirmed_at = clock.now()
        Guest.objects.filter(pk=guest.pk, confirmed_at=None).update(confirmed_at=guest.confirmed_at)


# --- in a browser ---


def enter(request: HttpRequest, guest: Guest) -> None:
    """This browser acts for the guest from now on."""
    keys = [key for key in guests_of(request) if key != guest.pk]
    if not request.user.is_authenticated:
        request.session.cycle_key()  # a session that somebody else planted stays without it
    request.session[SESSION_KEY] = [*keys, guest.pk][-MOST_IN_A_SESSION:]


def guests_of(request: HttpRequest) -> list[int]:
    return list(request.session.get(SESSION_KEY, []))


def buyers(request: HttpRequest) -> list[int]:
    """Whose orders this browser may open: one's own, and those of guests whose links it opened."""
    own = [request.user.pk] if request.user.is_authenticated else []
    return [*own, *guests_of(request)]


def guests_too(view: View) -> View:
    """A page for signed-in people that also answers guests."""
    view.open_to_guests = True  # type: ignore[attr-defined]
    return view


class LoginRequiredMiddleware(middleware.LoginRequiredMiddleware):
    """Whoever came by a guest's link sees the pages of their order; any other page asks them to
    sign in, as it asks everybody."""

    def process_view(
        self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        if getattr(view_func, "open_to_guests", False) and guests_of(request):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)
