"""A new member takes a copy of everything that is held about them, and a guest is asked to sign
in."""

import io
import json

from openpyxl import load_workbook

from kosna.payments.models import Order
from tests.flows.test_story import APPLICANT, EMAIL, PASSWORD, apply, approve, pay_by_card, sign_up


def test_a_member_takes_a_copy_of_their_own_data(portal, people, enter):
    newcomer = sign_up(portal)
    application = apply(newcomer)
    approve(enter("reviewer"), application)
    order = Order.objects.get()
    pay_by_card(newcomer, order)
    portal.work()
    member = order.application.member

    newcomer.open("/me/").open("/me/data/")
    assert "보내 드린 메일" in newcomer.text and not newcomer.forms("/me/data/file/")
    assert f"/members/leave/{member.pk}/" in newcomer.content.decode()
    newcomer.open("/me/data/confirm/").press("password", password=PASSWORD)
    assert newcomer.url == "/me/data/"
    newcomer.press("/me/data/file/", format="json")
    told = json.loads(newcomer.content)["kinds"]
    assert [row["email"] for row in told["account"]] == [EMAIL]
    assert [row["text"] for row in told["consents"]] == ["terms"]
    assert [row["number"] for row in told["applications"]] == [application.number]
    assert [row["name"] for row in told["applications"]] == [APPLICANT["name"]]
    assert [row["number"] for row in told["memberships"]] == [member.number]
    assert [row["code"] for row in told["orders"]] == [order.code]
    assert [row["amount"] for row in told["payments"]] == [order.total]
    assert len(told["periods"]) == 1 and len(told["order_lines"]) == 2
    assert len(told["mails"]) > 1 and {row["to"] for row in told["mails"]} == {EMAIL}
    # That somebody of the staff read the application, and who.
    assert "reviewer" in [row["actor"] for row in told["looks"]]

    newcomer.open("/me/data/").press("/me/data/file/", format="xlsx")
    book = load_workbook(io.BytesIO(newcomer.content))
    assert book.sheetnames == list(told)
    assert [row.value for row in book["orders"]["A"]] == ["code", order.code]
    assert "자기 정보의 사본을 받음" in enter("auditor").open("/staff/audit/").text
    assert portal.problems() == {}


def test_who_is_not_signed_in_is_asked_to(portal, people, enter):
    visitor = enter().open("/me/data/")
    assert visitor.url.startswith("/accounts/login/?next=/me/data/")
    visitor.open("/me/data/confirm/")
    assert visitor.url.startswith("/accounts/login/")
