"""A place is given up, and what the ladder gives back is asked for."""

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from events.actions.seats import give_back
from events.actions.telling import tell_cancelled
from events.models import Registration
from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments import actions as payments
from kosna.payments.models import Order, OrderLine, Refund

Status = Registration.Status


def cancellation_refusals(registration: Registration) -> list[str]:
    """Why this place cannot be given up now; empty when it can."""
    if registration.status != Status.CONFIRMED:
        return [_("Only a confirmed place can be cancelled.")]
    if registration.has_come:
        return [_("This ticket was used at the door.")]
    if clock.now() >= registration.event.starts_at:
        return [_("The event has begun; a place can be given up until then.")]
    return []


@transaction.atomic
def cancel_registration(*, registration: Registration, reason: str = "", by: User) -> int:
    """Gives a place up: the seat returns at once, and what the ladder gives back (won, returned
    here) is requested as a refund. Raises Refused when it is used, over or not confirmed."""
    order = Order.objects.select_for_update().get(pk=registration.line.order_id)
    # The door locks the same row: whoever is being admitted has come, and is seen below.
    Registration.objects.select_for_update().get(pk=registration.pk)
    place = Registration.objects.with_event().get(pk=registration.pk)
    if reasons := cancellation_refusals(place):
        raise Refused(*reasons)
    quote = place.refund_quote(clock.today())
    end_place(place, order, quote, reason or _("Cancelled by the participant"), by)
    return quote


def end_place(place: Registration, order: Order, amount: int, reason: str, by: User) -> None:
    if not give_back([place], Status.CANCELLED, clock.now()):
        raise Refused(_("Somebody else has just changed this. Reload the page and look again."))
    audit.record(
        "events.cancel_registration",
        place,
        by=by,
        branch=place.event.branch,
        subjects=[person for person in (place.user_id, order.user_id) if person],
        reason=reason,
        refund=amount,
    )
    tell_cancelled(place, amount, reason)
    amount = min(amount, _unclaimed(place.line))
    if amount:
        payments.request_refund(
            order=order, line=place.line, amount=amount, ends_line=True, reason=reason, by=by
        )


def _unclaimed(line: OrderLine) -> int:
    """Won of a line that no refund has asked for yet."""
    claims = line.refunds.filter(status__in=Refund.CLAIMS)
    return line.amount - (claims.aggregate(sum=Sum("amount"))["sum"] or 0)
