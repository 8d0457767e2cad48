"""Payments of the demonstration. Where the payment sandbox is set up, its books get the same
charges, so that a demo payment can be refunded there like any other."""

import os
import secrets
from functools import cache
from typing import Any

from django.conf import settings

from kosna.accounts.models import User
from kosna.core import clock
from kosna.payments.actions import choose_bank_transfer, confirm_deposit, record_payment
from kosna.payments.actions.events import facts_of
from kosna.payments.actions.refunds import apply_state
from kosna.payments.models import Order, Payment, ProviderEvent, Refund
from kosna.payments.providers.base import RefundState
from kosna.payments.sandbox import Sandbox


@cache
def sandbox() -> Sandbox | None:
    """The sandbox's books, without its server and without webhooks: what happens here is known to
    the portal already."""
    if not settings.STRIPE_API_BASE:
        return None
    return Sandbox(
        db=os.environ.get("SANDBOX_DB", str(settings.VAR_DIR / "sandbox.sqlite3")),
        public_url=settings.STRIPE_API_BASE,
        contract=settings.BASE_DIR / "tests" / "contracts" / "stripe-contract.json",
    )


def pay_by_card(order: Order, method: str = "kr_card", amount: int | None = None) -> Payment:
    """Whole won; the order's total unless told otherwise."""
    amount = order.total if amount is None else amount
    order.change(method=Order.Method.CARD)
    return record_payment(
        order=order,
        provider="stripe",
        reference=_charge(order, method, amount),
        method=method,
        amount=amount,
        received_at=clock.now(),
    )


def pay_by_bank(order: Order, *, by: User, amount: int | None = None) -> Payment:
    """The buyer chooses the transfer, and the treasurer (``by``) finds it on the bank's list."""
    choose_bank_transfer(order, by=order.user)
    return deposit(order, order.total if amount is None else amount, by=by)


def deposit(order: Order, amount: int, *, by: User) -> Payment:
    return confirm_deposit(
        order,
        amount=amount,
        received_on=clock.today(),
        depositor=order.depositor_name,
        nonce=f"demo-{order.code}-{order.payments.count()}",
        seen=order.sum_paid(),
        by=by,
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


def _charge(order: Order, method: str, amount: int) -> str:
    """The charge, and the notice of it that came at once."""
    if books := sandbox():
        session = open_session(order, method, amount)
        session = books.engine.pay(session["id"], method)
    else:
        charge, name = f"pi_demo{secrets.token_hex(10)}", f"cs_demo{secrets.token_hex(10)}"
        session = {"id": name, "payment_intent": charge, "amount_total": amount, "currency": "krw"}
        session |= {"metadata": {"order": order.code, "env": settings.KOSNA_ENV}}
    event = {"type": "checkout.session.completed", "livemode": False, "data": {"object": session}}
    ProviderEvent.objects.create(
        provider="stripe",
        event=f"evt_demo{secrets.token_hex(8)}",
        type=event["type"],
        payload=facts_of(event),
        outcome=ProviderEvent.Outcome.APPLIED,
    )
    return session["payment_intent"]


def open_session(order: Order, method: str, amount: int, **metadata: str) -> dict[str, Any]:
    """A page in the sandbox's books."""
    price: dict[str, Any] = {
        "currency": "krw",
        "unit_amount": amount,
        "product_data": {"name": order.title_ko},
    }
    return sandbox().engine.create_session(
        {
            "mode": "payment",
            "line_items": [{"quantity": 1, "price_data": price}],
            "payment_method_types": [method],
            "client_reference_id": order.code,
            "customer_email": order.user.email,
            "metadata": {"order": order.code, "env": settings.KOSNA_ENV, **metadata},
            "success_url": settings.SITE_URL + order.get_absolute_url(),
            "cancel_url": settings.SITE_URL + order.get_absolute_url(),
        }
    )


def _refund(refund: Refund, fails: bool) -> str:
    books = sandbox()
    if books is None:
        return f"re_demo{secrets.token_hex(10)}"
    made = books.engine.create_refund(
        {
            "payment_intent": refund.payment.reference,
            "amount": refund.amount,
            "metadata": {"refund": str(refund.uuid), "env": settings.KOSNA_ENV},
        }
    )
    if fails:
        books.engine.settle_refund(made["id"], "failed")
    return made["id"]
