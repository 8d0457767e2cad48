"""The hands of a payer, a bank and a gateway's clerk, for each gateway the same ones, so that one
suite can ask every provider for the same behaviour."""

from typing import Any

from django.test import Client

from kosna.payments.models import Attempt, Order, Payment
from kosna.payments.sandbox import Sandbox
from tests.live import SECRET as STRIPE_SECRET
from tests.live import TOSS_SECRET


def page(order: Order) -> str:
    return f"/orders/{order.code}/"


class Hands:
    """What tests do at a gateway. Amounts in whole won."""

    name: str

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    def settings(self, settings: Any) -> None:
        """Switches the portal to this gateway, and changes nothing else."""
        raise NotImplementedError

    def pay(self, attempt: Attempt) -> None:
        """The payer does on the page all that is theirs to do."""
        raise NotImplementedError

    def charge_unseen(self, attempt: Attempt) -> None:
        """Money has moved, and the portal died before it could write anything down."""
        raise NotImplementedError

    def decline(self, attempt: Attempt) -> dict[str, str]:
        """The payer's bank says no; what the browser brings back, if it comes back."""
        raise NotImplementedError

    def expire(self, attempt: Attempt) -> None:
        raise NotImplementedError

    def way_back(self, attempt: Attempt) -> dict[str, Any]:
        """The query with which the page sends the payer back."""
        raise NotImplementedError

    def notices(self) -> list[Any]:
        """Everything that the gateway has to tell, oldest first."""
        raise NotImplementedError

    def deliver(self, notice: Any) -> Any:
        raise NotImplementedError

    def of_another_amount(self, notice: Any) -> Any:
        raise NotImplementedError

    def fail(self, what: str, **how: Any) -> None:
        """``what``: "start", "refund" or "look" (for a refund); ``how`` as ``fail_next``."""
        raise NotImplementedError

    def refund(self, payment: Payment, amount: int) -> None:
        """Somebody gives money back in the gateway's own dashboard."""
        raise NotImplementedError

    def bounce(self, payment: Payment) -> None:
        """The last refund of a payment comes back."""
        raise NotImplementedError

    def opened(self) -> int:
        raise NotImplementedError

    def held(self) -> tuple[int, int]:
        """(captured, refunded) at the gateway."""
        raise NotImplementedError

    def come_back(self, buyer: Client, order: Order, attempt: Attempt) -> Any:
        return buyer.get(page(order), self.way_back(attempt))

    def deliver_all(self) -> None:
        for notice in self.notices():
            assert self.deliver(notice).status_code == 200


class StripeHands(Hands):
    name = "stripe"
    OPERATIONS = {
        "start": "POST /v1/checkout/sessions",
        "refund": "POST /v1/refunds",
        "look": "GET /v1/refunds",
    }

    def settings(self, settings: Any) -> None:
        settings.PAYMENT_GATEWAY = "stripe"
        settings.STRIPE_SECRET_KEY = "sk_test_sandbox"
        settings.STRIPE_WEBHOOK_SECRETS = [STRIPE_SECRET]
        settings.STRIPE_API_BASE = self.sandbox.url

    def pay(self, attempt: Attempt) -> None:
        self.sandbox.pay(attempt.session, "kakao_pay")

    charge_unseen = pay

    def decline(self, attempt: Attempt) -> dict[str, str]:
        self.sandbox.decline(attempt.session)
        return {}

    def expire(self, attempt: Attempt) -> None:
        self.sandbox.expire(attempt.session)

    def way_back(self, attempt: Attempt) -> dict[str, Any]:
        return {"sid": attempt.session}

    def notices(self) -> list[Any]:
        return self.sandbox.events()

    def deliver(self, notice: Any) -> Any:
        payload, header = self.sandbox.signed(notice)
        return Client(headers={"Stripe-Signature": header}).post(
            "/webhooks/stripe/", payload, content_type="application/json"
        )

    def of_another_amount(self, notice: Any) -> Any:
        notice["data"]["object"]["amount_total"] = 1
        return notice

    def fail(self, what: str, **how: Any) -> None:
        self.sandbox.fail_next(operation=self.OPERATIONS[what], **how)

    def refund(self, payment: Payment, amount: int) -> None:
        self.sandbox.refund(payment.reference, amount)

    def bounce(self, payment: Payment) -> None:
        self.sandbox.settle_refund(self.sandbox.truth()["refunds"][0]["id"], "failed")

    def opened(self) -> int:
        return len(self.sandbox.truth()["sessions"])

    def held(self) -> tuple[int, int]:
        truth = self.sandbox.truth()
        return truth["captured"], truth["refunded"]


