"""견적서, 청구서, 거래명세서, 납부확인서: when they are offered, what they say, when they end."""

import subprocess

import pytest
from django.db import transaction
from django.test import Client

from kosna.core import clock
from kosna.core.errors import Refused
from kosna.documents.models import Document
from kosna.documents.rendering import render_pdf
from kosna.payments import actions
from kosna.payments.actions.papers import offered
from kosna.payments.models import Order
from tests.payments import shop
from tests.payments.proving import (
    give_back,
    order_with,
    pay,
)

pytestmark = pytest.mark.django_db
Kind = Document.Kind


def take(order: Order, kind: str, language: str = "ko", **more) -> Document:
    return actions.issue_paper(order, kind, language=language, by=order.user, **more)


def text_of(content: bytes) -> str:
    done = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True
    )
    return done.stdout.decode()


def test_an_order_is_offered_what_fits_it(cast):
    order = shop.order_of(cast.account, cast.busan)
    assert offered(order) == [Kind.QUOTATION]
    order = actions.choose_bank_transfer(order, by=cast.account)
    assert offered(order) == [Kind.QUOTATION, Kind.BILL]
    with pytest.raises(Refused), transaction.atomic():
        take(order, Kind.PAYMENT)
    pay(order, 33_000)
    order.refresh_from_db()
    assert offered(order) == [Kind.TRANSACTION, Kind.PAYMENT]
    with pytest.raises(Refused), transaction.atomic():
        take(order, Kind.QUOTATION)
    free = shop.order_of(cast.account, cast.busan, 0)
    assert offered(free) == []


def test_a_paper_is_issued_once_for_its_facts(cast):
    order = shop.order_of(cast.account, cast.busan)
    first = take(order, Kind.QUOTATION)
    assert take(order, Kind.QUOTATION) == first
    english = take(order, Kind.QUOTATION, "en")
    named = take(order, Kind.QUOTATION, recipient="㈜가온소셜랩")
    assert [paper.number for paper in (first, english, named)] == [1, 2, 3]
    assert english.serial_in("en") == f"No. {clock.today().year}-QUOTATION-000002"
    assert first.valid_until == clock.kst_date(order.expires_at)


def test_a_bill_names_the_account_and_what_is_still_due(cast, settings):
    order = actions.choose_bank_transfer(
        shop.order_of(cast.account, cast.busan, 33_000), by=cast.account
    )
    first = take(order, Kind.BILL)
    pay(order, 30_000)
    second = take(order, Kind.BILL)
    first.refresh_from_db()
    assert (first.facts["due"], first.status) == (33_000, Document.Status.VOID)
    facts = second.facts
    assert (facts["due"], facts["paid"]) == (3_000, 30_000)
    assert facts["account"] == settings.BANK_ACCOUNT["number"]
    assert facts["depositor"] == order.depositor_name


def test_what_asserts_a_payment_is_void_after_a_refund(cast):
    order = order_with(cast, shop.line(110_000), shop.line(55_000))
    papers = [take(order, kind) for kind in (Kind.TRANSACTION, Kind.PAYMENT)]
    assert papers[1].facts["total"] == 165_000
    give_back(order, 55_000, cast, line=order.lines.last())
    for paper in papers:
        paper.refresh_from_db()
        assert paper.status == Document.Status.VOID
        answer = Client().get(f"/verify/{paper.code}/").content.decode()
        assert "alert danger" in answer and f">{cast.account.name}<" not in answer
    order.refresh_from_db()
    after = take(order, Kind.PAYMENT).facts
    assert (after["total"], after["vat"], after["refunded"]) == (110_000, 10_000, 55_000)
    receipt = Document.objects.valid().get(kind=Kind.RECEIPT)
    assert (receipt.facts["total"], receipt.facts["vat"]) == (110_000, 10_000)


def test_what_offers_something_ends_with_the_order(cast):
    order = actions.choose_bank_transfer(shop.order_of(cast.account, cast.busan), by=cast.account)
    papers = [take(order, kind) for kind in (Kind.QUOTATION, Kind.BILL)]
    actions.cancel_order(order, by=cast.account, reason="")
    for paper in papers:
        paper.refresh_from_db()
        assert paper.status == Document.Status.VOID


