"""The second surface: what it takes and answers, as the schemas have it, and how it behaves."""

import json
from typing import Any

import pytest
import requests

from kosna.payments.sandbox import Sandbox, TossError, running_sandbox
from kosna.payments.sandbox.errors import ContractBroken
from kosna.payments.sandbox.toss.contract import Contract

from .test_pages import ask

BASE: dict[str, Any] = {
    "method": "CARD",
    "amount": 33_000,
    "currency": "KRW",
    "orderId": "test-ABCDEFGHJK-1",
    "orderName": "컨퍼런스",
    "customerName": "박서준",
    "customerEmail": "account@example.test",
    "taxFreeAmount": 0,
    "successUrl": "http://portal.test/orders/A-1/",
    "failUrl": "http://portal.test/orders/A-1/?x=1",
}
REFUND_TO = {"bank": "88", "accountNumber": "110123456789", "holderName": "박서준"}


@pytest.fixture(scope="module")
def server():
    with running_sandbox(retry_after=(0.05,)) as sandbox:
        yield sandbox


@pytest.fixture
def toss(server: Sandbox, portal):
    server.reset()
    server.toss.webhook_url = portal.url
    return server.toss


@pytest.fixture
def call(toss):
    def call(verb: str, path: str, body: Any = None, *, key: str = "", secret: str = "test_sk_1"):
        """(status, body) of one request."""
        headers = {"Idempotency-Key": key} if key else {}
        with requests.Session() as session:
            answer = session.request(
                verb, toss.url + path, json=body, headers=headers, auth=(secret, ""), timeout=10
            )
        return answer.status_code, answer.json()

    return call


@pytest.fixture
def payment(call) -> dict[str, Any]:
    status, payment = call("POST", "/v1/payments", BASE)
    assert status == 200
    return payment


def word(payment: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """What the shop says to approve it."""
    known = {name: payment[name] for name in ("paymentKey", "orderId")}
    return known | {"amount": payment["totalAmount"]} | changes


def account_of(call, toss) -> dict[str, Any]:
    params = BASE | {"method": "VIRTUAL_ACCOUNT", "orderId": "test-ABCDEFGHJK-2"}
    _, payment = call("POST", "/v1/payments", params)
    toss.agree(payment["paymentKey"], bank="88")
    return call("POST", "/v1/payments/confirm", word(payment))[1]


def test_payments_of_the_public_documents_fit_the_schemas():
    """A deposit being waited for, as people posted it (techchat.tosspayments.com)."""
    posted = json.loads(
        """{"mId": "znsyz1004", "lastTransactionKey": "3CCA83C4814FC15B67058F74D42F980B",
        "paymentKey": "znsyz20251130141719u7Ie0", "orderId": "000071", "orderName": "입금",
        "taxExemptionAmount": 0, "status": "WAITING_FOR_DEPOSIT",
        "requestedAt": "2025-11-30T14:17:19+09:00", "approvedAt": null, "useEscrow": false,
        "cultureExpense": false, "card": null, "virtualAccount": {"accountNumber":
        "79019639679511", "accountType": "고정", "bankCode": "11", "customerName": "김태백",
        "dueDate": "2025-11-30T15:17:19+09:00", "expired": false, "settlementStatus":
        "INCOMPLETED", "refundStatus": "NONE", "refundReceiveAccount": null, "depositorName":
        null}, "transfer": null, "mobilePhone": null, "giftCertificate": null, "cashReceipt":
        null, "cashReceipts": null, "discount": null, "cancels": null, "secret":
        "ps_eqRGgYO1r57E4Z541ZMW3QnN2Eya", "type": "NORMAL", "easyPay": null, "country": "KR",
        "failure": null, "isPartialCancelable": true, "receipt": {"url": "https://a.test/"},
        "checkout": {"url": "https://a.test/"}, "currency": "KRW", "totalAmount": 30000,
        "balanceAmount": 30000, "suppliedAmount": 27273, "vat": 2727, "taxFreeAmount": 0,
        "method": "가상계좌", "version": "2022-11-16", "metadata": null}"""
    )
    contract = Contract()
    contract.check("Payment", posted)
    for change in ({"colour": "red"}, {"totalAmount": "30000"}, {"status": "PAID"}):
        with pytest.raises(ContractBroken):
            contract.check("Payment", posted | change)


def test_money_moves_when_the_shop_says_so_and_once(call, toss, payment, portal):
    assert (payment["status"], payment["method"], payment["approvedAt"]) == ("READY", None, None)
    assert call("POST", "/v1/payments/confirm", word(payment))[0] == 404
    agreed = toss.agree(payment["paymentKey"], "toss_pay")
    assert agreed["status"] == "IN_PROGRESS" and toss.truth()["captured"] == 0
    assert call("POST", "/v1/payments/confirm", word(payment, amount=1))[0] == 400
    status, paid = call("POST", "/v1/payments/confirm", word(payment), key="a")
    assert (status, paid["status"], paid["easyPay"]["provider"]) == (200, "DONE", "토스페이")
    assert call("POST", "/v1/payments/confirm", word(payment), key="a") == (200, paid)
    again = call("POST", "/v1/payments/confirm", word(payment), key="b")
    assert (again[0], again[1]["code"]) == (400, "ALREADY_PROCESSED_PAYMENT")
    assert call("GET", f"/v1/payments/orders/{paid['orderId']}")[1] == paid
    assert call("GET", f"/v1/payments/{paid['paymentKey']}")[1] == paid
    assert [notice["type"] for notice in toss.notices()] == ["PAYMENT_STATUS_CHANGED DONE"]
    assert toss.engine.store.setting("hold") is False


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": 99}, "BELOW_MINIMUM_AMOUNT"),
        ({"amount": "33000"}, "INVALID_REQUEST"),
        ({"orderId": "한글"}, "INVALID_REQUEST"),
        ({"colour": "red"}, "INVALID_REQUEST"),
        ({"successUrl": "javascript:x"}, "INVALID_REQUEST"),
        ({"method": "VIRTUAL_ACCOUNT", "dueDate": "2031-01-01T00:00:00"}, "INVALID_DATE"),
    ],
)
def test_bad_requests_are_refused(call, toss, changes, code):
    status, body = call("POST", "/v1/payments", BASE | changes)
    assert (status, body["code"]) == (400, code)
    assert toss.truth()["payments"] == []


