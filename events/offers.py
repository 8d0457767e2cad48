"""What an event offers to one reader now: their price, their opening time, the seats left.

Page, list, form and action all ask here, and here asks ``members.access.entitlement``.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import Prefetch, QuerySet, TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from events.brochures import Live
from events.models import (
    Event,
    EventQuerySet,
    Ticket,
    Voucher,
)
from events.openings import clocks_of, read_openings
from kosna.core import clock
from members.access import (
    AsIf,
    Held,
    Price,
    entitlement,
    memberships_of,
    prices_for,
    why_no_price,
)
from members.models import Right, Voter

EVERYONE = AnonymousUser()
# From here on a list says that seats are few.
FEW_SEATS, FEW_PERCENT = 5, 10


class State(TextChoices):
    OPEN = "open", _("Registration open")  # 접수중
    EARLY = "early", _("Priority registration")  # 우선접수
    LATER = "later", _("Opens later")
    MEMBERS = "members", _("For members")
    INVITED = "invited", _("With a voucher")
    WAITLIST = "waitlist", _("Waiting list")
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
    State.WAITLIST,
    State.FULL,
    State.CLOSED,
)
TONES = {
    State.OPEN: "good",
    State.EARLY: "accent",
    State.LATER: "info",
    State.MEMBERS: "info",
    State.INVITED: "info",
    State.WAITLIST: "warning",
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
    before: int | None = None  # what this reader pays without their voucher
    everyone_price: int | None = None
    cheaper_until: datetime | None = None  # the early bird that this reader enjoys now
    opens_at: datetime | None = None
    reason: str = ""
    held: Held | None = None  # on which membership

    OPEN_STATES: ClassVar = (State.OPEN, State.EARLY)

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN_STATES

    @property
    def may_wait(self) -> bool:
        """Whether there may be fewer seats than this reader wants: only then one waits for them."""
        if self.ticket.needs_approval:
            return False
        if self.is_open:
            return self.seats_left < self.ticket.max_per_order
        return self.state in (State.WAITLIST, State.FULL)

    @property
    def everyone_at(self) -> datetime | None:
        return self.ticket.openings.get(None)

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
    opens_at: datetime | None  # for this reader, the first of what its state is said of
    # The same for everyone; None where they have a ticket already, or no price at all.
    everyone_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.state in Offer.OPEN_STATES

    @property
    def is_early(self) -> bool:
        return self.state == State.EARLY

    @property
    def is_past(self) -> bool:
        """Over or cancelled: nothing is to be had any more, whatever one does."""
        return self.state in (State.OVER, State.CANCELLED)

    @property
    def has_list(self) -> bool:
        """Whether there is something to wait for: a kind of ticket is gone, or awaited."""
        return any(
            offer.state in (State.WAITLIST, State.FULL) and not offer.ticket.needs_approval
            for offer in self.offers
        )

    @property
    def to_wait_for(self) -> list[Offer]:
        return [offer for offer in self.offers if offer.may_wait]

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


def invite(
    event: Event,
    user: Any,
    at: datetime,
    seen: Live | None = None,
    voucher: Voucher | None = None,
) -> Invitation:
    """What this reader is offered; with the seats as ``seen`` where the rows at hand may be old,
    and with the voucher whose code they have entered."""
    offers = tuple(
        _offer(ticket, user, at, seen, voucher)
        for ticket in event.tickets.all()
        if not ticket.is_hidden or (voucher and voucher.shows(ticket))
    )
    states = {offer.state for offer in offers}
    none = State.INVITED if event.tickets.all() else State.FREE_ENTRY
    state = _whole(event, at) or next((s for s in PREFERENCE if s in states), none)
    counted = [offer for offer in offers if offer.state == state]
    opens_at = min((o.opens_at for o in counted if o.opens_at), default=None)
    for_all = [offer for offer in offers if offer.everyone_price is not None]
    is_everyones = any(offer.state == State.OPEN for offer in for_all)
    later = [offer.everyone_at for offer in for_all if offer.state == state and offer.everyone_at]
    everyone_at = None if is_everyones else min(later, default=None)
    return Invitation(event, offers, state, opens_at, everyone_at)


def _offer(
    ticket: Ticket, user: Any, at: datetime, seen: Live | None, voucher: Voucher | None
) -> Offer:
    left = seen.left.get(ticket.pk, ticket.seats_left) if seen else ticket.seats_left
    is_awaited = ticket.pk in seen.awaited if seen else bool(ticket.awaited)
    if voucher and voucher.keeps_seats_of(ticket):
        left, is_awaited = voucher.uses_left, False
    taken = ticket.capacity - left
    return with_voucher(offer_of(ticket, user, at, taken, is_awaited=is_awaited), voucher)


def with_voucher(offer: Offer, voucher: Voucher | None) -> Offer:
    """With what its holder pays; whether it is open, the voucher does not say."""
    if voucher is None or offer.price is None or not voucher.fits(offer.ticket):
        return offer
    return replace(offer, price=voucher.price_of(offer.price), before=offer.price)


def offer_of(
    ticket: Ticket,
    user: Any,
    at: datetime,
    taken: int,
    *,
    is_awaited: bool = False,
    at_door: bool = False,
) -> Offer:
    """One ticket for one reader, with so many of its seats not on public sale; while it is waited
    for, those that become free are not either. ``at_door``: to who stands there, to whom one sells
    also when the time of registration is over."""
    whole = _whole(ticket.event, at, at_door=at_door)
    decision = entitlement(user, ticket, at)
    if whole:
        state, reason = whole, str(whole.label)
    elif not ticket.is_on_sale:
        state, reason = State.CLOSED, str(_("This ticket is no longer sold."))
    elif ticket.day and clock.kst_date(at) > ticket.day:
        state, reason = State.CLOSED, str(_("The day of this ticket is over."))
    elif why := roll_refusal(ticket.event, user):
        state, reason = State.MEMBERS, why
    elif decision.code == "later":
        state, reason = State.LATER, decision.reason
    elif not decision.allowed:
        state, reason = State.MEMBERS, decision.reason
    elif decision.price is None:
        reason = why_no_price(user, ticket.access_rule(), at)
        state = State.MEMBERS if reason else State.CLOSED
        reason = reason or str(_("This ticket is no longer sold."))
    elif is_awaited:
        state = State.WAITLIST
        reason = str(_("Seats that become free go to the waiting list first."))
    elif taken >= ticket.capacity:
        state, reason = State.FULL, str(_("All seats are taken."))
    else:
        state, reason = State(decision.code), ""
    rule = ticket.access_rule()
    everyones = prices_for(EVERYONE, rule, at)
    mine = [price for price in prices_for(user, rule, at) if price.amount == decision.price]
    ends = [price.until for price in mine]
    return Offer(
        ticket=ticket,
        state=state,
        seats_left=0 if is_awaited else max(ticket.capacity - taken, 0),
        price=decision.price,
        everyone_price=min((p.amount for p in everyones), default=None),
        # A price for good that is as low stays when the early bird ends.
        cheaper_until=None if None in ends else max(filter(None, ends), default=None),
        opens_at=decision.opens_at,
        reason=reason,
        held=_held(user, mine, at),
    )


def _held(user: Any, lowest: Iterable[Price], at: datetime) -> Held | None:
    """The membership that gives this reader the lowest price; where everyone has it, their
    first."""
    held = memberships_of(user, at)
    tiers = {price.tier_id for price in lowest}
    if None not in tiers:
        given = [row for row in held if row.tier.pk in tiers and Right.MEMBER_PRICE in row.rights]
        held = given or held
    return held[0] if held else None


def roll_refusal(event: Event, user: Any) -> str:
    """Why this reader cannot come to a members' meeting: its places are for those on the roll."""
    if event.meeting_id is None:
        return ""
    if getattr(user, "is_authenticated", False):
        # Who only stands for a tier is on no roll.
        if user.pk and event.meeting_id in _rolls_of(user):
            return ""
        return str(
            _("Places are for those on the roll of the meeting: My page says why you are not.")
        )
    return str(_("Places are for those on the roll of the meeting. Please sign in."))


