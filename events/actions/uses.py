"""Vouchers used and given back: one conditional UPDATE each, before any ticket is locked."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _

from events.models import Registration, Ticket, Voucher, VoucherUse
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.prepared import insert


def refuse_hidden(ticket: Ticket, voucher: Voucher | None) -> None:
    if ticket.is_hidden and not (voucher and voucher.shows(ticket)):
        raise Refused(_("This ticket is for holders of a voucher: please enter its code."))


def use_voucher(voucher: Voucher, ticket: Ticket, count: int, at: datetime) -> None:
    """Takes so many uses if there are so many: the one guard against using a code too often. Raises
    Refused: used up, over, or not for this ticket."""
    if voucher.event_id != ticket.event_id or not voucher.fits(ticket):
        raise Refused(_("This voucher is for another ticket."))
    if not take_uses(voucher, count, at):
        now = Voucher.objects.get(pk=voucher.pk)
        raise Refused(
            why_not(now, at)
            or _("This voucher is good for %(n)s more places. Please choose fewer.")
            % {"n": now.uses_left}
        )


def take_uses(voucher: Voucher, count: int, at: datetime) -> bool:
    usable = Voucher.objects.usable(at).filter(pk=voucher.pk)
    left = usable.filter(used__lte=F("max_uses") - count)
    return bool(left.update(used=F("used") + count))


def why_not(voucher: Voucher, at: datetime) -> str:
    """Why it is good for nothing any more; empty while it is."""
    if voucher.ended_at or (voucher.valid_until and voucher.valid_until <= at):
        return _("This voucher is no longer valid.")
    return "" if voucher.uses_left else _("This voucher has been used up.")


def write_uses(voucher: Voucher, places: Iterable[Registration], before: Iterable[int]) -> None:
    insert(
        [
            VoucherUse(voucher=voucher, registration=place, price_before=price)
            for place, price in zip(places, before, strict=True)
        ]
    )


def return_uses(ended: Iterable[Registration], at: datetime) -> Counter[int]:
    """Of places whose orders ended unpaid; each has just been ended by a compare-and-swap, and so
    once. Returns, by ticket, how many of their seats their vouchers keep again."""
    uses = VoucherUse.objects.standing().of(ended).select_related("registration")
    kept: Counter[int] = Counter()
    by_voucher: dict[int, list[VoucherUse]] = {}
    for use in uses:
        by_voucher.setdefault(use.voucher_id, []).append(use)
    for key in sorted(by_voucher):
        rows = by_voucher[key]
        VoucherUse.objects.filter(pk__in=[use.pk for use in rows]).update(returned_at=at)
        Voucher.objects.filter(pk=key).update(used=F("used") - len(rows))
        # Read after its row is locked: nobody ends it now.
        if Voucher.objects.keeping_seats().filter(pk=key).exists():
            kept.update(use.registration.ticket_id for use in rows)
    return kept


def take_uses_again(late: Iterable[Registration], *, in_time: bool) -> bool:
    """For places whose order was paid after all: their voucher counts them once more. Returns
    whether it keeps seats, of which theirs then are. Raises Refused when others have used it."""
    uses = list(VoucherUse.objects.of(late).exclude(returned_at=None).select_related("voucher"))
    if not uses:
        return False
    voucher, n = uses[0].voucher, len(uses)  # an order is placed with one
    if in_time:  # it counts though the voucher has ended meanwhile
        left = Voucher.objects.filter(pk=voucher.pk, used__lte=F("max_uses") - n)
        taken = bool(left.update(used=F("used") + n))
    else:
        taken = take_uses(voucher, n, clock.now())
    if not taken:
        raise Refused(_("The voucher of this order has been used by others, or is over."))
    VoucherUse.objects.filter(pk__in=[use.pk for use in uses]).update(returned_at=None)
    return Voucher.objects.keeping_seats().filter(pk=voucher.pk).exists()
