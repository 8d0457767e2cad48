"""Toss Payments' words in ours. Pure functions over its Payment object, of API version 2022-11-16.

A payment is known by the ``orderId`` that we draw for each attempt; its ``paymentKey`` is only what
some calls ask for. The id says whose it is: environment, order and attempt.
"""

import hashlib
import hmac
import json
import re
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Literal

from kosna.core import clock
from kosna.payments.models import Attempt, Order, OrderLine, Refund
from kosna.payments.providers.base import (
    Account,
    BadNotice,
    Notice,
    ProviderState,
    RefundState,
    skew,
)

# Codes of the banks that give out virtual accounts or take refunds (docs: codes/org-codes).
BANKS = {
    "02": "한국산업은행", "03": "IBK기업은행", "06": "KB국민은행", "07": "Sh수협은행",
    "11": "NH농협은행", "12": "단위농협", "20": "우리은행", "23": "SC제일은행", "27": "씨티은행",
    "31": "iM뱅크(대구)", "32": "부산은행", "34": "광주은행", "35": "제주은행", "37": "전북은행",
    "39": "경남은행", "45": "새마을금고", "48": "신협", "50": "저축은행중앙회", "64": "산림조합",
    "71": "우체국예금보험", "81": "하나은행", "88": "신한은행", "89": "케이뱅크",
    "90": "카카오뱅크", "92": "토스뱅크",
}  # fmt: skip
KINDS = ("PAYMENT_STATUS_CHANGED", "DEPOSIT_CALLBACK")
METHODS = {
    "카드": "card", "CARD": "card",
    "가상계좌": "virtual_account", "VIRTUAL_ACCOUNT": "virtual_account",
    "계좌이체": "account_transfer", "TRANSFER": "account_transfer",
    "휴대폰": "mobile_phone", "MOBILE_PHONE": "mobile_phone",
    "간편결제": "easy_pay", "EASY_PAY": "easy_pay",
}  # fmt: skip
EASY_PAY = {
    "토스페이": "toss_pay", "TOSSPAY": "toss_pay", "카카오페이": "kakao_pay",
    "KAKAOPAY": "kakao_pay", "네이버페이": "naver_pay", "NAVERPAY": "naver_pay",
    "페이코": "payco", "PAYCO": "payco", "삼성페이": "samsung_pay", "SAMSUNGPAY": "samsung_pay",
}  # fmt: skip
ORDER_ID = re.compile(r"([a-z]+)-([0-9A-Z]{10})-([0-9a-f]{32})", re.ASCII)
TAG = re.compile(r"refund ([0-9a-f]{32})", re.ASCII)
GONE_BACK = ("CANCELED", "PARTIAL_CANCELED")


def order_id(environment: str, order: str, attempt: uuid.UUID) -> str:
    """6 to 64 letters, digits and dashes: all that Toss allows, and all that we need to know."""
    return f"{environment}-{order}-{attempt.hex}"


def parts_of(orderid: str) -> tuple[str, str, str]:
    """(environment, order code, attempt uuid) of an id that we drew; empty when we did not."""
    found = ORDER_ID.fullmatch(orderid)
    return (found[1], found[2], str(uuid.UUID(found[3]))) if found else ("", "", "")


def instant(text: str) -> datetime:
    """Of Toss's clock as ours has it; a time without an offset is Korean."""
    at = datetime.fromisoformat(text)
    return (at if at.tzinfo else at.replace(tzinfo=clock.KST)) + timedelta(seconds=skew())


def stamp(at: datetime) -> str:
    """An instant as Toss takes it: Korean time to the second, of the real clock."""
    real = at.astimezone(clock.KST) - timedelta(seconds=skew())
    return real.strftime("%Y-%m-%dT%H:%M:%S")


def state_of(payment: dict[str, Any], *, is_live: bool) -> ProviderState:
    environment, order, attempt = parts_of(payment["orderId"])
    approved = payment.get("approvedAt")
    account, failure = payment.get("virtualAccount"), payment.get("failure")
    return ProviderState(
        provider="toss",
        session=payment["orderId"],
        status=_status(payment["status"], has_paid=bool(approved)),
        order=order,
        attempt=attempt,
        environment=environment,
        amount=payment["totalAmount"],
        currency=str(payment.get("currency", "")).lower(),
        is_live=is_live,
        reference=payment["orderId"],
        method=_method(payment),
        paid_at=instant(approved) if approved else None,
        account=_account(account) if account else None,
        error="{code}: {message}".format(**failure) if failure else "",
        key=payment["paymentKey"],
        secret=payment.get("secret") or "",
    )


def _status(word: str, *, has_paid: bool) -> Any:
    """CANCELED is said of money that went back and of an account that nobody paid into."""
    if word == "DONE" or (word in GONE_BACK and has_paid):
        return "paid"
    return {
        "READY": "open",
        "IN_PROGRESS": "agreed",
        "WAITING_FOR_DEPOSIT": "waiting",
        "ABORTED": "failed",
    }.get(word, "expired")


def _method(payment: dict[str, Any]) -> str:
    easy = (payment.get("easyPay") or {}).get("provider", "")
    return EASY_PAY.get(easy) or METHODS.get(payment.get("method") or "", "card")


