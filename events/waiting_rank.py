"""In which order a waiting list is served (docs/decisions/0027). One rule, which the event's page
tells in words, and nobody's place is stored: it follows from dated facts whenever it is asked."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from events.models import Event, Ticket, WaitlistEntry, WaitlistQuerySet
from kosna.accounts.models import User
from members.access import Held, memberships_of, memberships_of_all
from members.models import Right, Tier

NO_TIER, NEVER = 2**31, datetime.max.replace(tzinfo=UTC)
NOBODYS = 2**63 - 1  # the key of a row that is not written yet


@dataclass(frozen=True)
class Ranked:
    """``number``: 1 is next, among those who wait for the same kind of ticket, or for one that
    shares seats with it."""

    entry: WaitlistEntry
    number: int
    through: Held | None  # the membership that gives priority

    @property
    def ahead(self) -> int:
        return self.number - 1


def order() -> list[str]:
    """Who comes before whom, as everyone may read it."""
    tiers = Tier.objects.filter(rights__right=Right.PRIORITY).order_by("rank").distinct()
    names = ", ".join(tier.name for tier in tiers)
    first = _("First come members with the right to priority registration, by tier: %(tiers)s.")
    return [
        first % {"tiers": names} if names else _("No tier comes before another at present."),
        _("Within a tier, whoever has been a member longer comes first."),
        _("Otherwise, and among everybody else, whoever joined the list earlier comes first."),
    ]


def rule(tickets: Iterable[Ticket] = ()) -> list[str]:
    """The rule, as everyone may read it of an event with these kinds of ticket."""
    fewest = max((ticket.min_per_order for ticket in tickets), default=1)
    return [
        *order(),
        _(
            "A membership counts while its rights do. Whoever could not buy the ticket at the"
            " moment, because dues are unpaid or it has not opened for them yet, is passed over and"
            " stays on the list."
        ),
        _("Where tickets share their seats, those who wait for any of them are in one order."),
        *(
            [
                _(
                    "Of a ticket for groups no fewer seats are offered than one order holds; until "
                    "so many are free, the group is passed over."
                ),
                _(
                    "What a group still waits for is offered once it has paid for so many. If it "
                    "does not, the rest waits on only if it is enough for an order by itself."
                ),
            ]
            if fewest > 1
            else []
        ),
        _(
            "The secretariat may move somebody up, make an offer out of turn or take somebody off"
            " the list, each with a reason on record."
        ),
    ]


def ranked(entries: Iterable[WaitlistEntry], at: datetime) -> list[Ranked]:
    """Who is served in which order; those who wait for tickets that share no seats are counted
    apart."""
    rows = list(entries)
    people = {row.user_id for row in rows}
    held = memberships_of_all(people, at, Right.PRIORITY) if rows else {}
    through = {row.pk: with_priority(held.get(row.user_id, [])) for row in rows}
    rows.sort(key=lambda row: _key(row, through[row.pk]))
    counts: Counter[Ticket] = Counter()
    found = []
    for row in rows:
        counts[row.ticket] += 1
        number = sum(n for other, n in counts.items() if _shares(other, row.ticket))
        found.append(Ranked(row, number, through[row.pk]))
    return found


def _shares(one: Ticket, other: Ticket) -> bool:
    return one.pk == other.pk or not set(one.quota_keys).isdisjoint(other.quota_keys)


def with_priority(held: list[Held]) -> Held | None:
    """The best membership whose standing grants priority."""
    return best([row for row in held if Right.PRIORITY in row.rights])


def best(held: list[Held]) -> Held | None:
    """Of the best tier, the longest."""
    return min(held, key=rank_of, default=None)


def rank_of(held: Held | None) -> tuple[int, date]:
    """Where a membership that gives priority puts somebody, or none does: lower is earlier, and
    among equals time decides."""
    return (held.tier.rank, held.member.joined_on or date.max) if held else (NO_TIER, date.max)


def _key(entry: WaitlistEntry, held: Held | None) -> tuple[Any, ...]:
    return (
        entry.moved_up_at is None,
        entry.moved_up_at or NEVER,
        *rank_of(held),
        entry.joined_at,
        entry.pk,
    )


def queue_of(ticket: Ticket, at: datetime) -> list[Ranked]:
    """Those who wait for a kind of ticket, the next one first; where it shares seats with others,
    all who wait for the event, as a seat that one may not take may be another's."""
    return ranked(_around(ticket).select_related("user", "ticket"), at)


