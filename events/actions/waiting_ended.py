"""How a wait for a seat ends: given up, closed with its list, too small to be offered, or that of
somebody who has a seat meanwhile."""

from collections.abc import Sequence

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from events.actions.limits import fewest_once_paid, people_of
from events.actions.registering import lock_buyer
from events.actions.seats import lock_counters, wait_no_more
from events.actions.telling import tell_closed, tell_own_ended, tell_rest_ended
from events.models import Event, Registration, Ticket, WaitlistEntry
from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused

Status = WaitlistEntry.Status


def locked(entry: WaitlistEntry) -> WaitlistEntry:
    """As it stands now, nobody else serving or ending it until this transaction is over."""
    rows = WaitlistEntry.objects.select_related("event__branch", "ticket", "user")
    lock_buyer(entry.user)
    now = rows.get(pk=entry.pk)
    if now.user_id != entry.user_id:
        lock_buyer(now.user)  # the guest's account has taken it over meanwhile
    lock_entry(entry.pk)
    return rows.get(pk=entry.pk)


def lock_entry(key: int) -> None:
    """Whoever ends an order knows of no buyer's lock any more. On SQLite the transaction is the
    lock."""
    if connection.features.has_select_for_update:
        WaitlistEntry.objects.select_for_update().get(pk=key)


def locked_of(places: Sequence[Registration]) -> WaitlistEntry | None:
    """The entry to which these places were offered, if they were; both are locked, places first."""
    entries = WaitlistEntry.objects.filter(places__registration__in=[row.pk for row in places])
    key = entries.values_list("pk", flat=True).first() if places else None
    if key is None:
        return None
    keys = [row.pk for row in places]
    list(Registration.objects.filter(pk__in=keys).order_by("pk").select_for_update())
    lock_entry(key)
    return WaitlistEntry.objects.select_related("event__branch", "ticket", "user").get(pk=key)


def end(entry: WaitlistEntry, status: str) -> None:
    was_counted = entry.status == Status.WAITING
    waiting = entry.places.filter(registration=None).count()
    entry.move_to(status, ended_at=clock.now())
    if was_counted:
        wait_no_more(entry.ticket_id, waiting)


# --- with its list ---


def close_list(event: Event) -> None:
    """Nobody waits for this event any more; whoever did is told."""
    waits = WaitlistEntry.objects.filter(status__in=WaitlistEntry.OPEN, event=event)
    for entry in waits.select_related("user"):
        try:
            _close(entry)
        except Refused:
            continue  # left or served meanwhile


@transaction.atomic
def _close(entry: WaitlistEntry) -> None:
    entry = locked(entry)
    end(entry, Status.CLOSED)
    tell_closed(entry)
    audit.record("events.close_list", entry, branch=entry.event.branch_id, subjects=[entry.user_id])


# --- too small to be offered ---


def end_rest(entry: WaitlistEntry) -> int:
    """Ends what still waits of a locked entry, once nothing that its owner holds, paid or not,
    makes it enough for an order: it would wait for ever, and keep its ticket from the public. How
    many places such an order holds at least; 0 where nothing was ended."""
    fewest = _fewest_of_rest(entry)
    if fewest:
        end(entry, Status.ENDED)
        audit.record(
            "events.end_rest", entry, branch=entry.event.branch_id, subjects=[entry.user_id]
        )
    return fewest


def _fewest_of_rest(entry: WaitlistEntry) -> int:
    if entry.status != Status.WAITING:
        return 0
    fewest = fewest_once_paid(entry.ticket, entry.user)
    return fewest if entry.places.filter(registration=None).count() < fewest else 0


def end_rests(ticket: Ticket) -> None:
    """Of those whose group was paid and given up since, say, where no offer has lapsed. Who was
    offered nothing yet waits on, also when an order has come to hold more places than they want:
    staff may have mistyped it."""
    if ticket.min_per_order == 1:
        return
    for entry in WaitlistEntry.objects.waiting().rests().filter(ticket=ticket):
        if _fewest_of_rest(entry):
            _end_alone(entry)


@transaction.atomic
def _end_alone(entry: WaitlistEntry) -> None:
    entry = locked(entry)
    left = entry.places.filter(registration=None).count()
    fewest = end_rest(entry)
    if fewest:
        tell_rest_ended(entry, left, fewest)


# --- of somebody who has a seat meanwhile ---


def waits_of(places: Sequence[Registration]) -> list[WaitlistEntry]:
    """Where the people of these places wait in their event, locked. What is being offered to them
    this moment is left out: that offer waits for these places, and whoever serves the list next
    finds who is coming."""
    waiting = WaitlistEntry.objects.waiting()
    own = [place for place in places if place.user_id]
    if not own or not waiting.filter(event=own[0].event_id).exists():
        return []
    users = User.objects.select_related("guest").filter(pk__in=[row.user_id for row in own])
    people = [key for user in users for key in people_of(user)]
    mine = waiting.filter(event=own[0].event_id, user__in=people).order_by("pk")
    rows = mine.select_related("event__branch", "ticket", "user")
    return list(rows.select_for_update(of=("self",), skip_locked=True))


def end_own_waits(entries: Sequence[WaitlistEntry], *tickets: int) -> None:
    """Of locked entries, as their people have a seat by now: one of these ``tickets``, whose
    counters are yet to be changed, so that all are locked in their order."""
    if entries:
        lock_counters(*tickets, *{entry.ticket_id for entry in entries})
    for entry in entries:
        end_own(entry)


def end_own(entry: WaitlistEntry) -> None:
    """Ends what a locked entry waits for its owner's own seat, once they have one that is
    confirmed: one person comes once, so it could never be offered, and would keep its ticket from
    the public. A rest that is too small for an order by itself ends with it."""
    if entry.status != Status.WAITING or not _is_coming(entry):
        return
    waiting = entry.places.filter(registration=None)
    left = waiting.filter(is_buyer=False).count()
    fewest = fewest_once_paid(entry.ticket, entry.user)
    if left < fewest:
        end(entry, Status.ENDED if left else Status.COMING)
    else:
        fewest = 0
        waiting.filter(is_buyer=True).delete()
        wait_no_more(entry.ticket_id, 1)
    audit.record(
        "events.end_own_wait",
        entry,
        branch=entry.event.branch_id,
        subjects=[entry.user_id],
        left=0 if fewest else left,
    )
    tell_own_ended(entry, left, fewest)


def _is_coming(entry: WaitlistEntry) -> bool:
    if not entry.places.filter(registration=None, is_buyer=True).exists():
        return False
    seats = Registration.objects.of_attendees(people_of(entry.user)).confirmed()
    return seats.filter(event=entry.event_id).exists()


def end_coming(ticket: Ticket) -> None:
    """Of all who have a seat in the event by now."""
    seats = Registration.objects.confirmed().filter(event=OuterRef("event"), user=OuterRef("user"))
    for entry in WaitlistEntry.objects.waiting().filter(Exists(seats), ticket=ticket):
        end_if_coming(entry)


def end_if_coming(entry: WaitlistEntry) -> None:
    """The same in a transaction of its own, whichever way they came to their seat."""
    if _is_coming(entry):
        with transaction.atomic():
            end_own(locked(entry))
