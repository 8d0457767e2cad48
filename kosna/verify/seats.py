"""Recounts places of events: tickets, sessions, waiting lists, quotas, codes, add-ons, booths."""

from django.db.models import CharField, Count, Exists, F, OuterRef, Q, Sum
from django.db.models.functions import Cast, Coalesce

from events.actions import PAYABLE
from events.actions.any_booth import free_of
from events.actions.quotas import sums_of
from events.models import (
    AddOn,
    BoothBooking,
    BoothType,
    CheckIn,
    Extra,
    Quota,
    Registration,
    Session,
    Ticket,
    TicketChange,
    Voucher,
)
from kosna.audit.models import Entry
from kosna.payments.models import Order, Refund
from research.models import Permit


def seats_match_registrations() -> list[str]:
    waits = Q(changes_here__done_at=None, changes_here__ended_at=None)
    tickets = Ticket.objects.annotate(
        sat=Count("registrations", filter=Q(registrations__released_at=None), distinct=True),
        coming=Count("changes_here", filter=waits, distinct=True),
        held=F("sat") + F("coming"),
    ).exclude(taken=F("held"))
    return [f"ticket {row.pk} counts {row.taken} seats, {row.held} are held" for row in tickets]


def sessions_match_sign_ups() -> list[str]:
    sessions = Session.objects.annotate(sat=Count("sign_ups")).exclude(taken=F("sat"))
    return [f"session {row.pk} counts {row.taken} people, {row.sat} signed up" for row in sessions]


def waiting_lists_are_counted() -> list[str]:
    """What keeps seats from public sale is that somebody waits for them, and nothing else."""
    waits = Q(waitlist__status="waiting", waitlist__places__registration=None)
    tickets = Ticket.objects.annotate(waits=Count("waitlist__places", filter=waits)).exclude(
        awaited=F("waits")
    )
    return [f"ticket {row.pk} counts {row.awaited} waiting, {row.waits} wait" for row in tickets]


def quotas_match_their_tickets() -> list[str]:
    """A quota counts what the tickets that draw on it do, and they know which it is."""
    problems = []
    for quota in Quota.objects.prefetch_related("tickets"):
        for name, count in sums_of(quota.tickets.all()).items():
            if getattr(quota, name) != count:
                told = getattr(quota, name)
                problems.append(f"quota {quota.pk} counts {told} {name}, its tickets {count}")
    for ticket in Ticket.objects.prefetch_related("quotas"):
        if ticket.quota_keys != sorted(quota.pk for quota in ticket.quotas.all()):
            problems.append(f"ticket {ticket.pk} does not know on which quotas it draws")
    return problems


def vouchers_match_their_uses() -> list[str]:
    """A code counts the places that it was used for, and a ticket the seats that are kept of it."""
    used = Count("uses", filter=Q(uses__returned_at=None))
    rows = Voucher.objects.annotate(uses_now=used).exclude(used=F("uses_now"))
    problems = [f"voucher {row.pk} counts {row.used} uses, has {row.uses_now}" for row in rows]
    keeps = Q(vouchers__reserves_seats=True, vouchers__ended_at=None)
    left = F("vouchers__max_uses") - F("vouchers__used")
    tickets = Ticket.objects.annotate(kept=Coalesce(Sum(left, filter=keeps), 0))
    return problems + [
        f"ticket {row.pk} counts {row.blocked} kept seats, vouchers keep {row.kept}"
        for row in tickets.exclude(blocked=F("kept"))
    ]


def admitted_had_their_places() -> list[str]:
    """A door lets in whoever has a place. It may end afterwards, by a refund or because it was
    given up or the event called off, as the record says; one that was never paid admits nobody."""
    place = OuterRef("registration")
    given_up = Entry.objects.filter(
        verb="events.cancel_registration",
        target_type=Registration._meta.label_lower,
        target_id=Cast(place, CharField()),
    )
    refunded = Refund.objects.filter(line__registration=place)
    status = Registration.Status
    ended_later = Q(registration__status=status.CANCELLED, registration__released_at__gte=F("at"))
    rows = CheckIn.objects.exclude(registration__status=status.CONFIRMED).exclude(
        ended_later & (Exists(given_up) | Exists(refunded))
    )
    return [f"registration {row.registration_id} was admitted and has no place" for row in rows]


def addons_match_their_attendees() -> list[str]:
    """An add-on counts the attendees who have it, each of whom has a place or was given it."""
    has = Count("extras", filter=Q(extras__released_at=None))
    rows = AddOn.objects.annotate(has=has).exclude(taken=F("has"))
    problems = [f"add-on {row.pk} counts {row.taken}, {row.has} have it" for row in rows]
    ended = Extra.objects.standing().exclude(registration__released_at=None)
    lost = ended.filter(hand_outs=None).count()
    return problems + ([f"{lost} add-ons belong to places that were given up"] if lost else [])


def booths_keep_their_promises() -> list[str]:
    """Whoever ordered any booth of a kind finds one that is free."""
    waiting = BoothBooking.objects.unassigned().values("any_of")
    kinds = BoothType.objects.filter(pk__in=waiting)
    return [
        f"{-free} booths of kind {kind.pk} are promised and not there"
        for kind in kinds
        if (free := free_of(kind)) < 0
    ]


def confirmed_booths_are_paid() -> list[str]:
    rows = BoothBooking.objects.filter(status=BoothBooking.Status.CONFIRMED).exclude(
        line__order__status__in=[Order.Status.PAID, Order.Status.REFUNDED, Order.Status.REVIEW]
    )
    return [f"booth booking {row.pk} is confirmed, its order is not paid" for row in rows]


def paid_orders_have_what_they_bought() -> list[str]:
    """What an order that is paid was for has been confirmed, though it may have ended since."""
    paid = Order.objects.filter(status=Order.Status.PAID)
    places = Registration.objects.filter(line__order__in=paid, confirmed_at=None)
    booths = BoothBooking.objects.filter(line__order__in=paid, confirmed_at=None)
    changes = TicketChange.objects.filter(line__order__in=paid, done_at=None)
    permits = Permit.objects.filter(line__order__in=paid, since=None)
    unheld = {"seat": places, "booth": booths, "change": changes, "report": permits}
    problems = [
        f"order {code} is paid, nobody has its {name}"
        for name, rows in unheld.items()
        for code in rows.values_list("line__order__code", flat=True)
    ]
    seatless = paid.filter(payable=PAYABLE).exclude(lines__registration__isnull=False)
    return problems + [f"order {order.code} is paid and holds no place" for order in seatless]


def confirmed_seats_are_paid() -> list[str]:
    rows = Registration.objects.filter(status=Registration.Status.CONFIRMED).exclude(
        line__order__status__in=[Order.Status.PAID, Order.Status.REFUNDED, Order.Status.REVIEW]
    )
    settled = [Order.Status.PAID, Order.Status.REFUNDED]
    changes = TicketChange.objects.done().exclude(line=None)
    unpaid = changes.exclude(line__order__status__in=settled)
    return [f"registration {row.pk} is confirmed, its order is not paid" for row in rows] + [
        f"registration {row.registration_id} was changed, the difference is not paid"
        for row in unpaid
    ]
