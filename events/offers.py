"""What an event offers to one reader now: their price, their opening time, the seats left.

Page, list, form and action all ask here, and here asks ``members.access.entitlement``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, ClassVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import OuterRef, QuerySet, Subquery, TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from events.models import Event, EventQuerySet, Registration, Ticket
from kosna.core.prepared import Prepared
from members.access import entitlement, memberships_of
from members.models import Right

EVERYONE = AnonymousUser()
# From here on a list says that seats are few.
FEW_SEATS, FEW_PERCENT = 5, 10


class State(TextChoices):
    OPEN = "open", _("Registration open")  # 접수중
    EARLY = "early", _("Priority registration")  # 우선접수
    LATER = "later", _("Opens later")
    MEMBERS = "members", _("For members")
    FULL = "full", _("Sold out")
    CLOSED = "closed", _("Registration closed")
    OVER = "over", _("Ended")
    CANCELLED = "cancelled", _("Cancelled")
    FREE_ENTRY = "none", _("No registration needed")


# The most welcome first: what a list says of an event that has several tickets.
PREFERENCE = (
    State.EARLY,
    State.OPEN,
    State.LATER,
    State.MEMBERS,
    State.FULL,
    State.CLOSED,
)
TONES = {
    State.OPEN: "good",
    State.EARLY: "accent",
    State.LATER: "info",
    State.MEMBERS: "info",
    State.FULL: "warning",
    State.CANCELLED: "danger",
}


@dataclass(frozen=True)
class Offer:
    """One kind of ticket as it stands for one reader. Amounts in whole won."""

    ticket: Ticket
    state: State
    seats_left: int
    price: int | None = None
    everyone_price: int | None = None
    cheaper_until: datetime | None = None  # the early bird that this reader enjoys now
    opens_at: datetime | None = None
    reason: str = ""

    OPEN_STATES: ClassVar = (State.OPEN, State.EARLY)

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN_STATES

    @property
    def full_price(self) -> int | None:
        """What others pay, where this reader pays less."""
        if self.price is None or self.everyone_price is None:
            return None
        return self.everyone_price if self.everyone_price > self.price else None

    @property
    def few_left(self) -> bool:
        few = max(FEW_SEATS, self.ticket.capacity * FEW_PERCENT // 100)
        return 0 < self.seats_left <= few

    @property
    def label(self) -> str | Promise:
        return self.state.label

    @property
    def tone(self) -> str:
        return TONES.get(self.state, "plain")


@dataclass(frozen=True)
class Invitation:
    """An event with its offers, as one reader sees it."""

    event: Event
    offers: tuple[Offer, ...]
    state: State
    opens_at: datetime | None  # for this reader
    everyone_at: datetime | None  # for everyone

    @property
    def is_open(self) -> bool:
        return self.state in Offer.OPEN_STATES

    @property
    def is_early(self) -> bool:
        return self.state == State.EARLY

    @property
    def label(self) -> str | Promise:
        return _("Few seats left") if self.few_left else self.state.label

    @property
    def tone(self) -> str:
        return "warning" if self.few_left else TONES.get(self.state, "plain")

    @property
    def few_left(self) -> bool:
        return self.state == State.OPEN and all(
            offer.few_left for offer in self.offers if offer.is_open
        )

    @property
    def seats_left(self) -> int:
        return sum(offer.seats_left for offer in self.offers)

    @property
    def best(self) -> Offer | None:
        """The cheapest ticket for this reader; its price is the one that lists show."""
        priced = [offer for offer in self.offers if offer.price is not None]
        return min(priced, key=lambda offer: offer.price or 0, default=None)

    @property
    def reason(self) -> str:
        """Why not, in a sentence, where the first ticket that counts is not open."""
        return next((o.reason for o in self.offers if o.state == self.state), "")


@dataclass(frozen=True)
class Live:
    """What one SELECT says of an event: which version is current, how many seats are taken, and
    whether this reader has one (the secret of their ticket)."""

    event_id: int
    version: int
    status: str
    taken: Mapping[int, int]
    my_ticket: str | None = None

    @property
    def key(self) -> str:
        return f"{self.version}:{self.status}:{sum(self.taken.values())}"


def _state(slug: str) -> QuerySet[Any]:
    return (
        Event.objects.published()
        .filter(slug=slug)
        .values_list("pk", "version", "status", "tickets__pk", "tickets__taken")
    )


def _state_for(slug: str, user: int) -> QuerySet[Any]:
    mine = Registration.objects.of_attendee(user).filter(event=OuterRef("pk"))
    return _state(slug).annotate(mine=Subquery(mine.values("secret")[:1]))


_rows: Prepared[tuple] = Prepared(_state, slug=str)
_rows_for: Prepared[tuple] = Prepared(_state_for, slug=str, user=int)


def live(slug: str, user: Any = None) -> Live | None:
    """The present state of a published or cancelled event, or None. One statement."""
    is_known = getattr(user, "is_authenticated", False)
    rows = _rows_for(slug=slug, user=user.pk) if is_known else _rows(slug=slug)
    if not rows:
        return None
    event_id, version, status, *_ticket = rows[0]
    taken = {row[3]: row[4] for row in rows if row[3]}
    return Live(event_id, version, status, taken, rows[0][5] if is_known else None)


@lru_cache(maxsize=256)
def brochure(event_id: int, version: int) -> Event:
    """An event with everything that it shows. Kept in this process under its version, which
    changes with every edit; read only, and never asked for seats taken (see ``Live``)."""
    return (
        Event.objects.select_related("branch", "clock")
        .prefetch_related(
            "tickets__prices__tier",
            "clock__openings__tier",
            "sessions__speakers",
            "speakers",
        )
        .get(pk=event_id)
    )


def invite(
    event: Event, user: Any, at: datetime, taken: Mapping[int, int] | None = None
) -> Invitation:
    """What this reader is offered; ``taken`` by ticket where the rows at hand may be old."""
    openings = event.openings
    everyone_at = openings.get(None)
    offers = tuple(
        offer_of(ticket, user, at, (taken or {}).get(ticket.pk, ticket.taken))
        for ticket in event.tickets.all()
    )
    states = {offer.state for offer in offers}
    state = _whole(event, at) or next((s for s in PREFERENCE if s in states), State.FREE_ENTRY)
    times = [offer.opens_at for offer in offers if offer.opens_at]
    return Invitation(event, offers, state, min(times, default=None), everyone_at)


def offer_of(ticket: Ticket, user: Any, at: datetime, taken: int) -> Offer:
    """One ticket for one reader, with so many of its seats taken."""
    whole = _whole(ticket.event, at)
    decision = entitlement(user, ticket, at)
    if whole:
        state, reason = whole, str(whole.label)
    elif not ticket.is_on_sale:
        state, reason = State.CLOSED, str(_("This ticket is no longer sold."))
    elif decision.code == "later":
        state, reason = State.LATER, decision.reason
    elif not decision.allowed or decision.price is None:
        state, reason = State.MEMBERS, decision.reason
    elif taken >= ticket.capacity:
        state, reason = State.FULL, str(_("All seats are taken."))
    else:
        state, reason = State(decision.code), ""
    prices = ticket.access_rule().prices
    open_prices = [p for p in prices if p.tier_id is None and (p.until is None or at < p.until)]
    mine = [p.until for p in prices if p.amount == decision.price and p.until and at < p.until]
    return Offer(
        ticket=ticket,
        state=state,
        seats_left=max(ticket.capacity - taken, 0),
        price=decision.price,
        everyone_price=min((p.amount for p in open_prices), default=None),
        cheaper_until=max(mine, default=None),
        opens_at=decision.opens_at,
        reason=reason,
    )


def _whole(event: Event, at: datetime) -> State | None:
    """The state that the event imposes on all of its tickets, if it does."""
    if event.status == Event.Status.CANCELLED:
        return State.CANCELLED
    if at >= event.ends_at:
        return State.OVER
    if event.status == Event.Status.DRAFT or at >= event.registration_closes_at:
        return State.CLOSED
    return None


def companions_as(user: Any, at: datetime) -> Any:
    """As whom colleagues on the same order are treated: members of a company's membership share
    its terms; a personal membership is personal, so its companions register as everyone does."""
    return (
        user
        if any(
            held.member.organisation_id and Right.MEMBER_PRICE in held.rights
            for held in memberships_of(user, at)
        )
        else EVERYONE
    )


def changes_at(event: Event, at: datetime) -> datetime | None:
    """The next instant at which an event's page changes by itself, as anyone sees it."""
    times = [event.registration_closes_at, event.starts_at, event.ends_at]
    times += event.openings.values()
    times += [p.until for t in event.tickets.all() for p in t.prices.all() if p.until]
    return min((time for time in times if time > at), default=None)


def with_offers(events: EventQuerySet) -> QuerySet[Event]:
    """What ``invitations`` needs, in a constant number of statements."""
    return events.select_related("branch", "clock").prefetch_related(
        "tickets__prices", "clock__openings"
    )


def invitations(events: Iterable[Event], user: Any, at: datetime) -> list[Invitation]:
    """Each event as this reader sees it: for lists, the home page and branch pages. Give it a
    page of ``with_offers(Event.objects.published().upcoming())``."""
    return [invite(event, user, at) for event in events]
