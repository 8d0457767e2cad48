"""무통장입금: the buyer wires money to our account, the treasurer reads the bank's list."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings

from kosna.core import clock
from kosna.core.holidays import working_day_from, working_days_after
from kosna.payments.models import Order, Refund
from kosna.payments.providers.base import PayoutAccount


class BankTransfer:
    name: ClassVar = "bank"

    def needs_account(self, refund: Refund) -> bool:
        """The bank's list names who paid, never from which account."""
        return True

    def refund(self, refund: Refund, account: PayoutAccount | None = None) -> None:
        """A person wires the money and then says so, with the bank's reference."""


def is_configured() -> bool:
    return bool(settings.BANK_ACCOUNT["bank"] and settings.BANK_ACCOUNT["number"])


def deadline(order: Order) -> datetime:
    """When the money must have arrived: the end of a Korean day, counted from the day of the
    order, so that choosing again prolongs nothing, and on a day when banks work; never sooner than
    the order's own deadline."""
    return max(end_of_transfer(order.created_at), order.expires_at)


def end_of_transfer(ordered_at: datetime) -> datetime:
    """Of what was ordered at that instant."""
    last_day = clock.kst_date(ordered_at) + timedelta(days=settings.BANK_TRANSFER_DAYS)
    return clock.end_of(working_day_from(last_day))


def release_after(end: datetime) -> datetime:
    """When the seat is given up: the bank's list of the last day is read one working day later."""
    return clock.end_of(working_days_after(clock.kst_date(end), 1))