def _account(account: dict[str, Any]) -> Account:
    code = account.get("bankCode") or account.get("bank") or ""
    return Account(
        bank=BANKS.get(code, code),
        number=account["accountNumber"],
        holder=account.get("customerName") or "",
        due_at=instant(account["dueDate"]),
    )


# Refunds


def bank_code(bank: str) -> str:
    """By its code, or by its name however people write it: "우리", "우리은행"."""
    if bank in BANKS:
        return bank
    short = bank.replace(" ", "").removesuffix("은행")
    return next((code for code, name in BANKS.items() if short and short in name), bank)


def reason_of(refund: Refund) -> str:
    """What the payer's statement and the gateway's list show, 200 letters at most, and by which we
    know our own cancellation again."""
    return f"{refund.reason[:140] or '환불'} (refund {refund.uuid.hex})"


def refunds_of(payment: dict[str, Any]) -> list[RefundState]:
    cancels = payment.get("cancels") or []
    return [
        RefundState(
            reference=cancel["transactionKey"],
            status=_refund_status(payment, cancel, is_last=cancel is cancels[-1]),
            amount=cancel["cancelAmount"],
            charge=payment["orderId"],
            refund=_tagged(cancel.get("cancelReason") or ""),
        )
        for cancel in cancels
        if payment.get("approvedAt")  # an account nobody paid into gives nothing back
    ]


def _refund_status(
    payment: dict[str, Any], cancel: dict[str, Any], *, is_last: bool
) -> Literal["done", "pending", "failed"]:
    """Money to a card is back when the cancellation is done; to an account it is wired later, and
    only the last of several transfers is told of."""
    word = cancel.get("cancelStatus", "DONE")
    if word == "DONE" and is_last and payment.get("virtualAccount"):
        word = payment["virtualAccount"].get("refundStatus", "COMPLETED")
    pending, failed = ("IN_PROGRESS", "PENDING"), ("ABORTED", "FAILED", "PARTIAL_FAILED")
    return "pending" if word in pending else "failed" if word in failed else "done"


def _tagged(reason: str) -> str:
    found = TAG.search(reason)
    return str(uuid.UUID(found[1])) if found else ""


def free_of_tax(lines: Sequence[OrderLine]) -> int:
    """Won that bear no VAT: 면세 and 비과세, which the gateway's slips must not split."""
    return sum(line.amount for line in lines if line.vat_class != OrderLine.VatClass.TAXABLE)


def tax_free_of_order(order: Order, attempt: Attempt) -> int:
    """Of the balance of an order, when not all of it is paid now, whatever is left to claim."""
    return min(free_of_tax(list(order.lines.all())), attempt.amount)


def tax_free_of_refund(refund: Refund) -> int:
    if refund.line:
        return refund.amount if free_of_tax([refund.line]) else 0
    return refund.amount if free_of_tax(list(refund.order.lines.all())) == refund.order.total else 0


# Notices


def notice_of(body: bytes, *, address: str, addresses: Sequence[str], is_live: bool) -> Notice:
    """Payment notices bear no signature: the address that they come to is the secret, and what
    they say is asked for again. A deposit notice brings the secret of its payment besides."""
    if not any(hmac.compare_digest(address.encode(), good.encode()) for good in addresses):
        raise BadNotice
    try:
        event = json.loads(body)
        kind = event.get("eventType") or "DEPOSIT_CALLBACK"
        data = event.get("data", event)
        orderid, status = data.get("orderId"), data.get("status")
        secret = str(event["secret"]) if kind == "DEPOSIT_CALLBACK" else None
    except (ValueError, KeyError, TypeError, AttributeError) as nonsense:
        raise BadNotice from nonsense
    is_known = kind in KINDS
    if is_known and not (isinstance(orderid, str) and isinstance(status, str)):
        raise BadNotice
    kept = {
        "object": str(orderid)[:64],
        "created": event.get("createdAt"),
        "livemode": is_live,
        "amount": data.get("totalAmount"),
        "currency": data.get("currency"),
        "status": status,
        "told": _told(data),
    }
    # It has no id, and a repetition is the same text.
    number = hashlib.sha256(body).hexdigest()
    notice = reread(number, f"{kind} {status or ''}".strip(), kept)
    return replace(notice, secret=secret)


def reread(event: str, kind: str, kept: dict[str, Any]) -> Notice:
    """From what is kept, which the secret of a deposit is not: whoever reads it again asks the
    gateway, whose word counts."""
    orderid, is_known = kept["object"], kind.split(" ")[0] in KINDS
    environment, order, attempt = parts_of(orderid)
    return Notice(
        provider="toss",
        event=event,
        type=kind,
        about="payment" if is_known else "nothing",
        kept=kept | {"env": environment, "order": order},
        is_live=kept.get("livemode"),
        environment=environment,
        order=order,
        attempt=attempt,
        session=orderid,
        charge=orderid if kept.get("status") in GONE_BACK else "",
        told=kept.get("told"),
    )


def _told(data: dict[str, Any]) -> dict[str, object]:
    """The fields of the state that a notice speaks of; a deposit notice speaks of none."""
    told: dict[str, object] = {}
    if "totalAmount" in data:
        told["amount"] = data["totalAmount"]
    if "currency" in data:
        told["currency"] = str(data["currency"]).lower()
    if "paymentKey" in data:
        told["key"] = data["paymentKey"]
    return told
