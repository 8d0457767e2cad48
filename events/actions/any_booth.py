"""Any booth of a kind: ordered without a number, which staff assign later (docs/decisions/0036).

What is promised is counted by nothing but its rows: of every kind at least as many offered booths
stay free as companies wait for. Whoever takes a booth, withholds one or draws the plan holds the
event's row (``lock_event``) and asks ``keep_promises`` once it is done.
"""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from events.actions.booth_holding import (
    Company,
    hold,
    lock_event,
    refuse_hoarding,
    refuse_unless_published,
    taken,
)
from events.actions.booth_telling import tell_numbered
from events.booth_offers import buyer_as, offer_for
from events.models import Booth, BoothBooking, BoothType, Event
from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments import actions as payments
from kosna.payments.models import Order


def free_of(kind: BoothType) -> int:
    """How many booths of a kind are free and promised to nobody."""
    had = BoothBooking.objects.current().filter(booth__booth_type=kind)
    offered = Booth.objects.filter(booth_type=kind, is_offered=True)
    free = offered.exclude(pk__in=had.values("booth")).count()
    return free - BoothBooking.objects.unassigned().filter(any_of=kind).count()


def keep_promises(event: Event) -> None:
    """Raises Refused where more companies wait for a number than booths of their kind are free. The
    event's row is locked."""
    waiting = BoothBooking.objects.unassigned().filter(event=event).values("any_of")
    for kind in BoothType.objects.filter(pk__in=waiting).order_by("pk"):
        if free_of(kind) < 0:
            raise Refused(
                _(
                    "The free booths of this kind are promised to companies without a number: "
                    "%(kind)s."
                )
                % {"kind": kind.name}
            )


def book_any_booth(
    kind: BoothType, *, company: Company, form_key: UUID | None = None, by: User
) -> Order:
    """Holds any booth of a kind for a company, at the price of the kind; a form that is sent twice
    books once. Raises Refused: not open to this company, none left, or too many unpaid. ``by`` is
    its contact."""
    at = clock.now()
    offer = offer_for(kind, buyer_as(company.contact, [company.member], at), at)
    if not offer.is_open:
        raise Refused(offer.reason)
    with transaction.atomic():
        refuse_unless_published(kind.event)
        if sent := payments.sent_before(by, form_key):
            return sent
        refuse_hoarding(kind.event, company.contact)
        if free_of(kind) < 1:
            raise Refused(_("No booth of this kind is free any more. Please look at the others."))
        booking = hold(None, kind, company, offer, at, by, form_key=form_key)
        audit.record(
            "events.book_any_booth",
            kind.event,
            by=by,
            subjects=[booking.exhibitor.contact_id],
            kind=kind.name_ko,
            exhibitor=booking.exhibitor.name_ko,
        )
        payments.settle_free(booking.line.order, by=by)
    return booking.line.order


@transaction.atomic
def assign_number(booking: BoothBooking, booth: Booth, *, by: User) -> None:
    """Staff say which booth it is; the exhibitor is told. Raises Refused: it has one, has ended, or
    the booth is another's or of another kind."""
    lock_event(booking.event)
    if booth.event_id != booking.event_id or booth.booth_type_id != booking.any_of_id:
        raise Refused(
            _("Choose a booth of the same kind: another one has another price."), field="booth"
        )
    try:
        with transaction.atomic():
            waiting = BoothBooking.objects.unassigned().filter(pk=booking.pk)
            assigned = waiting.update(booth=booth)
    except IntegrityError:
        raise Refused(taken(booth), field="booth") from None
    if not assigned:
        raise Refused(_("This booking has a number, or has ended. Reload the page and look again."))
    keep_promises(booking.event)
    booking.booth = booth
    audit.record(
        "events.assign_number",
        booking.event,
        by=by,
        subjects=[booking.exhibitor.contact_id],
        booth=booth.number,
        exhibitor=booking.exhibitor.name_ko,
    )
    tell_numbered(booking)