def _around(ticket: Ticket) -> WaitlistQuerySet:
    waiting = WaitlistEntry.objects.waiting()
    return (
        waiting.filter(event=ticket.event_id) if ticket.draws_on else waiting.filter(ticket=ticket)
    )


def number_of_newcomer(ticket: Ticket, user: User, at: datetime) -> int:
    """Which number somebody has who joins at an instant. Whoever has no priority is behind all who
    wait for the same seats, which the database counts."""
    waiting = _around(ticket)
    if with_priority(memberships_of(user, at)):
        newcomer = WaitlistEntry(
            pk=NOBODYS, event_id=ticket.event_id, ticket=ticket, user=user, joined_at=at
        )
        rows = ranked([*waiting.select_related("ticket"), newcomer], at)
        return next(row.number for row in rows if row.entry is newcomer)
    counts = dict(waiting.order_by().values_list("ticket").annotate(n=Count("pk")))
    tickets = Ticket.objects.filter(pk__in=counts)
    return 1 + sum(counts[other.pk] for other in tickets if _shares(other, ticket))


def list_of(event: Event, at: datetime) -> list[Ranked]:
    """The whole list of an event."""
    waiting = WaitlistEntry.objects.waiting().filter(event=event).with_wants()
    return ranked(waiting.select_related("user__guest", "ticket").prefetch_related("places"), at)


@dataclass(frozen=True)
class Mine:
    """What one person waits for or has been offered, for their own pages."""

    entry: WaitlistEntry
    rank: Ranked | None  # None once nothing of it waits any more
    is_needless: bool = False  # of a guest who has confirmed nothing: there are seats to buy by now

    @property
    def is_unproven(self) -> bool:
        """Of a guest who has not confirmed their place yet."""
        return self.entry.status == WaitlistEntry.Status.UNPROVEN

    @property
    def may_prove(self) -> bool:
        """Their link was opened."""
        return self.is_unproven and self.entry.user.guest.confirmed_at is not None

    @property
    def waiting(self) -> list[Any]:
        places = self.entry.places.all()
        waits = self.rank or self.is_unproven
        return [p for p in places if waits and p.registration is None]

    @property
    def orders(self) -> list[Any]:
        """Offers that wait for an answer."""
        held = [p.registration for p in self.entry.places.all() if p.registration]
        offered = [row for row in held if row.status == row.Status.HELD]
        return list({row.line.order_id: row.line.order for row in offered}.values())


def mine(user: Any, at: datetime, event_id: int | None = None) -> list[Mine]:
    """In a constant number of statements, however many lists there are."""
    return mine_of([user.pk], at, event_id)


def mine_of(people: Iterable[int], at: datetime, event_id: int | None = None) -> list[Mine]:
    """The same of several, by their keys: of guests whose links one holds."""
    entries = WaitlistEntry.objects.of_people(people).unanswered()
    if event_id:
        entries = entries.filter(event=event_id)
    rows = list(
        entries.select_related("event", "ticket", "user__guest")
        .prefetch_related("places__registration__line__order")
        .order_by("joined_at")
    )
    events = [row.event_id for row in rows if row.status == WaitlistEntry.Status.WAITING]
    others = WaitlistEntry.objects.waiting().filter(event__in=events).select_related("ticket")
    ranks = {row.entry.pk: row for row in ranked(others, at)} if events else {}
    needless = _needless(rows, at)
    return [Mine(row, ranks.get(row.pk), row.pk in needless) for row in rows]


def _needless(entries: Iterable[WaitlistEntry], at: datetime) -> set[int]:
    """Of guests who would be told to register instead, were they to confirm their place now."""
    unproven = [
        row
        for row in entries
        if row.status == WaitlistEntry.Status.UNPROVEN and at < row.event.registration_closes_at
    ]
    if not unproven:
        return set()
    tickets = Ticket.objects.with_room().in_bulk({row.ticket_id for row in unproven})
    return {
        row.pk for row in unproven if tickets[row.ticket_id].seats_to_buy >= len(row.places.all())
    }
