"""Add-ons taken with a place and given back with it, after the seats: by ascending key."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import F, Q
from django.utils.translation import gettext as _

from events.models import AddOn, Event, Extra, ExtraQuerySet, HandOut, Registration, Ticket
from kosna.core.errors import Refused
from kosna.core.prepared import insert
from kosna.payments import actions as payments
from kosna.payments.models import OrderLine


def chosen_addons(ticket: Ticket, chosen: Sequence[Sequence[int]]) -> list[list[AddOn]]:
    """By attendee, what their keys name. Raises Refused where one is not sold with this ticket."""
    return _fitting(ticket, chosen, is_on_sale=True)


def asked_addons(ticket: Ticket, chosen: Sequence[Sequence[int]]) -> list[list[AddOn]]:
    """The same of who asked for them in time: they may have gone off sale since."""
    return _fitting(ticket, chosen)


def _fitting(ticket: Ticket, chosen: Sequence[Sequence[int]], **among: bool) -> list[list[AddOn]]:
    wanted = {key for keys in chosen for key in keys}
    if not wanted:
        return [[] for _keys in chosen]
    rows = AddOn.objects.filter(event=ticket.event_id, pk__in=wanted, **among).prefetch_related(
        "tickets"
    )
    found = {row.pk: row for row in rows if row.fits(ticket)}
    if set(found) != wanted:
        told = _("An add-on that you chose is not sold with this ticket.")
        raise Refused(told, field="extras")
    return [[found[key] for key in sorted(set(keys))] for keys in chosen]


def line_of(addon: AddOn, event: Event, tier: str, standing: str) -> payments.Line:
    """As an order freezes it: for ever, and so without the name of whoever has it."""
    return payments.Line(
        kind="addon",
        of_ko=event.title_ko,
        of_en=event.title_en or event.title_ko,
        title_ko=addon.name_ko,
        title_en=addon.name_en or addon.name_ko,
        amount=addon.price,
        list_price=addon.price,
        vat_class=OrderLine.VatClass(addon.vat_class),
        tier=tier,
        standing=standing,
        refund_policy=event.refund_terms if addon.follows_ladder else (),
    )


def write_extras(
    places: Iterable[Registration],
    addons: Iterable[Sequence[AddOn]],
    lines: Sequence[OrderLine],
) -> list[Extra]:
    """Of each place its own; the lines stand in the same order."""
    pairs = [(place, addon) for place, mine in zip(places, addons, strict=True) for addon in mine]
    extras = [
        Extra(addon=addon, registration=place, line=line)
        for (place, addon), line in zip(pairs, lines, strict=True)
    ]
    insert(extras)
    return extras


def take_addons(extras: Iterable[Extra]) -> None:
    """The one guard against selling more than there are. Raises Refused."""
    _take(extras, is_on_sale=True)


def take_asked(extras: Iterable[Extra]) -> None:
    """The same for who asked for them while they were on sale."""
    _take(extras)


def _take(extras: Iterable[Extra], **among: bool) -> None:
    counts = Counter(extra.addon_id for extra in extras)
    for key in sorted(counts):
        n = counts[key]
        enough = Q(capacity=None) | Q(taken__lte=F("capacity") - n)
        if not AddOn.objects.filter(enough, pk=key, **among).update(taken=F("taken") + n):
            name = AddOn.objects.get(pk=key).name
            told = _("Not enough of this add-on is left: %(name)s.") % {"name": name}
            raise Refused(told, field="extras")


def lock_extras(extras: ExtraQuerySet) -> list[Extra]:
    """As they stand now; nobody gives them out or back until this transaction is over."""
    return list(extras.order_by("pk").select_for_update(of=("self",)))


def take_again(late: Iterable[Registration], *, in_time: bool) -> None:
    """For places whose order was paid after all; what was paid for in time may have gone off sale
    since. Raises Refused when others have them."""
    extras = list(Extra.objects.of(late).exclude(released_at=None))
    (take_asked if in_time else take_addons)(extras)
    Extra.objects.filter(pk__in=[extra.pk for extra in extras]).update(released_at=None)


def release(extras: ExtraQuerySet, at: datetime) -> None:
    """Each goes back once; what was given out is not there to be sold again, and stays with whoever
    has it. A giving locks the same rows, so that one of the two sees the other."""
    rows = lock_extras(extras.standing())
    given = set(HandOut.objects.filter(extra__in=rows).values_list("extra", flat=True))
    back = [row for row in rows if row.pk not in given]
    Extra.objects.filter(pk__in=[row.pk for row in back]).update(released_at=at)
    counts = Counter(row.addon_id for row in back)
    for key in sorted(counts):
        AddOn.objects.filter(pk=key).update(taken=F("taken") - counts[key])
