"""What one line of an order brings back by the ladder that it froze: of places and booths alike."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db.models import Sum
from django.utils.translation import gettext as _

from events.ladders import ladder_of
from events.models import Event
from kosna.core import clock
from kosna.payments.models import Order, OrderLine, Refund
from kosna.payments.payables import Quote


def claimed_of(order: Order) -> Mapping[int, int]:
    """Won that refunds have claimed already, by line."""
    claims = Refund.objects.filter(line__order=order, status__in=Refund.CLAIMS).order_by()
    return dict(claims.values_list("line").annotate(sum=Sum("amount")))


def claimed_beside(lines: Iterable[OrderLine]) -> Mapping[int, int]:
    """The same of lines of several orders."""
    keys = [line.pk for line in lines]
    claims = Refund.objects.filter(line__in=keys, status__in=Refund.CLAIMS).order_by()
    return dict(claims.values_list("line").annotate(sum=Sum("amount"))) if keys else {}


def quote_of(
    line: OrderLine,
    event: Event,
    *,
    what: str,
    is_confirmed: bool,
    claimed: int,
    refusals: Sequence[str],
    goes_with: int | None = None,
    worth: int | None = None,
    day: date | None = None,
) -> Quote:
    """``event`` with its sessions at hand; what is not confirmed was not paid for. A line that
    froze no ladder (an add-on may have none) brings nothing back. ``worth``: won of its amount that
    what it bought is worth now, where a change has taken from it; ``day``, where it bought a
    ticket of one day."""
    worth = line.amount if worth is None else worth
    back, why = 0, _("Its price does not come back.")
    if line.refund_policy:
        ladder = ladder_of(line.refund_policy)
        stand = event.stand(clock.now(), ladder, day)
        back = ladder.back(worth, stand) if is_confirmed else 0
        why = f"{ladder.rung(stand).words} · {stand.words}"
    return Quote(
        line=line,
        what=what,
        back=min(back, line.amount - claimed),
        claimed=claimed,
        why=why,
        refusals=tuple(refusals),
        goes_with=goes_with,
    )