def test_a_receipt_keeps_what_is_kept_though_too_much_was_paid(cast):
    order = order_with(cast, shop.line(33_000), paid=[40_000])
    give_back(order, 7_000, cast)
    receipt = Document.objects.valid().get(kind=Kind.RECEIPT)
    assert (receipt.facts["total"], receipt.facts["vat"]) == (33_000, 3_000)


def test_a_buyer_takes_them_from_the_order(cast, login):
    order, client = order_with(cast), login("account")
    page = f"/orders/{order.code}/papers/"
    assert page in client.get(f"/orders/{order.code}/").content.decode()
    answer = client.post(page, {"paper": Kind.PAYMENT, "language": "en"})
    paper = Document.objects.get(kind=Kind.PAYMENT)
    assert answer["Location"] == f"/verify/{paper.code}/document.pdf"
    assert login("lapsed").get(f"/verify/{paper.code}/document.pdf").status_code == 404
    assert paper.serial_in("ko") in client.get(page).content.decode()
    assert client.post(page, {"paper": Kind.QUOTATION, "language": "ko"}).status_code == 422
    desk = login("officer")
    page = f"/staff/orders/{order.code}/papers/"
    assert desk.get(page).status_code == 200
    taken = desk.post(page, {"paper": Kind.TRANSACTION, "language": "ko", "recipient": "㈜가온"})
    assert taken["Location"] == f"/staff/documents/{Document.objects.latest('pk').pk}/document.pdf"


FACTS = {
    "number": "제2026-납부-000123호",
    "issued_on": "2026-11-23",
    "name": "남궁하늘",
    "organisation": "사단법인 대한민국소셜미디어데이터산업진흥협의회 부산울산경남연합지부",
    "order_code": "VWD3S9YNHE",
    "title": "컨퍼런스",
    "ordered_on": "2026-11-20",
    "valid_until": "2026-11-30",
    "lines": [
        {
            "title": f"AI 여론분석 실전 컨퍼런스 2027 · 현장 참가(점심과 발표 자료 포함) {n}",
            "vat_class": "과세",
            "quantity": 1,
            "unit": 100_000,
            "supply": 100_000,
            "vat": 10_000,
            "amount": 110_000,
        }
        for n in range(16)
    ],
    "supply": 1_600_000,
    "vat": 160_000,
    "total": 1_760_000,
    "due": 1_760_000,
    "paid": 0,
    "bank": "한누리은행",
    "account": "000-000000-00-000",
    "holder": "(사)한국소셜네트워크협회",
    "depositor": "남궁하늘1234",
    "payments": [{"paid_on": "2026-11-21", "method": "무통장입금", "amount": 1_760_000}],
}


SAYS = {
    (Kind.QUOTATION, "ko"): ["견적서", "금 일백칠십육만원정", "2026. 11. 30.", "999-82-00031"],
    (Kind.BILL, "en"): ["Bill", "Mon, 30 Nov 2026", "000-000000-00-000", "남궁하늘1234"],
    (Kind.TRANSACTION, "ko"): ["거래명세서", "산업단체", "160,000원"],
    (Kind.PAYMENT, "en"): ["Certificate of payment", "21 Nov 2026", "₩1,760,000"],
}


def drawn(kind: str, language: str, **changes) -> list[str]:
    """The text of each page."""
    content = render_pdf(f"documents/{kind}.html", {"facts": FACTS | changes}, language=language)
    return text_of(content).rstrip("\f").split("\f")


@pytest.mark.parametrize(("kind", "language"), SAYS)
def test_a_paper_says_its_facts_on_one_page(kind, language):
    [page] = drawn(kind, language, lines=FACTS["lines"][:1])
    assert [word for word in SAYS[kind, language] if word not in page] == []
    assert "부산울산경남연합지부" in page and FACTS["number"] in page


def test_many_long_lines_end_on_a_second_page_with_the_seal():
    """The total stands once, and the second page says which paper it is of."""
    first, last = drawn(Kind.PAYMENT, "ko")
    assert "합계" not in first and "합계" in last
    assert "강학주" in last and "2 / 2" in last and FACTS["number"] in last
