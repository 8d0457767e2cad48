"""What was paid before the sandbox was started: the books of a demonstration, filled without its
server and without webhooks. One of these for each surface; amounts are whole won."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from .service import Sandbox
from .toss import shapes


@dataclass(frozen=True)
class Sale:
    order: str  # its code
    environment: str
    title: str
    name: str
    email: str
    url: str
    method: str
    amount: int


@dataclass(frozen=True)
class Given:
    """A virtual account: its payment's id, and what the payer is shown."""

    payment: str
    bank: str
    number: str
    holder: str


class Past(Protocol):
    def sell(self, sale: Sale) -> tuple[str, str]:
        """The charge, and the method as the gateway tells it."""

    def give_back(self, charge: str, amount: int, refund: str, *, fails: bool) -> str:
        """The refund's own id; ``refund`` is the uuid that the portal gave it."""

    def give_out(self, sale: Sale, due: datetime) -> Given | None:
        """None where there are no virtual accounts."""

    def session_of(self, charge: str) -> str:
        """What the portal calls the session of a charge."""

    def dispute(self, charge: str) -> str:
        """The payer asks their bank for the money back; the dispute's id."""


class StripePast:
    def __init__(self, sandbox: Sandbox) -> None:
        self.engine = sandbox.engine

    def sell(self, sale: Sale) -> tuple[str, str]:
        price: dict[str, Any] = {
            "currency": "krw",
            "unit_amount": sale.amount,
            "product_data": {"name": sale.title},
        }
        session = self.engine.create_session(
            {
                "mode": "payment",
                "line_items": [{"quantity": 1, "price_data": price}],
                "payment_method_types": [sale.method],
                "client_reference_id": sale.order,
                "customer_email": sale.email,
                "metadata": {"order": sale.order, "env": sale.environment},
                "success_url": sale.url,
                "cancel_url": sale.url,
            }
        )
        return self.engine.pay(session["id"], sale.method)["payment_intent"], sale.method

    def give_back(self, charge: str, amount: int, refund: str, *, fails: bool) -> str:
        made = self.engine.create_refund(
            {"payment_intent": charge, "amount": amount, "metadata": {"refund": refund}}
        )
        if fails:
            self.engine.settle_refund(made["id"], "failed")
        return made["id"]

    def give_out(self, sale: Sale, due: datetime) -> Given | None:
        return None

    def session_of(self, charge: str) -> str:
        sessions = self.engine.store.search("checkout.session")
        return next(row["id"] for row in sessions if row["payment_intent"] == charge)

    def dispute(self, charge: str) -> str:
        return self.engine.dispute(charge)["id"]


class TossPast:
    def __init__(self, sandbox: Sandbox) -> None:
        self.engine = sandbox.toss.engine
        self.store = sandbox.store

    def sell(self, sale: Sale) -> tuple[str, str]:
        method = sale.method if sale.method in shapes.CHOICES else "card"
        with self.store.transaction():
            payment = self._create(sale, method="CARD")
            self.engine.agree(payment["paymentKey"], method)
            self._confirm(payment)
        return payment["orderId"], method

    def give_back(self, charge: str, amount: int, refund: str, *, fails: bool) -> str:
        with self.store.transaction():
            key = self.engine.of_order(charge)["paymentKey"]
            reason = f"환불 (refund {refund.replace('-', '')})"
            params = {"cancelReason": reason, "cancelAmount": amount}
            made = self.engine.cancel(key, params)["cancels"][-1]
            if fails:
                self.engine.settle_refund(key, "failed")
        return made["transactionKey"]

    def give_out(self, sale: Sale, due: datetime) -> Given | None:
        until = due.astimezone(shapes.KST).strftime("%Y-%m-%dT%H:%M:%S")
        with self.store.transaction():
            payment = self._create(sale, method="VIRTUAL_ACCOUNT", dueDate=until)
            self.engine.agree(payment["paymentKey"], bank="88")
            account = self._confirm(payment)["virtualAccount"]
        bank = shapes.BANKS[account["bankCode"]]
        number, holder = account["accountNumber"], account["customerName"]
        return Given(payment["orderId"], bank, number, holder)

    def session_of(self, charge: str) -> str:
        return charge

    def dispute(self, charge: str) -> str:
        return f"dispute-{charge}"  # the gateway tells of none

    def _create(self, sale: Sale, **params: str) -> dict[str, Any]:
        return self.engine.create(
            {
                "amount": sale.amount,
                "orderId": f"{sale.environment}-{sale.order}-{secrets.token_hex(16)}",
                "orderName": sale.title[:100],
                "customerName": sale.name,
                "customerEmail": sale.email,
                "successUrl": sale.url,
                "failUrl": sale.url,
                **params,
            }
        )

    def _confirm(self, payment: dict[str, Any]) -> dict[str, Any]:
        known = {name: payment[name] for name in ("paymentKey", "orderId")}
        return self.engine.confirm(known | {"amount": payment["totalAmount"]})


PASTS: dict[str, type[StripePast] | type[TossPast]] = {"stripe": StripePast, "toss": TossPast}
