"""The treasurer reads the bank's list and says which order a deposit was for."""

from datetime import date, datetime, time

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments.actions.matching import find_payment, tell_partial
from kosna.payments.actions.settlement import locked, settle, write_payment
from kosna.payments.matching import printed
from kosna.payments.models import Deposit, Order, Payment


def confirm_deposit(
    order: Order,
    *,
    amount: int,
    received_on: date,
    depositor: str,
    nonce: str,
    seen: int,
    by: User,
) -> Payment:
    """Records a deposit (won) of a Korean day. A partial one leaves the order waiting for the
    rest; too much raises a task.

    ``nonce`` was drawn with the form, so sending it twice books once; ``seen`` is what the order
    had received when the form was drawn, so two treasurers cannot book one deposit twice. Where a
    line of a bank file is plainly this deposit, it is taken to be the same and booked no more.
    """
    with transaction.atomic():
        order = locked(order)
        reference = f"bank:{nonce}"
        known = Payment.objects.filter(provider="bank", reference=reference).first()
        if known:
            if known.order_id != order.pk:
                raise Refused(_("This form was drawn for another order. Please look again."))
            return known
        if order.user_id == by.pk:
            raise Refused(_("You cannot confirm a deposit for your own order."))
        if order.sum_paid() != seen:
            raise Refused(
                _("Another payment for this order has just been recorded. Please look again.")
            )
        if received_on > clock.today():
            raise Refused(_("This day has not come yet."), field="received_on")
        payment = write_payment(
            order=order,
            provider="bank",
            reference=reference,
            method="bank_transfer",
            amount=amount,
            received_at=min(datetime.combine(received_on, time(12), clock.KST), clock.now()),
            by=by,
            note=depositor,
        )
        if deposit := _on_the_list(payment):
            find_payment(deposit, payment=payment, why=["by_hand", "name", "amount"], by=by)
    settle(order, by=by)
    tell_partial(order, payment)
    return payment


def _on_the_list(payment: Payment) -> Deposit | None:
    """The one open deposit of this amount, day and name."""
    day, name = clock.kst_date(payment.received_at), printed(payment.note).name
    deposits = Deposit.objects.open().filter(
        Q(line__account__branch=payment.order.branch_id)
        | Q(line__account__branch__is_head_office=True),
        left=payment.amount,
        line__incoming=payment.amount,
        line__at__range=(clock.start_of(day), clock.end_of(day)),
    )
    alike = [
        deposit
        for deposit in deposits.select_related("line__account")
        if name and printed(deposit.line.payer).name == name
    ]
    return alike[0] if len(alike) == 1 else None
