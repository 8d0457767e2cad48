"""What the buyer sees and types to get a proof."""

import io

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kosna.core import clock
from kosna.payments import actions
from kosna.payments.models import Order, Proof
from tests.payments import shop
from tests.payments.proving import (
    order_with,
    receipt_for,
)

pytestmark = pytest.mark.django_db

TYPED = {
    "identity": "123-45-67891",
    "company": "㈜가온소셜랩",
    "representative": "오세린",
    "address": "서울특별시 금천구 가산디지털1로 1",
    "email": "tax@gaon.test",
    "email2": "office@gaon.test",
    "business_type": "정보통신업",
    "business_item": "데이터 분석",
    "sub_number": "0001",
    "note": "컨퍼런스",
    "is_claim": "02",
}


def a_pdf() -> bytes:
    with pikepdf.new() as pdf, io.BytesIO() as file:
        pdf.add_blank_page()
        pdf.save(file)
        return file.getvalue()


def test_a_buyer_asks_for_an_invoice_on_its_page(cast, login):
    order = order_with(cast)
    payment, client = order.payments.get(), login("account")
    page = f"/orders/{order.code}/payments/{payment.pk}/invoice/"
    assert page in client.get(f"/orders/{order.code}/").content.decode()
    assert client.get(page).context["form"].initial["email"] == cast.account.email
    typed = TYPED | {"written_on": clock.today().isoformat()}
    file = SimpleUploadedFile("사업자등록증.pdf", a_pdf(), "application/pdf")
    answer = client.post(page, typed | {"certificate": file})
    assert answer.status_code == 302, answer.context and answer.context["form"].errors
    proof = Proof.objects.get()
    assert (proof.identity, proof.sub_number, proof.is_claim) == ("1234567891", "0001", True)
    assert proof.certificate_name == "사업자등록증.pdf" and proof.certificate.size
    shown = login("treasurer").get(f"/staff/proofs/{proof.pk}/certificate/")
    assert b"".join(shown.streaming_content).startswith(b"%PDF")
    assert shown["Content-Disposition"].startswith("attachment")
    client.post(f"/orders/{order.code}/proofs/{proof.pk}/withdraw/")
    again = client.get(page).context["form"].initial  # nobody types a firm twice
    assert (again["company"], again["identity"]) == ("㈜가온소셜랩", "1234567891")


WRONG = [
    ("identity", "123-45-67890"),
    ("identity", "000-00-00000"),
    ("sub_number", "12a4"),
    ("sub_number", "１２３４"),
    ("company", ""),
    ("representative", ""),
    ("email", "no address"),
    ("email2", "x@"),
    ("written_on", "2020-01-01"),
    ("is_claim", ""),
    ("note", "가" * 101),
    ("certificate", b"MZ, not a document"),
]


def test_each_field_says_what_is_wrong_and_keeps_the_rest(cast, login):
    order, client = order_with(cast), login("account")
    page = f"/orders/{order.code}/payments/{order.payments.get().pk}/invoice/"
    for field, typed in WRONG:
        data = TYPED | {"written_on": clock.today().isoformat(), field: typed}
        if field == "certificate":
            data[field] = SimpleUploadedFile("증명.pdf", typed, "application/pdf")
        answer = client.post(page, data)
        assert answer.status_code == 422, field
        assert set(answer.context["form"].errors) == {field}
        content = answer.content.decode()
        assert 'id="form-errors"' in content
        assert f'value="{TYPED["address"]}"' in content
    # A browser forgets the file that it sent with another field's mistake.
    file = SimpleUploadedFile("증명.pdf", a_pdf(), "application/pdf")
    both = TYPED | {"written_on": clock.today().isoformat(), "company": "", "certificate": file}
    assert set(client.post(page, both).context["form"].errors) == {"company", "certificate"}
    assert not Proof.objects.exists()


NUMBERS = [
    ("deduction", "010-0000-0101", "+821000000101"),
    ("deduction", "０１０ ００００ ０１０１", "+821000000101"),
    ("expense", "123-45-67891\n", "1234567891"),
    ("deduction", "02-123-4567", None),
    ("deduction", "123-45-67891", None),
    ("expense", "010-0000-0101", None),
    ("expense", "123-45-67890", None),
    ("self", "010-000-1234", None),
    ("", "010-0000-0101", None),
]


def test_a_cash_receipt_goes_to_a_mobile_or_a_business(cast, login):
    order, client = order_with(cast), login("account")
    page = f"/orders/{order.code}/payments/{order.payments.get().pk}/cash-receipt/"
    for purpose, typed, stored in NUMBERS:
        answer = client.post(page, {"purpose": purpose, "identity": typed})
        proof = Proof.objects.live().first()
        assert (proof and proof.identity) == stored
        assert answer.status_code == (302 if stored else 422)
        if proof:
            actions.withdraw_proof(proof, by=cast.account)


def test_a_company_is_known_to_its_people(cast, login):
    order = order_with(cast)
    Order.objects.filter(pk=order.pk).update(user=cast.company_rep)
    page = f"/orders/{order.code}/payments/{order.payments.get().pk}/invoice/"
    known = login("company_rep").get(page).context["form"].initial
    assert known["identity"] == cast.company.organisation.business_number
    assert known["company"] == cast.company.organisation.name


def test_a_payment_of_another_order_is_none_of_mine(cast, login):
    mine, other = order_with(cast), order_with(cast)
    Order.objects.filter(pk=other.pk).update(user=cast.regular)
    for kind in ("invoice", "cash-receipt"):
        page = f"/orders/{mine.code}/payments/{other.payments.get().pk}/{kind}/"
        assert login("account").get(page).status_code == 404
    proof = receipt_for(other.payments.get())
    assert (
        login("account").post(f"/orders/{mine.code}/proofs/{proof.pk}/withdraw/").status_code == 404
    )


def test_money_of_0_won_has_no_form(cast, login):
    order = shop.order_of(cast.account, cast.busan, 0)
    actions.settle_free(order, by=cast.account)
    client = login("account")
    assert client.get(f"/orders/{order.code}/").status_code == 200
    page = f"/orders/{order.code}/payments/{order.payments.get().pk}/invoice/"
    assert client.get(page).status_code in (303, 404)
