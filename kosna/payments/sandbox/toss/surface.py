"""The surface as one object: requests under `/toss/`, and the controls that people turn."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from ..courier import Courier, Letter
from ..errors import TossError
from ..html import message
from ..store import Body, Store
from ..web import Request, Response
from . import pages
from .api import Api
from .contract import Contract
from .engine import NOTICE, Engine

# What the panel and the control API may turn, as "toss.<name>".
CONTROLS = {
    "agree", "decline", "deposit", "expire", "fail_next", "refund", "reverse", "settle_refund",
    "truth",
}  # fmt: skip
CONFIRM = "POST /v1/payments/confirm"


class Toss:
    """Amounts in whole won; a control that the gateway would refuse raises TossError.

    `webhook_url`: where notices go, its secret included; none: they are only kept.
    """

    def __init__(
        self, store: Store, courier: Courier, *, now: Callable[[], float], webhook_url: str = ""
    ) -> None:
        self.webhook_url = webhook_url
        self.contract = Contract()
        self.engine = Engine(store, self.contract, now=now)
        self.engine.on_event = courier.queue
        courier.writers[NOTICE] = self.letter
        self.api = Api(self.engine, self.contract)
        self.fail_next = self.api.fail_next
        self.agree = self.engine.agree
        self.decline = self.engine.decline
        self.deposit = self.engine.deposit
        self.expire = self.engine.expire
        self.refund = self.engine.refund
        self.reverse = self.engine.reverse
        self.settle_refund = self.engine.settle_refund
        self.truth = self.engine.truth

    @property
    def url(self) -> str:
        return f"{self.engine.public_url}/toss"

    def letter(self, notice: Body) -> Letter | None:
        """A notice on its way: nothing signs it."""
        if not self.webhook_url:
            return None
        payload = json.dumps(notice["payload"], ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "tosspayments-webhook-transmission-id": notice["id"],
        }
        return Letter(self.webhook_url, payload, headers)

    def notices(self, kind: str = "") -> list[Body]:
        """Oldest first, by the beginning of their type: `PAYMENT_STATUS_CHANGED DONE`."""
        found = reversed(self.engine.store.search(NOTICE))
        return [notice for notice in found if notice["type"].startswith(kind)]

    def success_url(self, payment: Body) -> str:
        """Where the browser goes once the payer has agreed."""
        return self._back(
            payment,
            "successUrl",
            paymentKey=payment["paymentKey"],
            orderId=payment["orderId"],
            amount=payment["totalAmount"],
        )

    def __call__(self, request: Request) -> Response:
        match request.method, request.path.rstrip("/").split("/")[2:]:
            case _, ["v1", *_]:
                return self.api(request, request.path.removeprefix("/toss"))
            case "GET", ["pay", key]:
                return self._page(key)
            case "POST", ["pay", key]:
                return self._choice(key, request.form)
        return message("404", "Nothing is here.", 404)

    def _page(self, key: str, notice: str = "") -> Response:
        try:
            payment = self.engine.get(key)
        except TossError as refusal:
            return message("404", str(refusal), 404)
        notes = self.engine.store.notes(key)
        back = notes["request"]["successUrl"]
        leave = self._back(payment, "failUrl", code="PAY_PROCESS_CANCELED", message="취소")
        return pages.payment(payment, notes["language"], notice=notice, back=back, leave=leave)

    def _choice(self, key: str, form: dict[str, str]) -> Response:
        chosen = {name: form[name] for name in ("choice", "bank") if name in form}
        try:
            match form.get("outcome"):
                case "agree":
                    return self._agreed(self.agree(key, **chosen))
                case "refused_later":
                    return self._agreed(self.agree(key, **chosen, approval="declined"))
                case "answer_lost":
                    self.fail_next(operation=CONFIRM, kind="timeout", moment="after")
                    return self._agreed(self.agree(key, **chosen))
                case "decline":
                    payment = self.decline(key)
                    words = {"code": "PAY_PROCESS_ABORTED", "message": "실패"}
                    return Response.redirect(
                        self._back(payment, "failUrl", **words, orderId=payment["orderId"])
                    )
                case "deposit":
                    self.deposit(key)
                case "deposit_late":
                    self.deposit(key, late=True)
                case "deposit_other":
                    self.deposit(key, self.engine.get(key)["totalAmount"] - 1_000, late=True)
                case "deposit_refused":
                    return self._page(key, notice="bank_refuses")
        except TossError:
            # Agreed, paid or expired in another tab: the page says which.
            pass
        return self._page(key)

    def _agreed(self, payment: Body) -> Response:
        return Response.redirect(self.success_url(payment))

    def _back(self, payment: Body, name: str, **query: Any) -> str:
        url = urlsplit(self.engine.store.notes(payment["paymentKey"])["request"][name])
        more = "&".join(filter(None, [url.query, urlencode(query)]))
        return urlunsplit(url._replace(query=more))
