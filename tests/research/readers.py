"""How readers of reports come by their right: they buy, or they come to an event."""

from typing import Any

from events.models import CheckIn, Registration
from kosna.accounts.models import User
from kosna.core import clock
from kosna.payments import actions as payments
from kosna.payments.models import Order
from tests import factories
from tests.conftest import Cast


def come(user: User, event: Any, by: User) -> Registration:
    place = factories.make_place(factories.make_ticket(event), user)
    CheckIn.objects.create(registration=place, by=by)
    return place


def pay(order: Order, cast: Cast) -> None:
    payments.choose_bank_transfer(order, by=order.user)
    payments.record_payment(
        order=order,
        provider="bank",
        reference=order.code,
        method="bank_transfer",
        amount=order.total,
        received_at=clock.now(),
        by=cast.treasurer,
    )
