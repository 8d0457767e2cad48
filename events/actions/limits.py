"""How many places of a ticket one person has at least and may have, whatever their orders
(docs/decisions/0029, 0030).

A person is an account or a proven e-mail address. What guests have ordered under an address counts
once their link was opened, together with what the account has whose verified address it is. Until
then an order counts against nobody and nobody is refused for it: whoever types an address neither
learns what it has nor uses it up.
"""

from collections.abc import Sequence

from allauth.account.models import EmailAddress
from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from events.actions.telling import tell_limit
from events.models import Registration, RegistrationQuerySet, Ticket, TicketChange
from kosna.accounts.models import Guest, User
from kosna.core import pace
from kosna.core.errors import Refused
from kosna.payments import actions as payments
from kosna.payments.models import Order

FEW_SEATS = 4  # that guests from one place hold unproven, however small the ticket


def refuse_more_than_one_person_may(ticket: Ticket, count: int, by: User) -> None:
    """All places of a ticket that a person holds or has paid, with these, stay within what one
    person may have. Raises Refused, also for a guest whose address is not proven; the buyer's row
    is locked."""
    if ticket.max_per_person is None:
        return
    if by.is_unproven:
        raise Refused(
            _("Please open the link in our e-mail first: it shows that the address is yours.")
        )
    refuse_beyond_limit(ticket, count, by)


def refuse_more_than_is_known(ticket: Ticket, count: int, by: User) -> None:
    """As above; of a guest whose address is not proven only these places are looked at, as nobody
    may learn what an address has by typing it. The rest is asked once their link was opened."""
    if ticket.max_per_person is None:
        return
    if not by.is_unproven:
        refuse_beyond_limit(ticket, count, by)
    elif count > ticket.max_per_person:
        raise Refused(
            _("One buyer has at most %(max)s places of this ticket. Please choose fewer.")
            % {"max": ticket.max_per_person}
        )


def refuse_beyond_limit(ticket: Ticket, count: int, by: User) -> None:
    """Whoever they are and whether or not their address is proven: for the desk, which may know."""
    left = left_for(ticket, by)
    if left is not None and left < count:
        raise Refused(
            _(
                "One buyer has at most %(max)s places of this ticket, and you have %(held)s "
                "already. Please choose fewer, or another ticket."
            )
            % {"held": (ticket.max_per_person or 0) - left, "max": ticket.max_per_person}
        )


def fewest_for(ticket: Ticket, by: User) -> int:
    """How many places a person's next order of it holds at least. What they have already counts
    once it is paid, or cost nothing: an order that lapsed would leave single places behind it. What
    an address has counts for no guest who has not proven it."""
    if ticket.min_per_order == 1 or by.is_unproven:
        return ticket.min_per_order
    theirs = _registrations_of(by, _addresses_of(by)).filter(ticket=ticket)
    return max(ticket.min_per_order - theirs.confirmed().count(), 1)


def fewest_once_paid(ticket: Ticket, by: User) -> int:
    """The same, should they pay for all that they hold now."""
    if ticket.min_per_order == 1:
        return 1
    theirs = _registrations_of(by, _addresses_of(by)).filter(ticket=ticket)
    return max(ticket.min_per_order - theirs.holding_seats().count(), 1)