class TossHands(Hands):
    name = "toss"
    OPERATIONS = {
        "start": "POST /v1/payments",
        "approve": "POST /v1/payments/confirm",
        "refund": "POST /v1/payments/{paymentKey}/cancel",
        "look": "GET /v1/payments/orders/{orderId}",
    }

    def settings(self, settings: Any) -> None:
        settings.PAYMENT_GATEWAY = "toss"
        settings.TOSS_SECRET_KEY = "test_sk_sandbox"
        settings.TOSS_WEBHOOK_SECRETS = ["the-next-address-of-this-portal", TOSS_SECRET]
        settings.TOSS_API_BASE = self.sandbox.toss.url

    def payment(self, attempt: Attempt) -> dict[str, Any]:
        return self.sandbox.toss.engine.of_order(attempt.session)

    def key(self, attempt: Attempt) -> str:
        return self.payment(attempt)["paymentKey"]

    def pay(self, attempt: Attempt) -> None:
        self.sandbox.toss.agree(self.key(attempt), "kakao_pay")

    def charge_unseen(self, attempt: Attempt) -> None:
        self.pay(attempt)
        payment = self.payment(attempt)
        with self.sandbox.store.transaction():
            self.sandbox.toss.engine.confirm({
                "paymentKey": payment["paymentKey"],
                "orderId": payment["orderId"],
                "amount": payment["totalAmount"],
            })  # fmt: skip

    def decline(self, attempt: Attempt) -> dict[str, str]:
        payment = self.sandbox.toss.decline(self.key(attempt))
        return {"code": "PAY_PROCESS_ABORTED", "message": "-", "orderId": payment["orderId"]}

    def expire(self, attempt: Attempt) -> None:
        self.sandbox.toss.expire(self.key(attempt))

    def way_back(self, attempt: Attempt) -> dict[str, Any]:
        payment = self.payment(attempt)
        return {
            "paymentKey": payment["paymentKey"],
            "orderId": payment["orderId"],
            "amount": payment["totalAmount"],
        }

    def notices(self) -> list[Any]:
        return self.sandbox.toss.notices()

    def deliver(self, notice: Any, secret: str = TOSS_SECRET) -> Any:
        return Client().post(
            f"/webhooks/toss/{secret}/", notice["payload"], content_type="application/json"
        )

    def of_another_amount(self, notice: Any) -> Any:
        notice["payload"]["data"]["totalAmount"] = 1
        return notice

    def fail(self, what: str, **how: Any) -> None:
        self.sandbox.toss.fail_next(operation=self.OPERATIONS[what], **how)

    def refund(self, payment: Payment, amount: int) -> None:
        self.sandbox.toss.refund(self.key(payment.attempt), amount)

    def bounce(self, payment: Payment) -> None:
        self.sandbox.toss.settle_refund(self.key(payment.attempt), "failed")

    def opened(self) -> int:
        return len(self.sandbox.toss.truth()["payments"])

    def held(self) -> tuple[int, int]:
        truth = self.sandbox.toss.truth()
        return truth["captured"], truth["refunded"]


HANDS: dict[str, type[Hands]] = {"stripe": StripeHands, "toss": TossHands}
