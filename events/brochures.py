"""What is kept of an event in this process, and the one statement that says how it stands now."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import Exists, F, OuterRef, Prefetch, QuerySet, Subquery

from events.models import Event, Registration, Ticket, Voucher, WaitlistEntry
from events.models.tickets import room_of
from events.openings import clocks_of, read_openings
from kosna.core.prepared import Prepared


@dataclass(frozen=True)
class Live:
    """What one SELECT says of an event: which version is current, how many seats each ticket has
    for the public, which are waited for, whether this reader has a seat (the secret of their
    ticket) and whether they wait for one or were offered one (the key of their entry)."""

    event_id: int
    version: int
    status: str
    left: Mapping[int, int]
    awaited: frozenset[int] = frozenset()
    meeting: str = ""  # the status of its general meeting
    my_ticket: str | None = None
    my_entry: int | None = None

    @property
    def key(self) -> str:
        left = "-".join(f"{ticket}.{n}" for ticket, n in sorted(self.left.items()))
        awaited = "-".join(map(str, sorted(self.awaited)))
        return f"{self.version}:{self.status}:{left}:{awaited}:{self.meeting}"


def _state(slug: str) -> QuerySet[Any]:
    return (
        Event.objects.published()
        .filter(slug=slug)
        .annotate(
            own=F("tickets__capacity") - F("tickets__taken") - F("tickets__blocked"),
            room=room_of("tickets__pk"),
        )
        .values_list(
            "pk",
            "version",
            "status",
            "tickets__pk",
            "own",
            "room",
            "tickets__awaited",
            "meeting__status",
        )
    )


def _state_for(slug: str, user: int) -> QuerySet[Any]:
    mine = Registration.objects.of_attendee(user).filter(event=OuterRef("pk"))
    waits = WaitlistEntry.objects.open_to(user).filter(event=OuterRef("pk"))
    return _state(slug).annotate(
        mine=Subquery(mine.values("secret")[:1]), waits=Subquery(waits.values("pk")[:1])
    )


_rows: Prepared[tuple] = Prepared(_state, slug=str)


_rows_for: Prepared[tuple] = Prepared(_state_for, slug=str, user=int)


def live(slug: str, user: Any = None) -> Live | None:
    """The present state of a published or cancelled event, or None. One statement."""
    is_known = getattr(user, "pk", None) is not None
    rows = _rows_for(slug=slug, user=user.pk) if is_known else _rows(slug=slug)
    if not rows:
        return None
    event_id, version, status, *_ticket = rows[0]
    left = {row[3]: _least(row[4], row[5]) for row in rows if row[3]}
    awaited = frozenset(row[3] for row in rows if row[6])
    return Live(event_id, version, status, left, awaited, *_of_reader(rows[0], is_known=is_known))


def _of_reader(row: Any, *, is_known: bool) -> tuple[Any, ...]:
    """The state of its general meeting, and what a reader who signed in has of the event."""
    return (row[7] or "", *(row[8:10] if is_known else ()))


def _least(own: int, room: int | None) -> int:
    return max(own if room is None else min(own, room), 0)


@lru_cache(maxsize=256)
def brochure(event_id: int, version: int) -> Event:
    """An event with everything that it shows. Kept in this process under its version, which
    changes with every edit; read only, and never asked for seats taken (see ``Live``)."""
    event = (
        Event.objects.select_related("branch", "clock", "meeting", "call")
        .annotate(takes_vouchers=Exists(Voucher.objects.filter(event=OuterRef("pk"))))
        .prefetch_related(
            Prefetch("tickets", Ticket.objects.select_related("clock")),
            "tickets__prices__tier",
            "addons",
            "sessions__speakers",
            "sessions__room",
            "sessions__track",
            "form_questions",
            "speakers",
            "tracks",
        )
        .get(pk=event_id)
    )
    read_openings(clocks_of(event), "openings__tier")
    for ticket in event.tickets.all():
        ticket.rule = ticket.access_rule()
    return event