def refuse_hoarding_from(ip: str | None, ticket: Ticket, count: int) -> None:
    """What guests from one place hold of a ticket, neither paid nor their address proven, stays
    within a fifth of it, or within some seats where it is small; a single order is as large as any.
    Nobody else from there orders until this transaction is over. Raises Refused."""
    if ip is None:
        return
    place = pace.network(ip)
    lock_addresses([f"from {place}"])
    held = Registration.objects.filter(
        ticket=ticket,
        status=Registration.Status.HELD,
        line__order__user__is_guest=True,
        line__order__user__guest__confirmed_at=None,
    ).values_list("line__order__user__consents__ip", flat=True)
    theirs = sum(pace.network(each) == place for each in held if each)
    if theirs and theirs + count > max(FEW_SEATS, ticket.capacity // 5):
        raise Refused(
            _(
                "Many seats of this ticket are held from here already by people who have not "
                "opened the link in our e-mail. Once they open it, you can order."
            )
        )


def left_for(ticket: Ticket, by: User) -> int | None:
    """How many more places of it this person may have, nobody else asking for the same address
    until this transaction is over; None: as many as there are."""
    if ticket.max_per_person is None:
        return None
    addresses = _addresses_of(by)
    lock_addresses(addresses)
    return ticket.max_per_person - _places_of(ticket, by, addresses)


def lock_addresses(addresses: list[str]) -> None:
    """One order under an address is looked at at a time, be it a guest's or an account's: a guest
    who comes for the first time has no row that others could lock. On SQLite the transaction
    itself, begun IMMEDIATE, is the lock."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for address in sorted(addresses):
                cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [address])


def same_person(by: User) -> list[int]:
    """Whose places and requests are this person's: their own, and those of guests and accounts with
    the same proven address, nobody else looking at it until this transaction is over. A guest who
    has proven none is compared with nobody."""
    if by.is_unproven:
        return [by.pk]
    lock_addresses(_addresses_of(by))
    return people_of(by)


def people_of(by: User) -> list[int]:
    """As ``same_person``, nobody else being kept from it."""
    if by.is_unproven:
        return [by.pk]
    addresses = _addresses_of(by)
    strangers = Guest.objects.filter(email__in=addresses, confirmed_at=None)
    nobodies = set(strangers.values_list("pk", flat=True))
    return [key for key in _same_people(by, addresses) if key not in nobodies]


def refuse_second_seat(event: int, people: Sequence[int]) -> None:
    """One person comes once, be it by an account or by a guest's link. Raises Refused."""
    if Registration.objects.of_attendees(people).filter(event=event).exists():
        raise Refused(_("You are already registered for this event. My page shows your ticket."))


def _addresses_of(by: User) -> list[str]:
    if by.is_guest:
        return [by.guest.email] if by.guest.email else []
    verified = EmailAddress.objects.filter(user=by, verified=True)
    return [address.lower() for address in verified.values_list("email", flat=True)]


def _places_of(ticket: Ticket, by: User, addresses: list[str]) -> int:
    """How many places of a ticket a person's orders hold or wait to change to, paid or not."""
    theirs = _registrations_of(by, addresses)
    coming = TicketChange.objects.waiting().filter(becomes=ticket, registration__in=theirs)
    return theirs.filter(ticket=ticket).holding_seats().count() + coming.count()


def _registrations_of(by: User, addresses: list[str]) -> RegistrationQuerySet:
    """On this person's orders, and on those of guests and accounts with the same address. Of a
    guest who has not opened their link only what is certain: paid, or sold at the door."""
    is_certain = (
        Q(line__order__user=by)
        | Q(line__order__user__is_guest=False)
        | Q(line__order__user__guest__confirmed_at__isnull=False)
        | Q(status=Registration.Status.CONFIRMED)
        | Q(door_sale__isnull=False)
    )
    return Registration.objects.bought_by(_same_people(by, addresses)).filter(is_certain)


def _same_people(by: User, addresses: list[str]) -> list[int]:
    """Looked up before what they bought: they are few, and places of a ticket are many."""
    guests = Guest.objects.filter(email__in=addresses).values_list("pk", flat=True)
    accounts: list[int] = []
    if by.is_guest and addresses:
        verified = EmailAddress.objects.filter(verified=True, email__iexact=addresses[0])
        accounts = list(verified.values_list("user", flat=True))
    return [by.pk, *guests, *accounts]


def counts_once_proven(order: Order) -> bool:
    """Whether it waits, and holds places of which one person has so many."""
    if order.status != Order.Status.PENDING:
        return False
    limited = Ticket.objects.filter(max_per_person__isnull=False)
    return limited.filter(registrations__line__order=order).exists()


def on_proven(order: Order) -> str:
    """A guest has said by their link that an order that waits is theirs: from now on it counts for
    their address. Beyond the limit of a ticket it is given up, which they are told by mail. Why, or
    nothing."""
    if order.status != Order.Status.PENDING:
        return ""
    limited = Ticket.objects.filter(
        registrations__line__order=order, max_per_person__isnull=False
    ).select_related("event__branch")
    for ticket in limited.distinct():
        left = left_for(ticket, order.user)
        if left is not None and left < 0:
            most = ticket.max_per_person
            reason = _("More than %(max)s places for one address") % {"max": most}
            payments.cancel_order(order, by=order.user, reason=reason)
            theirs = _registrations_of(order.user, _addresses_of(order.user)).holding_seats()
            others = theirs.filter(event=ticket.event_id).exclude(line__order=order)
            kept = others.select_related("line__order__user").order_by("pk").first()
            tell_limit(order, ticket, kept.line.order if kept else order)
            return _(
                "One buyer has at most %(max)s places of “%(ticket)s”. With this order your e-mail "
                "address would have more, so it was given up. We have sent you the link to what "
                "you have."
            ) % {"max": most, "ticket": ticket.name}
    return ""