def test_keys_are_test_keys_and_belong_to_one_request(call, toss, payment):
    for secret in ("live_sk_1", "test_ck_1", ""):
        assert call("GET", "/v1/payments/x", secret=secret)[0] == 401
    assert call("POST", "/v1/payments", BASE, key="k")[1]["code"] == "DUPLICATED_ORDER_ID"
    other = BASE | {"orderId": "test-ABCDEFGHJK-3"}
    assert call("POST", "/v1/payments", other, key="k")[1]["code"] == "INVALID_IDEMPOTENCY_KEY"
    assert call("POST", "/v1/payments", other, key="k" * 301)[0] == 400
    assert call("DELETE", "/v1/payments/x")[0] == 404


def test_pages_and_agreements_end_by_themselves(server, call, toss, payment):
    server.advance(30 * 60 + 1)
    assert call("GET", f"/v1/payments/{payment['paymentKey']}")[1]["status"] == "EXPIRED"
    _, other = call("POST", "/v1/payments", BASE | {"orderId": "test-ABCDEFGHJK-4"})
    toss.agree(other["paymentKey"])
    server.advance(10 * 60 + 1)
    late = call("POST", "/v1/payments/confirm", word(other))
    assert (late[0], late[1]["code"]) == (404, "NOT_FOUND_PAYMENT_SESSION")


def test_a_card_company_may_refuse_the_approval(call, toss, payment):
    toss.agree(payment["paymentKey"], approval="declined")
    status, body = call("POST", "/v1/payments/confirm", word(payment))
    assert (status, body["code"]) == (403, "REJECT_CARD_PAYMENT")
    found = call("GET", f"/v1/payments/{payment['paymentKey']}")[1]
    assert (found["status"], found["failure"]["code"]) == ("ABORTED", "REJECT_CARD_PAYMENT")


def test_money_goes_back_in_parts_and_no_more_than_came(call, toss, payment):
    toss.agree(payment["paymentKey"])
    call("POST", "/v1/payments/confirm", word(payment))
    cancel = f"/v1/payments/{payment['paymentKey']}/cancel"
    part = {"cancelReason": "일부", "cancelAmount": 10_000}
    assert call("POST", cancel, part, key="c")[1]["balanceAmount"] == 23_000
    assert call("POST", cancel, part, key="c")[1]["balanceAmount"] == 23_000
    assert call("POST", cancel, part | {"cancelAmount": 23_001})[1]["code"] == (
        "NOT_CANCELABLE_AMOUNT"
    )
    assert call("POST", cancel, {"cancelReason": "나머지"})[1]["status"] == "CANCELED"
    assert call("POST", cancel, {"cancelReason": "또"})[1]["code"] == "ALREADY_CANCELED_PAYMENT"
    assert (toss.truth()["captured"], toss.truth()["balance"]) == (33_000, 0)
    period = "startDate=2020-01-01T00:00:00&endDate=2100-01-01T00:00:00"
    _, rows = call("GET", f"/v1/transactions?{period}&limit=2")
    _, rest = call("GET", f"/v1/transactions?{period}&startingAfter={rows[-1]['transactionKey']}")
    states = [(row["status"], row["amount"]) for row in rows + rest]
    assert states == [("DONE", 33_000), ("PARTIAL_CANCELED", 10_000), ("CANCELED", 23_000)]
    assert call("GET", f"/v1/transactions?{period}&startingAfter=x")[0] == 400


