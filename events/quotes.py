"""What one line of an order brings back by the ladder that it froze: of places and booths alike."""

from collections.abc import Mapping, Sequence

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


def quote_of(
    line: OrderLine,
    event: Event,
    *,
    what: str,
    is_confirmed: bool,
    claimed: int,
    refusals: Sequence[str],
    goes_with: int | None = None,
) -> Quote:
    """``event`` with its sessions at hand; what is not confirmed was not paid for. A line that
    froze no ladder (an add-on may have none) brings nothing back."""
    back, why = 0, _("Its price does not come back.")
    if line.refund_policy:
        ladder = ladder_of(line.refund_policy)
        stand = event.stand(clock.now(), ladder)
        back = ladder.back(line.amount, stand) if is_confirmed else 0
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
