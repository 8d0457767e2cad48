"""What an exhibition offers to one company now: its price of each kind of booth, and whether it can
be booked. Plan, form and action all ask here, and here asks ``members.access.entitlement``."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from events.models import Booth, BoothBooking, BoothType, Event
from events.offers import companions_as
from members.access import AsIf, entitlement, memberships_of
from members.models import Member


@dataclass(frozen=True)
class BoothOffer:
    """A kind of booth as it stands for one reader; amounts in whole won, VAT as its kind says."""

    booth_type: BoothType
    reason: str  # why it cannot be booked now; empty when it can
    price: int | None
    everyone_price: int | None
    booths: Sequence[Booth]
    promised: int = 0  # to companies without a number

    @property
    def is_open(self) -> bool:
        return not self.reason

    @property
    def free(self) -> int:
        """And promised to nobody."""
        return max(sum(booth.is_free for booth in self.booths) - self.promised, 0)

    @property
    def full_price(self) -> int | None:
        """What others pay, where this reader pays less."""
        if self.price is None or self.everyone_price is None:
            return None
        return self.everyone_price if self.everyone_price > self.price else None


def companies_of(user: Any) -> list[Member]:
    """The companies for whose membership this person may order."""
    running = Member.objects.filter(status__in=Member.RUNNING).exclude(organisation=None)
    return list(running.run_by(user).select_related("organisation", "tier").order_by("pk"))


def buyer_as(user: Any, members: Sequence[Member | None], at: datetime) -> Any:
    """As whom a company is treated: a member's on the terms of its own membership, another as
    everyone. What somebody may personally, or through yet another company, counts for neither."""
    held = memberships_of(user, at)
    return companions_as(AsIf.holding(row for row in held if row.member in members), at)


def offer_for(
    booth_type: BoothType,
    reader: Any,
    at: datetime,
    booths: Sequence[Booth] = (),
    promised: int = 0,
) -> BoothOffer:
    """``booths``: those of this kind, with their states, where they are shown."""
    decision = entitlement(reader, booth_type, at)
    if reason := why_closed(booth_type.event, at):
        pass
    elif not booth_type.is_on_sale:
        reason = _("This kind of booth is no longer sold.")
    elif not decision.allowed or decision.price is None:
        reason = decision.reason
    open_to_all = [price.amount for price in booth_type.prices.all() if price.tier_id is None]
    return BoothOffer(
        booth_type, reason, decision.price, min(open_to_all, default=None), tuple(booths), promised
    )


def why_closed(event: Event, at: datetime) -> str:
    """Why nobody can book at this exhibition now; empty when some can."""
    if event.status == Event.Status.CANCELLED:
        return _("This event was cancelled.")
    if event.status != Event.Status.PUBLISHED:
        return _("Booths can be booked once the event is published.")
    if at >= event.starts_at:
        return _("The exhibition has begun: booths can be booked until then.")
    return ""


def offers_of(event: Event, reader: Any, at: datetime, booths: Iterable[Booth]) -> list[BoothOffer]:
    """Every kind of booth, with the booths of an event's plan."""
    by_type: dict[int, list[Booth]] = {}
    for booth in booths:
        by_type.setdefault(booth.booth_type_id, []).append(booth)
    kinds = event.booth_types.prefetch_related("prices__tier")
    waiting = BoothBooking.objects.unassigned().filter(event=event).order_by().values("any_of")
    promised = dict(waiting.annotate(n=Count("pk")).values_list("any_of", "n"))
    offers = []
    for kind in kinds:
        kind.event = event
        mine = by_type.get(kind.pk, ())
        offers.append(offer_for(kind, reader, at, mine, promised.get(kind.pk, 0)))
    return offers


def grid(booths: Iterable[Booth]) -> list[list[Booth | None]]:
    """The plan as rows of cells; None is an aisle."""
    placed = {(booth.row, booth.column): booth for booth in booths}
    height = max((row for row, _column in placed), default=0)
    width = max((column for _row, column in placed), default=0)
    return [
        [placed.get((row, column)) for column in range(1, width + 1)]
        for row in range(1, height + 1)
    ]
