"""Toss Payments, a gateway that takes Korean corporations, in whole won.

The payer agrees on its page and is sent back to us; only when we approve, within ten minutes, does
money move. A virtual account is given out at approval and paid into later. Its page is opened by
the API, so that no script of anybody else's runs in the portal.
Sources: docs.tosspayments.com (en/api-guide "Create Payment", reference, guides/webhook,
guides/payment/virtual-account, guides/apis/cancel-payment, guides/apis/transactions). Nothing here
has been tried against the gateway itself: the sandbox plays it.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any, ClassVar
from urllib.parse import quote

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kosna.core import clock
from kosna.payments.models import Attempt, Order, Refund
from kosna.payments.providers import bank
from kosna.payments.providers.base import (
    Notice,
    PageLife,
    PayoutAccount,
    ProviderDown,
    ProviderRefused,
    ProviderState,
    RefundState,
    Returned,
    Started,
    over,
)
from kosna.payments.providers.toss import words
from kosna.payments.providers.toss.http import Http

METHODS = {Order.Method.CARD: "CARD", Order.Method.VIRTUAL: "VIRTUAL_ACCOUNT"}
MINIMUM = {Order.Method.CARD: 100, Order.Method.VIRTUAL: 200}  # whole won
LONGEST_ACCOUNT = timedelta(days=30)  # that a virtual account may wait
PAGE = 1_000
# Words of an abandoned page; any other code is a payment that the page itself saw fail.
LEFT = ("PAY_PROCESS_CANCELED", "USER_CANCEL")


class Toss:
    name: ClassVar = "toss"
    title: ClassVar[str | Promise] = _("Toss Payments")
    # Half an hour to agree and ten minutes to approve, with some to spare for a late approval.
    page: ClassVar = PageLife(timedelta(minutes=30), timedelta(minutes=30), timedelta(minutes=15))

    @classmethod
    def from_settings(cls) -> "Toss | None":
        key = settings.TOSS_SECRET_KEY
        return _made(key, settings.TOSS_API_BASE) if key else None

    def __init__(self, key: str, api_base: str = "") -> None:
        self.is_live = key.startswith("live_")
        self.http = Http(key, api_base)

    def methods(self, amount: int) -> list[Order.Method]:
        return [method for method in METHODS if amount >= MINIMUM[method]]

    # Sessions

    def start(self, attempt: Attempt, order: Order) -> Started:
        try:
            payment = self.http.post(
                "/v1/payments",
                self.payment_params(attempt, order),
                key=f"st:{attempt.uuid}",
                language=attempt.language,
            )
        except (ProviderDown, ProviderRefused) as problem:
            # Its page may be open though its address got lost: look before anybody makes another.
            if found := self.find(attempt):
                return found
            raise over(problem) from problem
        return _started(payment)

    def payment_params(self, attempt: Attempt, order: Order) -> dict[str, Any]:
        """The same for the same attempt, as its idempotency key asks."""
        page = settings.SITE_URL + reverse("payments:order", args=[order.code])
        english = attempt.language == "en" and order.title_en
        params = {
            "method": METHODS[Order.Method(attempt.method)],
            "amount": attempt.amount,
            "currency": "KRW",
            "orderId": _order_id(attempt),
            "orderName": (english or order.title_ko)[:100],
            "customerName": order.buyer_name[:100],
            "customerEmail": order.user.mailbox,
            "taxFreeAmount": words.tax_free_of_order(order, attempt),
            "successUrl": page,
            "failUrl": page,
        }
        if attempt.method == Order.Method.VIRTUAL:
            # Paid into like our own account, and by the same deadline.
            due = min(bank.deadline(order), attempt.created_at + LONGEST_ACCOUNT)
            params["dueDate"] = words.stamp(due)
        return params

    def find(self, attempt: Attempt) -> Started | None:
        try:
            return _started(self._payment(_order_id(attempt)))
        except ProviderRefused:
            return None

    def returned(self, query: Mapping[str, str]) -> Returned | None:
        if query.get("paymentKey") and query.get("orderId"):
            amount = query.get("amount", "")[:12]
            return Returned(query["orderId"], int(amount) if amount.isdecimal() else None)
        if code := query.get("code"):
            return Returned(query.get("orderId", ""), is_abandoned=code in LEFT)
        return None

    def fetch(self, session: str) -> ProviderState:
        return self._state(self._payment(session))

    def approve(self, attempt: Attempt, state: ProviderState) -> ProviderState:
        try:
            payment = self.http.post(
                "/v1/payments/confirm",
                {"paymentKey": state.key, "orderId": state.session, "amount": attempt.amount},
                key=f"ap:{attempt.uuid}:{attempt.tries}",
                language=attempt.language,
            )
        except (ProviderDown, ProviderRefused):
            # Also what a second approval is told. The payment itself says what became of it.
            found = self.fetch(state.session)
            if found.status == "agreed":
                raise
            return found
        return self._state(payment)

    def expire(self, session: str) -> bool:
        """A page that nobody has agreed on needs no closing, as nothing moves that we do not
        approve; an account that was given out is taken back."""
        payment = self._payment(session)
        if payment["status"] in ("READY", "IN_PROGRESS"):
            return True
        if payment["status"] != "WAITING_FOR_DEPOSIT":
            return False
        try:
            self._cancel(payment, {"cancelReason": "주문 종료"}, key=f"cl:{session}")
        except ProviderRefused:
            return False
        return True

    def sessions_since(self, since: datetime) -> Iterator[ProviderState]:
        """What was paid since then, as a list tells it: without the payment's method and time."""
        for row in self._transactions(since):
            environment, order, attempt = words.parts_of(row["orderId"])
            if environment == settings.KOSNA_ENV and row["status"] == "DONE":
                yield ProviderState(
                    provider=self.name,
                    session=row["orderId"],
                    status="paid",
                    order=order,
                    attempt=attempt,
                    environment=environment,
                    amount=row["amount"],
                    currency=row["currency"].lower(),
                    is_live=self.is_live,
                    reference=row["orderId"],
                    key=row["paymentKey"],
                )

    # Refunds

    def needs_account(self, refund: Refund) -> bool:
        """What came into a virtual account cannot go back there."""
        return refund.payment.method == "virtual_account"

    def refund(self, refund: Refund, account: PayoutAccount | None = None) -> RefundState:
        payment = self._payment(refund.payment.reference)
        if known := _known(refund, payment):
            return known
        params: dict[str, Any] = {
            "cancelReason": words.reason_of(refund),
            "cancelAmount": refund.amount,
            "taxFreeAmount": words.tax_free_of_refund(refund),
        }
        if account:
            params["refundReceiveAccount"] = {
                "bank": words.bank_code(account.bank),
                "accountNumber": "".join(filter(str.isdecimal, account.number)),
                "holderName": account.holder,
            }
        try:
            payment = self._cancel(payment, params, key=f"re:{refund.uuid}:{refund.tries}")
        except (ProviderDown, ProviderRefused) as problem:
            if known := _known(refund, self._payment(refund.payment.reference)):
                return known
            raise over(problem) from problem
        if known := _known(refund, payment):
            return known
        raise ProviderDown("the cancellation is not in the answer")

    def refunds_of(self, charge: str) -> list[RefundState]:
        return words.refunds_of(self._payment(charge))

    def refunds_since(self, since: datetime) -> Iterator[RefundState]:
        """Of every payment of which something went back since then, all that went back."""
        rows = self._transactions(since)
        gone = {row["orderId"] for row in rows if row["status"] in words.GONE_BACK}
        for orderid in sorted(gone):
            if words.parts_of(orderid)[0] == settings.KOSNA_ENV:
                yield from self.refunds_of(orderid)

    # Notices

    def notice(self, body: bytes, headers: Mapping[str, str], secret: str) -> Notice:
        return words.notice_of(
            body,
            address=secret,
            addresses=settings.TOSS_WEBHOOK_SECRETS,
            is_live=self.is_live,
        )

    def reread(self, event: str, kind: str, kept: dict[str, Any]) -> Notice:
        return words.reread(event, kind, kept)

    # Calls

    def _payment(self, orderid: str) -> dict[str, Any]:
        return self.http.get(f"/v1/payments/orders/{quote(orderid, safe='')}")

    def _cancel(self, payment: dict[str, Any], params: dict[str, Any], *, key: str) -> Any:
        path = f"/v1/payments/{quote(payment['paymentKey'], safe='')}/cancel"
        return self.http.post(path, params, key=key)

    def _transactions(self, since: datetime) -> Iterator[dict[str, Any]]:
        query: dict[str, Any] = {
            "startDate": words.stamp(since),
            "endDate": words.stamp(clock.now() + timedelta(minutes=1)),
            "limit": PAGE,
        }
        while True:
            rows = self.http.get("/v1/transactions", **query)
            yield from rows
            if len(rows) < PAGE:
                return
            query["startingAfter"] = rows[-1]["transactionKey"]

    def _state(self, payment: dict[str, Any]) -> ProviderState:
        return words.state_of(payment, is_live=self.is_live)


@cache
def _made(key: str, api_base: str) -> Toss:
    """One for the same settings: it keeps its connections open."""
    return Toss(key, api_base)


def _order_id(attempt: Attempt) -> str:
    return words.order_id(settings.KOSNA_ENV, attempt.order.code, attempt.uuid)


def _started(payment: dict[str, Any]) -> Started:
    return Started(payment["orderId"], (payment.get("checkout") or {}).get("url", ""))


def _known(refund: Refund, payment: dict[str, Any]) -> RefundState | None:
    """Our own cancellation, if it is there and did not fail."""
    states = words.refunds_of(payment)
    mine = (state for state in states if state.refund == str(refund.uuid))
    return next((state for state in mine if state.status != "failed"), None)
