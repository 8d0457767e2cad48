"""An event is shown, taken back and called off."""

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from events.actions.announcing import announce_programme, tell_called_off
from events.actions.booth_holding import lock_event
from events.actions.booth_paying import end_booths_of
from events.actions.cancelling import end_place
from events.actions.changes_ended import end_changes, lock_places
from events.actions.requesting import close_requests
from events.actions.telling import tell_cancelled
from events.actions.waiting_ended import close_list
from events.models import Event, Extra, Proposal, Registration, new_version
from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core.errors import Refused
from kosna.payments import actions as payments
from kosna.payments.models import Order


def touch(event: Event) -> None:
    """Another version: every kept page and brochure of this event is old from now on."""
    event.version = new_version()
    Event.objects.filter(pk=event.pk).update(version=event.version)


def show_tickets(event: Event, is_shown: bool) -> None:
    """Opens or shuts the counters of an event; a sale under way is waited for, or finds it shut."""
    event.tickets.update(is_shown=is_shown)


@transaction.atomic
def publish(*, event: Event, by: User) -> None:
    """Shows an event to everyone, and tells whoever its programme concerns. Raises Refused when its
    tickets cannot be sold as they stand."""
    unpriced = [t.name for t in event.tickets.annotate(n=Count("prices")).filter(n=0)]
    if unpriced:
        raise Refused(
            _("These tickets have no price yet: %(names)s.") % {"names": ", ".join(unpriced)}
        )
    show_tickets(event, True)
    event.move_to(Event.Status.PUBLISHED, version=new_version())
    announce_programme(event)
    audit.record("events.publish", event, by=by)


@transaction.atomic
def unpublish(*, event: Event, by: User) -> None:
    """Takes an event back to a draft, while nobody has registered."""
    show_tickets(event, False)
    lock_event(event)
    if event.registrations.exists() or event.booth_bookings.exists():
        raise Refused(_("People have registered: cancel the event instead, so that they are told."))
    if event.waitlist.waiting().exists():
        raise Refused(_("People wait for a seat: cancel the event instead, or clear its list."))
    if event.place_requests.undecided().exists():
        raise Refused(_("People wait for a decision on their requests: decide on them first."))
    if Proposal.objects.filter(call__event=event, status=Proposal.Status.SUBMITTED).exists():
        raise Refused(_("Proposals are under review: decide on them first."))
    event.move_to(Event.Status.DRAFT, version=new_version())
    audit.record("events.unpublish", event, by=by)


def cancel_event(*, event: Event, reason: str, by: User) -> int:
    """Calls an event off: no seat is sold from now on, everyone is told, and a full refund of every
    paid place is requested. Returns how many places ended; safe to run again after a crash."""
    if event.status != Event.Status.CANCELLED:
        with transaction.atomic():
            event.tickets.update(is_on_sale=False)
            event.move_to(Event.Status.CANCELLED, version=new_version())
            tell_called_off(event, reason)
            audit.record("events.cancel", event, by=by, reason=reason)
    close_list(event)
    close_requests(event, reason=reason, by=by)
    # Each order in its own transaction, so that the locks stay short and in order.
    orders = Order.objects.filter(
        lines__registration__event=event, lines__registration__released_at=None
    ).distinct()
    ended = sum(_cancel_order_of(event, order.pk, reason, by) for order in orders)
    booths = event.booth_bookings.current().values_list("line__order", flat=True).distinct()
    return ended + sum(end_booths_of(event, order, reason, by) for order in list(booths))


@transaction.atomic
def _cancel_order_of(event: Event, order_id: int, reason: str, by: User) -> int:
    held = Registration.objects.filter(line__order=order_id, event=event).holding_seats()
    lines = list(held.values_list("line", flat=True))
    order = lock_places(Order(pk=order_id), lines)
    end_changes(held, by=by)
    places = list(held.with_event())
    if order.status == Order.Status.PENDING:
        payments.cancel_order(order, by=by, reason=reason)
        for place in places:
            tell_cancelled(place, 0, reason)
        return len(places)
    for place in places:
        extras = Extra.objects.standing().of([place])
        prices = dict(extras.values_list("line", "line__amount"))
        prices |= dict(place.changes.done().exclude(line=None).values_list("line", "line__amount"))
        end_place(place, order, place.line.amount, reason, by, extras=prices)
    return len(places)
