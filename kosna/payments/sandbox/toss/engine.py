"""What Toss Payments does: a payer agrees on the page, the shop approves, money moves; an account
is given out and paid into; money goes back; webhooks tell of it.

Every method is one transaction. Amounts are whole won. A refusal is a TossError and changes
nothing, but for a card company's, which ends the payment.
"""

from collections.abc import Callable
from typing import Any

from ..errors import TossError
from ..store import Body, Store
from . import shapes
from .contract import Contract

PAYMENT, TRANSACTION, NOTICE = "toss.payment", "toss.transaction", "toss.notice"
TO_AGREE = 30 * 60  # seconds that a page stays open
TO_APPROVE = 10 * 60  # and that an agreement stays good
LONGEST_ACCOUNT = 30 * 86_400
APPROVALS = ("approved", "declined")
OPEN = ("READY", "IN_PROGRESS", "WAITING_FOR_DEPOSIT")


class Engine:
    """The behaviour behind the API, the payment page and the control panel."""

    def __init__(
        self, store: Store, contract: Contract, *, now: Callable[[], float], public_url: str = ""
    ) -> None:
        self.store = store
        self.contract = contract
        self.now = now
        self.public_url = public_url
        self.on_event: Callable[[str], None] = lambda id: None  # the courier listens here

    # Reading

    def get(self, key: str) -> Body:
        """By its paymentKey, as of now: what the clock changed meanwhile has changed."""
        return self._one("id", key)

    def of_order(self, orderid: str) -> Body:
        return self._one("json_extract(body, '$.payment.orderId')", orderid)

    def _one(self, column: str, value: str) -> Body:
        with self.store.transaction():
            self.tick()
            found = self.store.search(PAYMENT, conditions=((f"{column} = ?", value),), limit=1)
        if not found:
            raise TossError("NOT_FOUND_PAYMENT", "존재하지 않는 결제 정보 입니다.", status=404)
        return found[0]["payment"]

    def transactions(self, params: dict[str, Any]) -> list[Body]:
        """Oldest first, between two times, the second included."""
        self.tick()
        rows = [found["row"] for found in self.store.search(TRANSACTION)][::-1]
        if after := params.get("startingAfter"):
            keys = [row["transactionKey"] for row in rows]
            if after not in keys:
                raise TossError("INVALID_TRANSACTION_KEY", "잘못된 페이징 키 입니다.")
            rows = rows[keys.index(after) + 1 :]
        start, end = shapes.seconds(params["startDate"]), shapes.seconds(params["endDate"])
        asked = [row for row in rows if start <= shapes.seconds(row["transactionAt"]) <= end]
        return asked[: params.get("limit", 100)]

    def tick(self) -> None:
        """Everything that happens by itself: pages and accounts close."""
        with self.store.transaction():
            for row in self.store.due(PAYMENT, self.now()):
                payment = row["payment"]
                if payment["virtualAccount"]:
                    payment["virtualAccount"]["expired"] = True
                payment |= {"status": "EXPIRED", "failure": _failure("EXPIRED_PAYMENT")}
                self._save(payment)
                self._emit(payment)

    # Through the API

    def create(self, params: dict[str, Any], language: str = "ko") -> Body:
        is_account = params["method"] == "VIRTUAL_ACCOUNT"
        if params["amount"] < (200 if is_account else 100):
            raise TossError("BELOW_MINIMUM_AMOUNT", "결제 금액이 너무 작습니다.")
        if self.store.search(
            PAYMENT,
            conditions=(("json_extract(body, '$.payment.orderId') = ?", params["orderId"]),),
        ):
            raise TossError(
                "DUPLICATED_ORDER_ID", "이미 승인 및 취소가 진행된 중복된 주문번호 입니다."
            )
        now = self.now()
        due = shapes.seconds(params["dueDate"]) if "dueDate" in params else now + 7 * 86_400
        if not now < due <= now + LONGEST_ACCOUNT + 60:
            raise TossError("INVALID_DATE", "입금 기한은 30일 이내여야 합니다.")
        payment = shapes.payment(params, now=now, public_url=self.public_url)
        self.store.add(
            _row(payment), due=now + TO_AGREE, request=params, language=language, account_due=due
        )
        return payment

    def confirm(self, params: dict[str, Any]) -> Body:
        """The shop's word: only now does a card pay, or an account open."""
        payment = self.get(params["paymentKey"])
        if (payment["orderId"], payment["totalAmount"]) != (params["orderId"], params["amount"]):
            raise TossError("INVALID_REQUEST", "잘못된 요청입니다.")
        if payment["status"] in ("DONE", "WAITING_FOR_DEPOSIT", "CANCELED", "PARTIAL_CANCELED"):
            raise TossError("ALREADY_PROCESSED_PAYMENT", "이미 처리된 결제 입니다.")
        if payment["status"] != "IN_PROGRESS":
            raise TossError(
                "NOT_FOUND_PAYMENT_SESSION",
                "결제 시간이 만료되어 결제 진행 데이터가 존재하지 않습니다.",
                status=404,
            )
        notes = self.store.notes(payment["paymentKey"])
        if notes["approval"] == "declined":
            raise TossError(
                "REJECT_CARD_PAYMENT", "한도초과 혹은 잔액부족으로 결제에 실패했습니다.", status=403
            )
        if payment["method"] == shapes.ACCOUNT:
            return self._give_out(payment, notes)
        return self._pay(payment)

    def abort(self, key: str) -> None:
        """What a card company refused is over."""
        with self.store.transaction():
            payment = self.get(key)
            payment |= {"status": "ABORTED", "failure": _failure("REJECT_CARD_PAYMENT")}
            self._save(payment)
            self._emit(payment)

    def cancel(self, key: str, params: dict[str, Any]) -> Body:
        """All that is left, or `cancelAmount` of it; money of an account goes to the account that
        is named."""
        payment = self.get(key)
        if payment["status"] == "WAITING_FOR_DEPOSIT":
            return self._take_back(payment, params)
        if payment["status"] == "CANCELED":
            raise TossError("ALREADY_CANCELED_PAYMENT", "이미 취소된 결제 입니다.")
        if payment["status"] not in ("DONE", "PARTIAL_CANCELED"):
            raise TossError("NOT_CANCELABLE_PAYMENT", "취소 할 수 없는 결제 입니다.", status=403)
        amount: int = params.get("cancelAmount") or payment["balanceAmount"]
        if amount > payment["balanceAmount"]:
            raise TossError("NOT_CANCELABLE_AMOUNT", "취소 할 수 없는 금액 입니다.", status=403)
        account = payment["virtualAccount"]
        if account and "refundReceiveAccount" not in params:
            raise TossError("INVALID_REFUND_ACCOUNT_INFO", "환불 계좌 정보가 필요합니다.")
        if account:
            to = params["refundReceiveAccount"]
            account["refundReceiveAccount"] = {
                "bankCode": to["bank"],
                "accountNumber": to["accountNumber"],
                "holderName": to["holderName"],
            }
            is_slow = self.store.setting("refunds") == "pending"
            account["refundStatus"] = "PENDING" if is_slow else "COMPLETED"
        left = payment["balanceAmount"] - amount
        cancel = shapes.cancel(params, amount=amount, left=left, now=self.now())
        if not account and self.store.setting("refunds") == "pending":
            cancel["cancelStatus"] = "IN_PROGRESS"
        payment |= {
            "status": "PARTIAL_CANCELED" if left else "CANCELED",
            "balanceAmount": left,
            "cancels": [*(payment["cancels"] or []), cancel],
        }
        return self._move(payment, key=cancel["transactionKey"], amount=amount)

    # On the payment page

    def agree(
        self, key: str, choice: str = "card", bank: str = "20", *, approval: str = "approved"
    ) -> Body:
        """The payer has proven who they are. What the card company will say to the shop's approval
        is decided here."""
        if choice not in shapes.CHOICES or bank not in shapes.BANKS or approval not in APPROVALS:
            raise TossError("INVALID_REQUEST", "잘못된 요청입니다.")
        with self.store.transaction():
            payment = self._open(key)
            payment["status"] = "IN_PROGRESS"
            if payment["method"] != shapes.ACCOUNT:
                easy = shapes.CHOICES[choice]
                payment["method"] = shapes.EASY_PAY if easy else shapes.CARD
                total = payment["totalAmount"]
                payment["card"] = shapes.card(total)
                payment["easyPay"] = (
                    {"provider": easy, "amount": 0, "discountAmount": 0} if easy else None
                )
            self.store.note(key, approval=approval, bank=bank)
            self._save(payment, due=self.now() + TO_APPROVE)
            return payment

    def decline(self, key: str) -> Body:
        """The payer could not prove who they are."""
        with self.store.transaction():
            self._open(key)
            self.abort(key)
            return self.get(key)

    # Afterwards: the bank, the gateway's own dashboard

    def deposit(self, key: str, amount: int | None = None, *, late: bool = False) -> Body:
        """Money comes into a virtual account. Banks refuse another amount and another time; with
        `amount` and `late` one of them has not."""
        with self.store.transaction():
            payment = self.get(key)
            account = payment["virtualAccount"]
            waits = ("WAITING_FOR_DEPOSIT", "EXPIRED", "CANCELED") if late else (
                "WAITING_FOR_DEPOSIT",
            )  # fmt: skip
            if account is None or payment["approvedAt"] or payment["status"] not in waits:
                raise TossError("INVALID_REQUEST", "입금할 수 없는 계좌입니다.")
            amount = payment["totalAmount"] if amount is None else amount
            payment |= {"totalAmount": amount, "balanceAmount": amount}
            account |= {"depositorName": account["customerName"], "expired": False}
            payment |= {"failure": None, "cancels": None}
            return self._pay(payment)

    def reverse(self, key: str) -> Body:
        """The bank takes back what it told of: the account waits again."""
        with self.store.transaction():
            payment = self.get(key)
            payment |= {"status": "WAITING_FOR_DEPOSIT", "approvedAt": None}
            return self._move(payment, amount=payment["totalAmount"])

    def refund(self, key: str, amount: int | None = None) -> Body:
        """Somebody cancels in the gateway's own dashboard, past the portal."""
        with self.store.transaction():
            params: dict[str, Any] = {"cancelReason": "상점관리자 취소"}
            if amount is not None:
                params["cancelAmount"] = amount
            params["refundReceiveAccount"] = {
                "bank": "20",
                "accountNumber": "1002000000000",
                "holderName": "박서준",
            }
            return self.cancel(key, params)

    def settle_refund(self, key: str, outcome: str = "succeeded") -> Body:
        """The last refund of a payment ends; "failed" gives the money back to us."""
        with self.store.transaction():
            payment = self.get(key)
            last = (payment["cancels"] or [None])[-1]
            if last is None or outcome not in ("succeeded", "failed"):
                raise TossError("INVALID_REQUEST", "끝낼 환불이 없습니다.")
            failed = outcome == "failed"
            if payment["virtualAccount"]:
                status = "FAILED" if failed else "COMPLETED"
                payment["virtualAccount"]["refundStatus"] = status
            else:
                last["cancelStatus"] = "ABORTED" if failed else "DONE"
            if failed:
                payment["balanceAmount"] += last["cancelAmount"]
            self._save(payment)
            self._emit(payment)
            return payment

    def expire(self, key: str) -> Body:
        """Its time is over now."""
        with self.store.transaction():
            payment = self.get(key)
            if payment["status"] not in OPEN:
                raise TossError("INVALID_REQUEST", f"이 결제는 {payment['status']} 상태입니다.")
            self._save(payment, due=self.now())
            return self.get(key)

    def truth(self) -> dict[str, Any]:
        """Every payment as it is, oldest first, and what the money adds up to (won)."""
        with self.store.transaction():
            self.tick()
            payments = [row["payment"] for row in self.store.search(PAYMENT)][::-1]
            notices = [row["payload"] for row in self.store.search(NOTICE)][::-1]
        paid = [payment for payment in payments if payment["approvedAt"]]
        captured = sum(payment["totalAmount"] for payment in paid)
        balance = sum(payment["balanceAmount"] for payment in paid)
        return {
            "payments": payments,
            "notices": notices,
            "captured": captured,
            "refunded": captured - balance,
            "balance": balance,
        }

    # Parts

    def _open(self, key: str) -> Body:
        payment = self.get(key)
        if payment["status"] != "READY":
            raise TossError("INVALID_REQUEST", f"이 결제는 {payment['status']} 상태입니다.")
        return payment

    def _give_out(self, payment: Body, notes: dict[str, Any]) -> Body:
        due = notes["account_due"]
        payment |= {
            "status": "WAITING_FOR_DEPOSIT",
            "virtualAccount": shapes.virtual_account(
                notes["bank"], notes["request"].get("customerName", ""), due=due
            ),
            "secret": shapes.new_key("ps_", 28),
        }
        return self._move(payment, amount=payment["totalAmount"], due=due)

    def _pay(self, payment: Body) -> Body:
        payment |= {
            "status": "DONE",
            "approvedAt": shapes.when(self.now()),
            "receipt": {"url": f"{self.public_url}/toss/pay/{payment['paymentKey']}"},
        }
        return self._move(payment, amount=payment["totalAmount"])

    def _take_back(self, payment: Body, params: dict[str, Any]) -> Body:
        amount = payment["totalAmount"]
        cancel = shapes.cancel(params, amount=amount, left=0, now=self.now())
        payment |= {"status": "CANCELED", "balanceAmount": 0, "cancels": [cancel]}
        return self._move(payment, key=cancel["transactionKey"], amount=amount)

    def _move(
        self, payment: Body, *, amount: int, key: str | None = None, due: float | None = None
    ) -> Body:
        """One approval or cancellation: the payment, its line in the list, its notices."""
        key = key or shapes.new_key("txrd_")
        payment["lastTransactionKey"] = key
        self._save(payment, due=due)
        line = shapes.transaction(payment, key=key, amount=amount, now=self.now())
        self.store.add({"id": key, "object": TRANSACTION, "row": line})
        self._emit(payment, is_deposit=payment["virtualAccount"] is not None)
        return payment

    def _save(self, payment: Body, *, due: float | None = None) -> None:
        self.contract.check("Payment", payment)
        self.store.save(_row(payment), due=due)

    def _emit(self, payment: Body, *, is_deposit: bool = False) -> None:
        """Both notices of a deposit, as a shop gets them that subscribes to both."""
        notices = [("StatusChanged", shapes.status_changed(payment, now=self.now()))]
        if is_deposit:
            notices.append(("DepositCallback", shapes.deposit_callback(payment, now=self.now())))
        for name, payload in notices:
            self.contract.check(name, payload)
            kind = payload.get("eventType", "DEPOSIT_CALLBACK")
            id = shapes.new_key("whk_")
            self.store.add(
                {
                    "id": id,
                    "object": NOTICE,
                    "type": f"{kind} {payment['status']}",
                    "created": int(self.now()),
                    "payload": payload,
                }
            )
            self.on_event(id)


def _row(payment: Body) -> Body:
    return {"id": payment["paymentKey"], "object": PAYMENT, "payment": payment}


def _failure(code: str) -> Body:
    texts = {
        "EXPIRED_PAYMENT": "결제가 만료되었습니다. 다시 시도해주세요.",
        "REJECT_CARD_PAYMENT": "한도초과 혹은 잔액부족으로 결제에 실패했습니다.",
    }
    return {"code": code, "message": texts[code]}
