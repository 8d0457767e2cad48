"""A list of people, pasted: read line by line, refused at the line, kept as it was typed."""

import pytest

from events import pasted
from events.models import FormQuestion, Registration
from kosna.payments.models import Order
from tests import factories

URL = "/events/conference/register/list/"


@pytest.fixture
def ticket(cast):
    event = factories.make_event("conference")
    prices = {None: 55_000, cast.company_tier: 30_000}
    return factories.make_ticket(event, prices=prices, max_per_order=20, capacity=30)


def test_tabs_commas_headings_and_quotation_marks():
    lines = pasted.read(
        "이름\t이메일\t부서\r\n김하늘\tsky@x.test\t기획실\r\n\r\n"
        '박서준, seo@x.test, "연구, 개발"\n최유나,yuna@x.test'
    )
    assert [(line.number, line.name, line.email, line.department) for line in lines] == [
        (2, "김하늘", "sky@x.test", "기획실"),
        (4, "박서준", "seo@x.test", "연구, 개발"),
        (5, "최유나", "yuna@x.test", ""),
    ]
    assert not any(line.errors for line in lines)


@pytest.mark.parametrize(
    "line",
    [
        "김하늘",
        ",a@x.test",
        "김하늘,nowhere",
        "가,a@x.test\n나,A@x.test",
        "가,a@x.test,나,다",
        "가" * 81 + ",a@x.test",
        "http://evil.example,a@x.test",
        "가,a@x.test,www.evil.example",
    ],
)
def test_what_is_wrong_is_said_of_its_line(line):
    *_right, last = pasted.read(line)
    assert len(last.errors) >= 1


def test_a_company_registers_its_people_on_its_terms(cast, login, ticket):
    client = login("company_rep")
    people = "company_rep,company_rep@example.test,대표실\n박서준\tseo@x.test\t기획실"
    answer = client.post(
        URL, {"ticket": ticket.pk, "affiliation": "㈜가온소셜랩", "people": people}
    )
    order = Order.objects.get()
    assert answer.url == order.get_absolute_url()
    assert order.total == 60_000
    assert set(Registration.objects.values_list("name", "affiliation", "user")) == {
        ("company_rep", "㈜가온소셜랩 대표실", cast.company_rep.pk),
        ("박서준", "㈜가온소셜랩 기획실", None),
    }


def test_errors_stand_at_the_line_and_what_was_typed_is_kept(login, ticket):
    people = "김하늘,sky@x.test,기획실\n박서준,wrong,연구소"
    answer = login("company_rep").post(URL, {"ticket": ticket.pk, "people": people})
    assert answer.status_code == 422
    assert [bool(line.errors) for line in answer.context["form"].lines] == [False, True]
    page = answer.content.decode()
    assert people in page
    assert "“wrong”" in page or "wrong" in page
    assert not Order.objects.exists()


def test_checking_orders_nothing(login, ticket):
    people = {"ticket": ticket.pk, "people": "김하늘,sky@x.test"}
    answer = login("company_rep").post(URL, {**people, "check": "1"})
    assert answer.context["is_checked"]
    assert not Order.objects.exists()


def test_no_more_than_one_order_holds_and_nothing_in_between(login, ticket):
    many = "\n".join(f"{n}번,p{n}@x.test" for n in range(21))
    answer = login("company_rep").post(URL, {"ticket": ticket.pk, "people": many})
    assert answer.status_code == 422
    assert many.splitlines()[20] in answer.content.decode()
    assert not Registration.objects.exists()


def test_questions_for_each_send_to_the_form(login, ticket):
    FormQuestion.objects.create(event=ticket.event, text_ko="식사", is_required=True)
    page = login("company_rep").get(URL)
    assert page.context["asks_each"]
    assert b"<textarea" not in page.content


def test_an_organisation_and_a_department_fit_together_or_are_refused_at_the_line(login, ticket):
    client, most = login("company_rep"), {"ticket": ticket.pk, "affiliation": "회" * 60}
    answer = client.post(URL, {**most, "people": f"하나,a@x.test,{'부' * 60}\n둘,b@x.test"})
    assert answer.status_code == 422
    assert [len(line.errors) for line in answer.context["form"].lines] == [1, 0]
    assert not Registration.objects.exists()
    fits = client.post(URL, {**most, "people": f"하나,a@x.test,{'부' * 59}"})
    assert fits.status_code == 302
    assert len(Registration.objects.get().affiliation) == 120
    alone = client.post(URL, {"ticket": ticket.pk, "people": f"둘,b@x.test,{'부' * 100}"})
    assert alone.status_code == 302


def test_a_list_sent_past_a_question_for_each_is_refused(login, ticket):
    FormQuestion.objects.create(event=ticket.event, text_ko="식사", is_required=True)
    answer = login("company_rep").post(URL, {"ticket": ticket.pk, "people": "하나,a@x.test"})
    assert answer.status_code == 422
    assert "명단으로는 신청할 수 없습니다" in answer.content.decode()
    assert not Order.objects.exists()
