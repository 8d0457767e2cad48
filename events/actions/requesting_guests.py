"""People without an account ask for places too: nobody decides before their address is proven, as
with a guest who waits (docs/decisions/0030)."""

from collections.abc import Mapping, Sequence
from typing import Unpack
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from events.actions.guests import guest_in_account
from events.actions.limits import refuse_more_than_one_person_may, same_person
from events.actions.registering import Attendee
from events.actions.requesting import (
    asked_already,
    attendees_of,
    begin_request,
    locked_request,
    refuse_second_request,
    request_places,
)
from events.actions.telling import tell_request
from events.models import PlaceRequest, Ticket, Voucher
from kosna.accounts import guests
from kosna.accounts.models import Guest, User
from kosna.audit import actions as audit
from kosna.core import clock, tokens
from kosna.core.errors import Refused

Status = PlaceRequest.Status


def request_as_guest(
    *,
    ticket: Ticket,
    attendees: Sequence[Attendee],
    form_key: UUID,
    seats_left: int | None = None,
    answers: Mapping[int, str] | None = None,
    voucher: Voucher | None = None,
    **who: Unpack[guests.Who],
) -> tuple[Guest, PlaceRequest]:
    """As ``request_places``, at everybody's price; a link goes to the address given, and they have
    asked once it was opened. A form sent twice gives the same request again."""

    def make() -> tuple[Guest, PlaceRequest]:
        guest = guests.open_guest(form_key=form_key, **who)
        asked = request_places(
            ticket=ticket,
            attendees=attendees,
            by=guest.user,
            answers=answers,
            seats_left=seats_left,
            voucher=voucher,
        )
        tell_request("request_guest", asked)
        return guest, asked

    return guests.once(form_key, make, _request_of)


def _request_of(guest: Guest) -> PlaceRequest:
    """Raises Refused where the form was sent to buy or to wait."""
    asked = PlaceRequest.objects.filter(user=guest.user).last()
    if asked is None:
        raise Refused(_("This form was sent before. Please open the page again."))
    return asked


@transaction.atomic
def prove_request(request: PlaceRequest, *, by: User) -> None:
    """The guest, whose link was opened, asks: from this moment on it is decided about, at the price
    of when the form was sent. Raises Refused: not opened yet, registration is over, this address
    has asked already, or has as many places as one person may."""
    asked = locked_request(request, Status.UNPROVEN)
    guest = Guest.objects.get(pk=by.pk)
    if guest.confirmed_at is None:
        raise Refused(
            _("Please open the link in our e-mail first: it shows that the address is yours.")
        )
    if clock.now() >= asked.event.registration_closes_at:
        raise Refused(_("Registration has closed: nobody can ask for places any more."))
    refuse_second_request(asked.event_id, attendees_of(asked), same_person(guest.user))
    refuse_more_than_one_person_may(asked.ticket, len(asked.places), guest.user)
    asked.move_to(Status.ASKED)
    begin_request(asked, by=by)


@transaction.atomic
def claim_request(request: PlaceRequest, *, by: User) -> None:
    """Moves a guest's request, while nobody has decided, into the account that has the same,
    verified address. Raises Refused where it has not, has asked itself, or comes already."""
    asked = locked_request(request, Status.ASKED)
    guest = guest_in_account(asked.user_id, by)
    others = [key for key in same_person(by) if key != guest.pk]
    refuse_second_request(asked.event_id, attendees_of(asked), others)
    try:
        with transaction.atomic():
            PlaceRequest.objects.filter(pk=asked.pk).update(user=by)
    except IntegrityError:
        raise asked_already() from None
    Guest.objects.filter(pk=guest.pk).update(claimed_by=by)
    audit.record(
        "events.claim_request",
        asked,
        by=by,
        branch=asked.event.branch_id,
        subjects=[by.pk, guest.pk],
    )


def request_link(seed: str) -> str:
    return str(settings.SITE_URL + reverse("tickets:request-link", args=[tokens.token(seed)]))
