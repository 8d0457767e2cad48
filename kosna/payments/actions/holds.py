"""A hold that its buyer prolongs: a few minutes more to pay, as often as the rule says."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core.errors import Refused
from kosna.payments import payables
from kosna.payments.actions.card import must_be_payable
from kosna.payments.actions.orders import RELEASE_GRACE
from kosna.payments.actions.settlement import locked
from kosna.payments.models import Attempt, Order


def extension_of(order: Order) -> datetime | None:
    """Until when one more press of the button would hold an unpaid order; None when it cannot be
    prolonged: twice is most, transfers have days of their own, and the seller may say no."""
    by_the_minute = order.total and order.method in Order.HELD_BY_THE_MINUTE
    if not by_the_minute or not extensions_left(order):
        return None
    until = min(order.expires_at + _hold() / 2, _last(order))
    latest = payables.get(order.payable).hold_ends(order)
    return min(until, latest) if latest and latest > order.expires_at else None


def extensions_left(order: Order) -> int:
    """Half a hold each, until twice the hold has gone since the order. What is held by another rule
    (for hours, for days) has none."""
    return max(-((order.expires_at - _last(order)) // (_hold() / 2)), 0)


def _hold() -> timedelta:
    return timedelta(minutes=settings.SEAT_HOLD_MINUTES)


def _last(order: Order) -> datetime:
    return order.created_at + 2 * _hold()


@transaction.atomic
def extend_hold(order: Order, *, by: User | None) -> Order:
    """Holds what was ordered for half a hold more. The payment page that may be open ends when its
    provider said it would; the hold outlives it as before, and another page is opened for the time
    that is left. Raises Refused when the deadline has passed or nothing more can be given."""
    order = locked(order)
    must_be_payable(order)
    if order.attempts.filter(status=Attempt.Status.PROCESSING).exists():
        raise Refused(_("Your bank is still deciding about the payment. Please wait for it."))
    until = extension_of(order)
    if until is None:
        raise Refused(_("This hold cannot be prolonged any more. Please pay before it ends."))
    order.change(
        expires_at=until,
        release_at=max(order.release_at, until + RELEASE_GRACE),
    )
    audit.record(
        "payments.extend_hold",
        order,
        by=by,
        subjects=[order.user_id],
        until=until.isoformat(),
    )
    return order
