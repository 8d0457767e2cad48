"""People without an account wait too: once their address is proven, as a guest's order is
(docs/decisions/0030). Until then nothing is kept from the public for them."""

from collections.abc import Mapping, Sequence
from typing import Unpack
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from events.actions.limits import refuse_more_than_one_person_may, same_person
from events.actions.registering import Attendee
from events.actions.telling import WAITING_LINK, tell_waiting
from events.actions.waiting import (
    begin,
    join,
    offer_seats,
    refuse_needless,
    refuse_second_wait,
)
from events.actions.waiting_ended import locked
from events.models import Ticket, WaitlistEntry
from events.waiting_rank import number_of_newcomer
from kosna.accounts import guests
from kosna.accounts.models import Guest, User
from kosna.core import clock, tokens
from kosna.core.errors import Refused
from kosna.mail import post

Status = WaitlistEntry.Status


def join_as_guest(
    *,
    ticket: Ticket,
    attendees: Sequence[Attendee],
    form_key: UUID,
    answers: Mapping[int, str] | None = None,
    **who: Unpack[guests.Who],
) -> tuple[Guest, WaitlistEntry]:
    """As ``join``; a link goes to the address given, and the place on the list is theirs once it
    was opened. A form sent twice gives the same entry again."""

    def make() -> tuple[Guest, WaitlistEntry]:
        guest = guests.open_guest(form_key=form_key, **who)
        entry = join(ticket=ticket, attendees=attendees, by=guest.user, answers=answers)
        tell_waiting(
            "waiting_guest",
            str(entry.pk),
            entry,
            places=len(attendees),
            url=post.secretly(WAITING_LINK, guest.seed),
        )
        return guest, entry

    return guests.once(form_key, make, _entry_of)


def _entry_of(guest: Guest) -> WaitlistEntry:
    """Raises Refused where the form was sent to buy, and not to wait."""
    entry = WaitlistEntry.objects.filter(user=guest.user).last()
    if entry is None:
        raise Refused(_("This form was sent before. Please open the page again."))
    return entry


def prove(entry: WaitlistEntry, *, by: User) -> None:
    """The guest, whose link was opened, takes their place on the list: from this moment on it
    counts. Raises Refused: not opened yet, this address waits for the event already, or there are
    seats enough by now."""
    number = number_of_newcomer(entry.ticket, by, clock.now())
    with transaction.atomic():
        entry = locked(entry)
        guest = by.guest
        if guest.confirmed_at is None:
            raise Refused(
                _("Please open the link in our e-mail first: it shows that the address is yours.")
            )
        if clock.now() >= entry.event.registration_closes_at:
            raise Refused(_("Registration has closed: nobody joins the list any more."))
        places = list(entry.places.all())
        refuse_needless(entry.ticket, len(places))
        refuse_more_than_one_person_may(entry.ticket, len(places), guest.user)
        refuse_second_wait(entry.event_id, places, same_person(by))
        entry.move_to(Status.WAITING, joined_at=clock.now())
        begin(entry, len(places), number, by=by)
    offer_seats(entry.ticket)


def waiting_link(seed: str) -> str:
    return str(settings.SITE_URL + reverse("tickets:waiting-link", args=[tokens.token(seed)]))
