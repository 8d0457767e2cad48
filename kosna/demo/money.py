"""Payments of the demonstration. Where the payment sandbox is set up, the books of the gateway get
the same charges, so that a demo payment can be refunded there like any other."""

import os
import secrets
from functools import cache
from typing import Any

from django.conf import settings

from kosna.accounts.models import User
from kosna.core import clock
from kosna.payments.actions import (
    choose_bank_transfer,
    confirm_deposit,
    confirm_noted,
    record_payment,
)
from kosna.payments.actions import name_account as name_refund_account
from kosna.payments.actions.refunds import apply_state
from kosna.payments.actions.virtual import hold_for_deposit
from kosna.payments.models import (
    Attempt,
    NotedDeposit,
    Order,
    Payment,
    ProviderEvent,
    Refund,
)
from kosna.payments.providers import bank
from kosna.payments.providers.base import Account, ProviderState, RefundState
from kosna.payments.sandbox import Sandbox
from kosna.payments.sandbox.past import PASTS, Past, Sale

NOTICES = {"stripe": "checkout.session.completed", "toss": "PAYMENT_STATUS_CHANGED DONE"}


@cache
def sandbox() -> Sandbox | None:
    """The sandbox's books, without its server and without webhooks: what happens here is known to
    the portal already."""
    url = os.environ.get("SANDBOX_PUBLIC_URL", "")
    if not url:
        return None
    return Sandbox(
        db=os.environ.get("SANDBOX_DB", str(settings.VAR_DIR / "sandbox.sqlite3")),
        public_url=url,
        contract=settings.BASE_DIR / "tests" / "contracts" / "stripe-contract.json",
    )


def books() -> Past | None:
    """Of the gateway that takes new payments."""
    found = sandbox()
    return PASTS[settings.PAYMENT_GATEWAY](found) if found else None


def pay_by_card(order: Order, method: str = "kr_card", amount: int | None = None) -> Payment:
    """Whole won; the order's total unless told otherwise."""
    amount = order.total if amount is None else amount
    order.change(method=Order.Method.CARD)
    reference = f"demo{secrets.token_hex(10)}"
    if there := books():
        reference, method = there.sell(sale_of(order, method, amount))
    note_notice(order, reference, amount, outcome=ProviderEvent.Outcome.APPLIED)
    return record_payment(
        order=order,
        provider=settings.PAYMENT_GATEWAY,
        reference=reference,
        method=method,
        amount=amount,
        received_at=clock.now(),
    )


def note_notice(order: Order | None, thing: str, amount: int, **changes: Any) -> None:
    """What the gateway told of a payment at once."""
    ProviderEvent.objects.create(
        provider=settings.PAYMENT_GATEWAY,
        event=f"evt_demo{secrets.token_hex(8)}",
        type=NOTICES[settings.PAYMENT_GATEWAY],
        payload={
            "object": thing,
            "livemode": False,
            "amount": amount,
            "currency": "krw",
            "env": settings.KOSNA_ENV,
            **({"order": order.code} if order else {}),
            **changes.pop("payload", {}),
        },
        **changes,
    )


def wait_for_deposit(order: Order) -> None:
    """An account was given out for the order, where the gateway has such a thing."""
    due, there = bank.deadline(order), books()
    given = there.give_out(sale_of(order, "", order.total), due) if there else None
    if given is None:
        return
    attempt = Attempt.objects.create(
        order=order,
        provider=settings.PAYMENT_GATEWAY,
        method=Order.Method.VIRTUAL,
        session=given.payment,
        amount=order.total,
        language=order.user.language,
        status=Attempt.Status.PROCESSING,
        expires_at=due,
    )
    state = ProviderState(
        provider=attempt.provider,
        session=given.payment,
        status="waiting",
        order=order.code,
        attempt=str(attempt.uuid),
        environment=settings.KOSNA_ENV,
        amount=order.total,
        currency="krw",
        is_live=False,
        account=Account(given.bank, given.number, given.holder, due),
    )
    hold_for_deposit(attempt, state)


def pay_by_bank(order: Order, *, by: User, second: User, amount: int | None = None) -> Payment:
    """The buyer chooses the transfer, and the treasurer (``by``) finds it on the bank's list; so
    does another one, where it is much."""
    choose_bank_transfer(order, by=order.user)
    done = deposit(order, order.total if amount is None else amount, by=by)
    if isinstance(done, NotedDeposit):
        return confirm_noted(done, seen=order.sum_paid(), by=second)
    return done


def deposit(order: Order, amount: int, *, by: User) -> Payment | NotedDeposit:
    return confirm_deposit(
        order,
        amount=amount,
        received_on=clock.today(),
        depositor=order.depositor_name,
        nonce=f"demo-{order.code}-{order.payments.count()}",
        seen=order.sum_paid(),
        by=by,
    )


def name_account(refund: Refund) -> None:
    """The buyer says into which account a refund of theirs goes; the number is nobody's."""
    name_refund_account(
        refund.order,
        refund=refund,
        bank="088",
        number="000123456789",
        holder=refund.order.user.name,
        by=refund.order.user,
    )


def send_by_card(refund: Refund, *, fails: bool = False) -> None:
    """What ``send_refund`` does, with an answer that is written here."""
    refund.move_to(Refund.Status.SENT, tries=refund.tries + 1)
    charge = refund.payment.reference
    apply_state(
        RefundState(
            reference=_refund(refund, fails),
            status="failed" if fails else "done",
            amount=refund.amount,
            charge=charge,
            refund=str(refund.uuid),
            error="expired_or_canceled_card" if fails else "",
        )
    )


def sale_of(order: Order, method: str, amount: int) -> Sale:
    return Sale(
        order=order.code,
        environment=settings.KOSNA_ENV,
        title=order.title_ko,
        name=order.buyer_name,
        email=order.user.mailbox,
        url=settings.SITE_URL + order.get_absolute_url(),
        method=method,
        amount=amount,
    )


def _refund(refund: Refund, fails: bool) -> str:
    there = books()
    if there is None:
        return f"demo{secrets.token_hex(10)}"
    return there.give_back(refund.payment.reference, refund.amount, str(refund.uuid), fails=fails)
