"""The waiting list of an event: joined, served in the order of ``events.waiting_rank``, left.

An offer is an order of the person who waited: its seats are taken by the same guarded counter as a
sale's (docs/decisions/0005), it holds them until its deadline, and it ends as every unpaid order
does. Whoever changes an entry holds its row, behind that of the person who waits, as a sale to
them does; whoever ends an order holds the entry's alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from events.actions.answering import write_answers
from events.actions.limits import (
    fewest_for,
    left_for,
    refuse_more_than_is_known,
    refuse_second_seat,
    same_person,
)
from events.actions.registering import (
    Attendee,
    are_counted,
    hold_places,
    lock_buyer,
    offers_for,
    refuse_more_free_places,
    refuse_unless_open,
    refuse_wrong_count,
    unpaid_places,
)
from events.actions.seats import free_seats, take_from_list, wait_for
from events.actions.telling import tell_joined, tell_offered
from events.actions.uses import refuse_hidden
from events.actions.waiting_ended import (
    close_list,
    end,
    end_coming,
    end_if_coming,
    end_rests,
    locked,
)
from events.models import Event, Registration, Ticket, WaitingPlace, WaitlistEntry
from events.offers import Offer
from events.waiting_rank import number_of_newcomer, queue_of
from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments.models import Order

Status = WaitlistEntry.Status


class NoneFree(Refused):
    """No seat of this kind is free: nobody further down the list need be asked."""


# --- by the person who waits ---


def join(
    *,
    ticket: Ticket,
    attendees: Sequence[Attendee],
    by: User,
    answers: Mapping[int, str] | None = None,
) -> WaitlistEntry:
    """Waits for seats, for oneself and for colleagues. What is free already is offered at once, in
    the order of the list. ``answers`` are those of the order as a whole, by question. A guest waits
    once their address is proven (``waiting_guests``). Raises Refused: not open to them, too many,
    seats enough without waiting, waiting already, or registered already."""
    at = clock.now()
    if ticket.needs_approval:
        raise Refused(_("This ticket is given on application: there is no list for it."))
    refuse_wrong_count(ticket, len(attendees), by)
    refuse_hidden(ticket, None)
    offers = offers_for(ticket, attendees, by, at)
    refuse_unless_open(attendees, offers)
    # As it is now: a list is ranked while nobody waits for a lock of ours.
    number = number_of_newcomer(ticket, by, at)
    with transaction.atomic():
        lock_buyer(by)
        refuse_needless(ticket, len(attendees))
        refuse_second_wait(ticket.event_id, attendees, same_person(by))
        refuse_more_than_is_known(ticket, len(attendees), by)
        if not any(offer.price for offer in offers) and are_counted(attendees, None, by):
            refuse_more_free_places(ticket, len(attendees), by)
        entry = _enter(ticket, attendees, by, at, answers or {})
        if entry.status == Status.UNPROVEN:
            return entry
        begin(entry, len(attendees), number, by=by)
    if free_seats(Ticket.objects.get(pk=ticket.pk)):
        offer_seats(ticket)
    return entry


def begin(entry: WaitlistEntry, places: int, number: int, *, by: User) -> None:
    """From here on seats are kept from the public for this entry, whose ``number`` in the list is
    told as its owner joins."""
    ticket = entry.ticket
    audit.record(
        "events.join_list",
        ticket.event,
        by=by,
        subjects=[by],
        ticket=ticket.pk,
        places=places,
    )
    tell_joined(entry, places, number)
    # Last, and only while the counter is open: unpublishing waits for this, or finds nobody.
    if not wait_for(ticket, places):
        raise Refused(_("This ticket is no longer sold."))


def refuse_needless(ticket: Ticket, count: int) -> None:
    """Whoever could buy does not wait, and holds a seat no longer than a buyer. Raises Refused."""
    now = Ticket.objects.with_room().get(pk=ticket.pk)
    if now.seats_to_buy >= count:
        raise Refused(_("There are seats enough: please register instead of waiting."))


def refuse_second_wait(
    event: int, attendees: Sequence[Attendee | WaitingPlace], people: Sequence[int]
) -> None:
    """One person stands in the list of an event once, and comes once: by the keys of all that they
    are, as ``same_person`` gives them. Raises Refused."""
    if WaitlistEntry.objects.waiting().filter(event=event, user__in=people).exists():
        raise _waiting_already()
    if any(attendee.is_buyer for attendee in attendees):
        refuse_second_seat(event, people)


def _waiting_already() -> Refused:
    return Refused(_("You are on the waiting list of this event already."))


def _enter(
    ticket: Ticket,
    attendees: Sequence[Attendee],
    by: User,
    at: datetime,
    answers: Mapping[int, str],
) -> WaitlistEntry:
    try:
        with transaction.atomic():
            entry = WaitlistEntry.objects.create(
                event=ticket.event,
                ticket=ticket,
                user=by,
                joined_at=at,
                status=Status.UNPROVEN if by.is_unproven else Status.WAITING,
                answers=dict(answers),
            )
    except IntegrityError:
        raise _waiting_already() from None
    WaitingPlace.objects.bulk_create(
        WaitingPlace(
            entry=entry,
            name=attendee.name,
            email=attendee.email,
            affiliation=attendee.affiliation,
            is_buyer=attendee.is_buyer,
            answers=dict(attendee.answers),
        )
        for attendee in attendees
    )
    return entry


@transaction.atomic
def leave(entry: WaitlistEntry, *, by: User) -> None:
    """Waits no more. What was offered meanwhile stays an order, to be paid or cancelled."""
    entry = locked(entry)
    end(entry, Status.LEFT)
    audit.record(
        "events.leave_list", entry, by=by, branch=entry.event.branch_id, subjects=[entry.user_id]
    )


def take_over(guest: int, by: User) -> None:
    """What a guest, whose row is locked, waits for or was offered is an account's from now on.
    Raises Refused where that waits itself: one of the two is left first."""
    try:
        with transaction.atomic():
            WaitlistEntry.objects.filter(user=guest).update(user=by)
    except IntegrityError:
        raise _waiting_already() from None


# --- by its turn ---


def offer_seats(ticket: Ticket) -> int:
    """Offers what is free of a ticket, and of those that share seats with it, the next on the list
    first. Who may not buy it now is passed over, and who has a seat by now waits no more for their
    own. Each offer is a transaction of its own; returns
    how many seats were offered."""
    queue = queue_of(ticket, clock.now())
    tickets = {row.entry.ticket_id: row.entry.ticket for row in queue}
    # Nobody is locked for a seat that is not there.
    gone = {key for key, each in tickets.items() if free_seats(each) < 1}
    offered = 0
    for row in queue:
        if row.entry.ticket_id in gone:
            continue
        end_if_coming(row.entry)
        try:
            offered += offer(row.entry)
        except NoneFree:
            gone.add(row.entry.ticket_id)
        except Refused:
            continue
    return offered


@transaction.atomic
def offer(entry: WaitlistEntry, *, by: User | None = None, reason: str = "") -> int:
    """Offers one person as many of their seats as are free and as they may buy now; the rest keeps
    its rank. Of a ticket for groups no fewer than a sale would give them (docs/decisions/0029).
    ``by`` staff, out of turn and with a reason. Returns how many; raises Refused when it can be
    none, and NoneFree when that is because none is free."""
    entry = locked(entry)
    at = clock.now()
    # Read after the lock: of two who serve at once, the second sees what the first has offered.
    places = list(entry.places.filter(registration=None)) if entry.status == Status.WAITING else []
    ticket = Ticket.objects.select_related("clock", "event__branch", "event__clock").get(
        pk=entry.ticket_id
    )
    if not places:
        raise Refused(_("This person waits no more."))
    free = free_seats(ticket)
    if free < 1:
        raise NoneFree(_("No seat of this ticket is free at the moment."))
    fewest = fewest_for(ticket, entry.user)
    if len(places) < fewest:
        raise Refused(
            _(
                "This person waits for fewer places than their order holds at least. The rest of a "
                "group is offered once the group has paid."
            )
        )
    open_to = _may_buy(ticket, places, entry.user, at)
    if len(open_to) < fewest:
        raise Refused(_("This person may not buy the ticket now: dues, tier or opening time."))
    if free < fewest:
        # The next may have a group already.
        raise Refused(_("Fewer seats are free than an order of this ticket holds at least."))
    bought = open_to[:free]
    chosen = [place for place, _offer in bought]
    with audit.together():
        order, held = hold_places(
            ticket,
            [_attendee(place) for place in chosen],
            [offer for _place, offer in bought],
            entry.user,
            at,
            _deadline(ticket.event, at),
        )
        audit.record(
            "events.offer_seats",
            entry,
            by=by,
            branch=ticket.event.branch_id,
            subjects=[entry.user_id],
            reason=reason,
            order=order.code,
            places=len(chosen),
        )
    _write_answers(entry, order, held, chosen)
    claim(chosen, held)
    if len(chosen) == len(places):
        entry.move_to(Status.SERVED, ended_at=at)
    tell_offered(entry, order, len(chosen), len(places) - len(chosen))
    if not take_from_list(ticket, len(chosen)):
        raise NoneFree(_("No seat of this ticket is free at the moment."))
    return len(chosen)


def _may_buy(
    ticket: Ticket, places: list[WaitingPlace], user: User, at: datetime
) -> list[tuple[WaitingPlace, Offer]]:
    """Nobody is offered what a sale would refuse them: by tier clock and standing, a second seat
    for themselves, or more unpaid places than one person holds."""
    offers = offers_for(ticket, [_attendee(place) for place in places], user, at)
    mine = Registration.objects.of_attendees(same_person(user))
    is_coming = mine.filter(event=ticket.event_id).exists()
    open_to = [
        (place, offer)
        for place, offer in zip(places, offers, strict=True)
        if offer.is_open and not (place.is_buyer and is_coming)
    ]
    most = ticket.max_per_order - unpaid_places(ticket, user)
    if (left := left_for(ticket, user)) is not None:
        most = min(most, left)
    return open_to[: max(most, 0)]


def _attendee(place: WaitingPlace) -> Attendee:
    return Attendee(place.name, place.email, place.affiliation, place.is_buyer)


def _write_answers(
    entry: WaitlistEntry,
    order: Order,
    held: Sequence[Registration],
    places: Sequence[WaitingPlace],
) -> None:
    """What they answered while they waited, of the questions that there still are."""
    if not entry.answers and not any(place.answers for place in places):
        return
    asked = set(entry.event.form_questions.values_list("pk", flat=True))

    def known(answers: Mapping[str, str]) -> dict[int, str]:
        return {int(pk): text for pk, text in answers.items() if int(pk) in asked}

    people = [replace(_attendee(place), answers=known(place.answers)) for place in places]
    write_answers(order, held, people, known(entry.answers))


def _deadline(event: Event, at: datetime) -> datetime:
    return min(at + timedelta(hours=event.offer_hours), event.registration_closes_at)


def claim(places: Sequence[WaitingPlace], held: Sequence[Registration]) -> None:
    """Each place that waits is offered once."""
    for place, registration in zip(places, held, strict=True):
        waiting = WaitingPlace.objects.filter(pk=place.pk, registration=None)
        if not waiting.update(registration=registration):
            raise Refused(_("Somebody else has just changed this. Reload the page and look again."))


def serve_lists() -> int:
    """Offers what became free, and closes lists when nobody can register any more. Safe to run
    twice and in parallel. Returns how many seats were offered."""
    waited_for = Ticket.objects.filter(awaited__gt=0).select_related("event__branch")
    offered, now = 0, clock.now()
    for ticket in waited_for.order_by("pk"):
        event = ticket.event
        if event.status == Event.Status.CANCELLED or now >= event.registration_closes_at:
            close_list(event)
            continue
        end_rests(ticket)
        end_coming(ticket)
        if ticket.is_on_sale and ticket.is_shown and free_seats(ticket) > 0:
            offered += offer_seats(ticket)
    return offered


# --- by staff, with a reason on record ---


@transaction.atomic
def move_up(entry: WaitlistEntry, *, reason: str, by: User) -> None:
    """Puts somebody before all who were not moved up, behind those who were before."""
    entry = locked(entry)
    waiting = WaitlistEntry.objects.waiting().filter(pk=entry.pk, moved_up_at=None)
    if not waiting.update(moved_up_at=clock.now()):
        raise Refused(_("This person was moved up already, or waits no more."))
    _record_override("events.move_up", entry, reason, by)


def offer_now(entry: WaitlistEntry, *, reason: str, by: User) -> int:
    """Out of turn; never more than is free, nor what this person could not buy."""
    return offer(entry, by=by, reason=reason)


@transaction.atomic
def remove(entry: WaitlistEntry, *, reason: str, by: User) -> None:
    entry = locked(entry)
    end(entry, Status.REMOVED)
    _record_override("events.remove_from_list", entry, reason, by)


def _record_override(verb: str, entry: WaitlistEntry, reason: str, by: User) -> None:
    audit.record(
        verb, entry, by=by, branch=entry.event.branch_id, reason=reason, subjects=[entry.user_id]
    )