def test_an_account_is_given_out_paid_into_and_refunded_elsewhere(call, toss, server, portal):
    waiting = account_of(call, toss)
    key = waiting["paymentKey"]
    assert (waiting["status"], waiting["approvedAt"]) == ("WAITING_FOR_DEPOSIT", None)
    assert waiting["virtualAccount"]["bankCode"] == "88" and waiting["secret"]
    toss.deposit(key)
    with pytest.raises(TossError):
        toss.deposit(key)
    types = [notice["type"].rsplit(" ", 1) for notice in toss.notices()]
    assert types == [
        [kind, status]
        for status in ("WAITING_FOR_DEPOSIT", "DONE")
        for kind in ("PAYMENT_STATUS_CHANGED", "DEPOSIT_CALLBACK")
    ]
    assert toss.notices("DEPOSIT")[-1]["payload"]["secret"] == waiting["secret"]
    cancel = f"/v1/payments/{key}/cancel"
    assert call("POST", cancel, {"cancelReason": "-"})[1]["code"] == "INVALID_REFUND_ACCOUNT_INFO"
    back = call("POST", cancel, {"cancelReason": "-", "refundReceiveAccount": REFUND_TO})[1]
    assert back["virtualAccount"]["refundStatus"] == "COMPLETED"
    assert server.wait()
    assert len(portal.received) == len(toss.notices())


def test_an_account_closes_and_can_be_taken_back(call, toss, server):
    waiting = account_of(call, toss)
    cancel = f"/v1/payments/{waiting['paymentKey']}/cancel"
    assert call("POST", cancel, {"cancelReason": "주문 종료"})[1]["status"] == "CANCELED"
    assert toss.truth()["captured"] == 0
    with pytest.raises(TossError):
        toss.expire(waiting["paymentKey"])


def test_faults_are_the_first_surfaces(call, toss, payment):
    toss.agree(payment["paymentKey"])
    toss.fail_next(operation="POST /v1/payments/confirm", moment="after")
    status, body = call("POST", "/v1/payments/confirm", word(payment), key="x")
    assert (status, body["code"]) == (500, "FAILED_INTERNAL_SYSTEM_PROCESSING")
    assert toss.truth()["captured"] == 33_000
    toss.fail_next(kind="timeout")
    with pytest.raises(requests.ConnectionError):
        call("GET", f"/v1/payments/{payment['paymentKey']}")
    with pytest.raises(TossError):
        toss.fail_next(operation="POST /v1/refunds")


@pytest.mark.parametrize(
    ("outcome", "status", "goes_to"),
    [
        ("agree", "IN_PROGRESS", "http://portal.test/orders/A-1/?paymentKey="),
        ("refused_later", "IN_PROGRESS", "http://portal.test/orders/A-1/?paymentKey="),
        ("answer_lost", "IN_PROGRESS", "http://portal.test/orders/A-1/?paymentKey="),
        ("decline", "ABORTED", "http://portal.test/orders/A-1/?x=1&code=PAY_PROCESS_ABORTED"),
    ],
)
def test_the_page_sends_the_payer_back(call, toss, payment, outcome, status, goes_to):
    page = ask(payment["checkout"]["url"])[2]
    for text in ("모의 결제", "컨퍼런스", "33,000원", "카카오페이", "PAY_PROCESS_CANCELED"):
        assert text in page
    assert "<script" not in page and "style=" not in page
    answer = ask(payment["checkout"]["url"], {"outcome": outcome, "choice": "payco"})
    assert answer[0] == 303 and answer[1].startswith(goes_to)
    assert call("GET", f"/v1/payments/{payment['paymentKey']}")[1]["status"] == status
    assert ask(payment["checkout"]["url"], {"outcome": "agree"})[0] == 200  # no second time


def test_the_page_of_an_account_takes_deposits(call, toss):
    waiting = account_of(call, toss)
    url = waiting["checkout"]["url"]
    assert waiting["virtualAccount"]["accountNumber"] in ask(url)[2]
    assert "은행이 입금을 받지 않았습니다" in ask(url, {"outcome": "deposit_refused"})[2]
    assert toss.truth()["captured"] == 0
    assert "결제가 끝났습니다" in ask(url, {"outcome": "deposit"})[2]
    assert toss.truth()["captured"] == 33_000
    cross = {"Sec-Fetch-Site": "cross-site"}
    assert ask(url, {"outcome": "deposit"}, cross)[0] == 403


def test_the_panel_shows_and_turns_both_surfaces(call, toss, server):
    waiting = account_of(call, toss)
    page = ask(f"{server.url}/sandbox/")[2]
    for text in ("토스페이먼츠 결제", "WAITING_FOR_DEPOSIT", "DEPOSIT_CALLBACK"):
        assert text in page
    form = {"control": "toss.deposit", "arguments": json.dumps({"key": waiting["paymentKey"]})}
    assert ask(f"{server.url}/sandbox/", form)[0] == 303
    assert ask(f"{server.url}/sandbox/", form)[0] == 400
    control = f"{server.url}/sandbox/control/toss.truth"
    assert json.loads(ask(control, json_body={})[2])["captured"] == 33_000
    assert ask(f"{server.url}/sandbox/control/toss.explode", json_body={})[0] == 404
    assert ask(f"{server.url}/toss/pay/nobody")[0] == 404