def _rolls_of(user: Any) -> frozenset[int]:
    """Keys of the meetings on whose rolls somebody stands; asked once a user object."""
    known: dict[str, Any] = user.__dict__
    if "_rolls" not in known:
        known["_rolls"] = frozenset(Voter.objects.of(user).values_list("meeting", flat=True))
    rolls: frozenset[int] = known["_rolls"]
    return rolls


def _whole(event: Event, at: datetime, *, at_door: bool = False) -> State | None:
    """The state that the event imposes on all of its tickets, if it does."""
    if event.status == Event.Status.CANCELLED:
        return State.CANCELLED
    if at >= event.ends_at:
        return State.OVER
    is_closed = at >= event.registration_closes_at and not at_door
    if event.status == Event.Status.DRAFT or is_closed:
        return State.CLOSED
    return None


def companions_as(user: Any, at: datetime) -> Any:
    """As whom colleagues on the same order are treated: members of a company's membership share
    its terms, and no others; a personal membership is personal, so its companions register as
    everyone does."""
    shared = [
        held
        for held in memberships_of(user, at)
        if held.is_companys and Right.MEMBER_PRICE in held.rights
    ]
    return AsIf.holding(shared) if shared else EVERYONE


def companions_at(event: Event, user: Any, at: datetime) -> Any:
    """The same at an event; at a members' meeting everybody stands on the roll by themselves."""
    return EVERYONE if event.meeting_id else companions_as(user, at)


def beside(invitation: Invitation, other: Invitation) -> list[tuple[Offer, Offer | None]]:
    """Each offer, with that of its ticket to another reader where it is open at another price."""
    others = {offer.ticket.pk: offer for offer in other.offers if offer.is_open}
    pairs = [(offer, others.get(offer.ticket.pk)) for offer in invitation.offers]
    return [(one, two if two and two.price != one.price else None) for one, two in pairs]


def changes_at(event: Event, at: datetime) -> datetime | None:
    """The next instant at which an event's page changes by itself, as anyone sees it."""
    times = [event.registration_closes_at, event.starts_at, event.ends_at]
    times += [time for row in clocks_of(event) for time in row.times.values()]
    if call := getattr(event, "call", None):
        times += [call.opens_at, call.closes_at]
    times += [p.until for t in event.tickets.all() for p in t.prices.all() if p.until]
    times += [clock.start_of(t.day + timedelta(days=1)) for t in event.tickets.all() if t.day]
    return min((time for time in times if time > at), default=None)


def with_offers(events: EventQuerySet) -> QuerySet[Event]:
    """What ``invitations`` needs, in a constant number of statements."""
    return events.select_related("branch", "clock").prefetch_related(
        Prefetch("tickets", Ticket.objects.with_room().select_related("clock")), "tickets__prices"
    )


def invitations(events: Iterable[Event], user: Any, at: datetime) -> list[Invitation]:
    """Each event as this reader sees it: for lists, the home page and branch pages. Give it a
    page of ``with_offers(Event.objects.published().upcoming())``."""
    events = list(events)
    read_openings(row for event in events for row in clocks_of(event))
    return [invite(event, user, at) for event in events]
