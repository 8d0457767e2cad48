"""The objects as Toss Payments lays them out. Pure functions: parameters in, dicts out, won as
int."""

import secrets
import string
from datetime import datetime, timedelta, timezone
from typing import Any

from ..store import Body

KST = timezone(timedelta(hours=9))
ALPHABET = string.ascii_letters + string.digits
MERCHANT = "kosna"
CARD, ACCOUNT, EASY_PAY = "카드", "가상계좌", "간편결제"
# On the page: what the payer chooses, and whose easy pay it is ("" for a plain card).
CHOICES = {
    "card": "",
    "toss_pay": "토스페이",
    "kakao_pay": "카카오페이",
    "naver_pay": "네이버페이",
    "payco": "페이코",
    "samsung_pay": "삼성페이",
}
BANKS = {"20": "우리은행", "88": "신한은행", "06": "KB국민은행", "11": "NH농협은행"}


def new_key(prefix: str = "", length: int = 24) -> str:
    return prefix + "".join(secrets.choice(ALPHABET) for _ in range(length))


def when(stamp: float) -> str:
    return datetime.fromtimestamp(int(stamp), KST).isoformat()


def seconds(text: str) -> float:
    """A time of a request, Korean where it has no offset."""
    at = datetime.fromisoformat(text)
    return (at if at.tzinfo else at.replace(tzinfo=KST)).timestamp()


def payment(params: dict[str, Any], *, now: float, public_url: str) -> Body:
    key = new_key("kosna")
    amount, free = params["amount"], params.get("taxFreeAmount", 0)
    supplied = ((amount - free) * 10 + 5) // 11
    return {
        "version": "2022-11-16",
        "paymentKey": key,
        "type": "NORMAL",
        "orderId": params["orderId"],
        "orderName": params["orderName"],
        "mId": MERCHANT,
        "currency": "KRW",
        "method": ACCOUNT if params["method"] == "VIRTUAL_ACCOUNT" else None,
        "totalAmount": amount,
        "balanceAmount": amount,
        "status": "READY",
        "requestedAt": when(now),
        "approvedAt": None,
        "useEscrow": False,
        "lastTransactionKey": None,
        "suppliedAmount": supplied,
        "vat": amount - free - supplied,
        "cultureExpense": False,
        "taxFreeAmount": free,
        "taxExemptionAmount": 0,
        "cancels": None,
        "isPartialCancelable": True,
        "card": None,
        "virtualAccount": None,
        "secret": None,
        "mobilePhone": None,
        "giftCertificate": None,
        "transfer": None,
        "metadata": None,
        "receipt": None,
        "checkout": {"url": f"{public_url}/toss/pay/{key}"},
        "easyPay": None,
        "country": "KR",
        "failure": None,
        "cashReceipt": None,
        "cashReceipts": None,
        "discount": None,
    }


def card(amount: int) -> Body:
    return {
        "amount": amount,
        "issuerCode": "61",
        "acquirerCode": "31",
        "number": "12345678****789*",
        "installmentPlanMonths": 0,
        "approveNo": "00000000",
        "useCardPoint": False,
        "cardType": "신용",
        "ownerType": "개인",
        "acquireStatus": "READY",
        "isInterestFree": False,
        "interestPayer": None,
    }


def virtual_account(bank: str, customer: str, *, due: float) -> Body:
    return {
        "accountType": "일반",
        "accountNumber": "X" + "".join(secrets.choice(string.digits) for _ in range(13)),
        "bankCode": bank,
        "customerName": customer,
        "depositorName": None,
        "dueDate": when(due),
        "refundStatus": "NONE",
        "expired": False,
        "settlementStatus": "INCOMPLETED",
        "refundReceiveAccount": None,
    }


def cancel(params: dict[str, Any], *, amount: int, left: int, now: float) -> Body:
    return {
        "cancelAmount": amount,
        "cancelReason": params["cancelReason"],
        "taxFreeAmount": params.get("taxFreeAmount", 0),
        "taxExemptionAmount": 0,
        "refundableAmount": left,
        "easyPayDiscountAmount": 0,
        "canceledAt": when(now),
        "transactionKey": new_key("txrd_"),
        "receiptKey": None,
        "cancelStatus": "DONE",
        "cancelRequestId": None,
    }


def transaction(payment: Body, *, key: str, amount: int, now: float) -> Body:
    return {
        "mId": MERCHANT,
        "transactionKey": key,
        "paymentKey": payment["paymentKey"],
        "orderId": payment["orderId"],
        "method": payment["method"],
        "customerKey": None,
        "useEscrow": False,
        "receiptUrl": None,
        "status": payment["status"],
        "transactionAt": when(now),
        "currency": "KRW",
        "amount": amount,
    }


def status_changed(payment: Body, *, now: float) -> Body:
    return {
        "eventType": "PAYMENT_STATUS_CHANGED",
        "createdAt": _stamp(now),
        "data": payment,
    }


def deposit_callback(payment: Body, *, now: float) -> Body:
    return {
        "createdAt": _stamp(now),
        "secret": payment["secret"],
        "status": payment["status"],
        "transactionKey": payment["lastTransactionKey"],
        "orderId": payment["orderId"],
    }


def _stamp(now: float) -> str:
    return datetime.fromtimestamp(now, KST).strftime("%Y-%m-%dT%H:%M:%S.%f")
