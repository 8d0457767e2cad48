"""My page: the one thing that comes next, what the year gave, and the history."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from events.actions import Attendee, register
from events.models import CheckIn, Registration
from kosna.core import clock
from kosna.documents.models import Document
from kosna.membership_year import year_of
from kosna.payments.actions import record_payment
from kosna.payments.models import Order, OrderLine
from members.models import Application, Member, Period
from members.programmes.models import ConsultingField, ConsultingRequest, Project
from research.models import Download
from tests import factories
from tests.conftest import Cast
from tests.members.programmes.consulting import make_consultant, make_request
from tests.members.programmes.projects import make_application, make_project, open_call
from tests.members.test_desk import queries_of

pytestmark = pytest.mark.django_db
ME = Attendee("regular", "regular@example.test", is_buyer=True)
FRIEND = Attendee("박서준", "friend@example.test")


def next_of(client: Client) -> str | None:
    step = client.get("/me/").context["next"]
    return step and step.url


def order_for(user: Any, cast: Cast, **fields: Any) -> Order:
    now = clock.now()
    return Order.objects.create(
        **{
            "payable": "members.dues",
            "title_ko": "연회비",
            "user": user,
            "buyer_name": user.name,
            "branch": cast.busan,
            "total": 100_000,
            "expires_at": now,
            "release_at": now,
            **fields,
        }
    )


def test_one_thing_comes_next(cast, login, settings, tmp_path):
    moment = tmp_path / "clock"
    settings.KOSNA_CLOCK = str(moment)
    moment.write_text(datetime(2026, 10, 31, 14, 59, tzinfo=UTC).isoformat())
    Period.objects.filter(member=cast.regular_member).update(ends_on=date(2026, 12, 31))
    assert next_of(login("regular")) is None
    moment.write_text(datetime(2026, 10, 31, 15, tzinfo=UTC).isoformat())  # 1 November in Korea
    assert next_of(login("regular")) == "/members/renew/"
    assert next_of(login("company_rep")) == "/members/renew/"
    assert next_of(login("company_seat")) is None  # somebody else pays
    assert next_of(login("lapsed")) == "/members/renew/"
    assert next_of(login("account")) == "/members/"

    draft = Application.objects.create(
        applicant=cast.account, tier=cast.regular_tier, branch=cast.busan
    )
    assert next_of(login("account")) == draft.get_absolute_url()
    draft.move_to(Application.Status.SUBMITTED, submitted_at=clock.now())
    assert next_of(login("account")) is None
    order = order_for(cast.regular, cast)
    page = login("regular").get("/me/")
    assert page.context["next"].url == order.get_absolute_url()
    assert page.content.decode().count("btn primary") == 1


def test_no_year_of_membership_before_it_is_paid(cast, login):
    Member.objects.filter(pk=cast.regular_member.pk).update(
        status=Member.Status.ADMITTED, joined_on=None
    )

    page = login("regular").get("/me/")

    assert "승인" in page.content.decode()
    assert page.context["year"] is None


def test_who_left_may_join_anew(cast, login):
    Member.objects.filter(pk=cast.regular_member.pk).update(
        status=Member.Status.WITHDRAWN, ended_on=clock.today()
    )
    assert next_of(login("regular")) == "/members/"


@pytest.fixture
def seminar(cast):
    event = factories.make_event(starts_at=clock.now() + timedelta(hours=1))
    return factories.make_ticket(
        event, prices={None: 55_000, cast.regular_tier: 33_000}, max_per_order=3
    )


def test_list_price_is_frozen_on_the_line(cast, seminar):
    order = register(ticket=seminar, attendees=[ME, FRIEND], by=cast.regular)

    lines = OrderLine.objects.filter(order=order).order_by("pk").values_list("amount", "list_price")
    assert list(lines) == [(33_000, 55_000), (55_000, 55_000)]
    seminar.prices.filter(tier=None).update(amount=99_000)
    assert [line.list_price for line in order.lines.all()] == [55_000, 55_000]


def attend(order: Order) -> None:
    record_payment(
        order=order,
        provider="bank",
        reference=order.code,
        method="bank",
        amount=order.total,
        received_at=clock.now(),
    )
    for place in Registration.objects.filter(line__order=order):
        CheckIn.objects.create(registration=place, by=order.user)


def download(user: Any, report: Any, number: int, at: datetime | None = None) -> None:
    Download.objects.create(
        report=report,
        user=user,
        name=user.name,
        serial=f"SERIAL{number:06d}",
        at=at or clock.now(),
        original_sha256="0" * 64,
    )


def test_the_year_says_what_membership_gave(cast, login, seminar):
    member = cast.regular_member
    line = OrderLine.objects.create(
        order=order_for(cast.regular, cast, status="paid", paid_at=clock.now()),
        kind="dues",
        title_ko="연회비",
        amount=100_000,
        vat_class="none",
        dues_year=clock.today().year,
    )
    Period.objects.filter(member=member).update(line=line)
    empty = login("regular").get("/me/")
    assert empty.context["year"].is_empty
    assert "/research/" in empty.content.decode().partition("혜택")[2]

    attend(register(ticket=seminar, attendees=[ME, FRIEND], by=cast.regular))
    report = factories.make_report()
    new_year = datetime(clock.today().year - 1, 12, 31, 15, tzinfo=UTC)  # midnight in Korea
    download(cast.regular, report, 1, new_year)
    download(cast.regular, report, 2)  # again: one report
    download(cast.regular, factories.make_report(), 3, new_year.replace(hour=14))
    download(cast.lapsed, factories.make_report(), 4)

    page = login("regular").get("/me/")
    assert page.context["year"].sentence == (
        "올해 회비 100,000원으로 연구자료 1편, 행사 1회, 22,000원을 절약하셨습니다."
    )
    assert page.context["year"].sentence in page.content.decode()
    assert login("account").get("/me/").context["year"] is None
    seat = login("company_seat").get("/me/").context["year"]
    assert seat.dues is None and seat.is_empty


@pytest.mark.miscounts
def test_a_cancelled_place_saves_nothing(cast, seminar):
    order = register(ticket=seminar, attendees=[ME], by=cast.regular)
    attend(order)
    Registration.objects.update(status=Registration.Status.CANCELLED, released_at=clock.now())

    year = year_of(cast.regular, [cast.regular_member], {cast.regular_member.pk}, clock.today())

    assert year is not None and year.is_empty


def happen(cast: Cast, number: int) -> None:
    """An order, a paper and paid days of another year."""
    order_for(cast.regular, cast)
    Document.objects.create(
        kind=Document.Kind.RECEIPT,
        year=2026,
        number=number,
        key=f"receipt:{number}:0",
        language="ko",
        facts={},
        subject=cast.regular,
    )
    Period.objects.create(
        member=cast.regular_member,
        tier=cast.regular_tier,
        starts_on=date(2010 + number, 1, 1),
        ends_on=date(2010 + number, 12, 31),
    )


@pytest.mark.parametrize("address", ["/me/", "/me/history/", "/me/documents/"])
def test_pages_take_constant_queries(cast, login, address):
    client = login("regular")
    happen(cast, 1)
    one = queries_of(client, address)
    for number in (2, 3):
        happen(cast, number)

    assert queries_of(client, address) == one <= 26


def test_consulting_that_runs_and_no_other(cast: Cast, login: Any) -> None:
    consultant = make_consultant(cast.busan, by=cast.officer)
    own, by = cast.regular_member, cast.regular
    rows = {
        status: make_request(own, by=by, status=status, consultant=consultant, field=field)
        for status, field in zip(
            ["assigned", "scheduled", "reported", "closed"], ConsultingField, strict=False
        )
    }
    rows["received"] = make_request(own, by=by, field=ConsultingField.POLICY)
    make_request(cast.company, by=cast.company_rep)
    for status in ("declined", "withdrawn"):
        make_request(own, by=by, status=status)

    page = login("regular").get("/me/")

    shown = [rows[name] for name in ("received", "reported", "scheduled", "assigned")]
    assert page.context["consulting"] == shown
    text = page.content.decode()
    assert [row.topic in text for row in shown] == [True] * 4
    assert rows["closed"].topic not in text


def call(cast: Cast, title: str, **fields: Any) -> Project:
    project = make_project(cast.busan, by=cast.officer, title_ko=title, **fields)
    return open_call(project, opens_at=clock.now())


def test_calls_and_where_i_have_applied(cast: Cast, login: Any) -> None:
    today, own, by = clock.today(), cast.regular_member, cast.regular
    day = timedelta(days=1)
    open_call(call(cast, "모집"), opens_at=clock.now(), ends_on=today)
    last_week = {"call_ends_on": today - 7 * day}
    call(cast, "비공개", is_public=False)
    over, taken, done, waits, hidden = (
        call(cast, title) for title in ("마감", "선정", "완료", "심사", "내림")
    )
    for project in (over, taken, done, waits):
        Project.objects.filter(pk=project.pk).update(**last_week)
    Project.objects.filter(pk=done.pk).update(ends_on=today - day)
    Project.objects.filter(pk=hidden.pk).update(is_public=False)
    declined, gone = call(cast, "미선정"), call(cast, "취하")
    for project, status in [
        (taken, "accepted"), (done, "accepted"), (waits, "received"), (hidden, "received"),
        (declined, "declined"), (gone, "withdrawn"),
    ]:  # fmt: skip
        facts = {} if status == "received" else {"decided_at": clock.now(), "decided_by": by}
        make_application(project, own, by=by, status=status, **facts)
    make_application(over, cast.company, by=cast.company_rep)

    page = login("regular").get("/me/")

    told = {
        row.project.title_ko: row.application and row.application.status
        for row in page.context["calls"]
    }
    assert told == {
        "선정": "accepted", "미선정": "declined", "심사": "received", "내림": "received",
        "모집": None,
    }  # fmt: skip
    text = page.content.decode()
    assert taken.get_absolute_url() in text and hidden.get_absolute_url() not in text
    seat = login("company_seat").get("/me/").context
    assert {row.project.title_ko for row in seat["calls"]} == {"모집", "미선정", "취하"}
    assert seat["consulting"] == []


def test_programmes_on_my_page_take_a_statement_each_of_members(cast: Cast, login: Any) -> None:
    client, visitor = login("regular"), login("account")
    alone = queries_of(visitor, "/me/")
    before = queries_of(client, "/me/")
    for field in list(ConsultingField)[:3]:
        make_request(cast.regular_member, by=cast.regular, field=field)
        make_application(call(cast, field), cast.regular_member, by=cast.regular)
    assert ConsultingRequest.objects.count() == len(client.get("/me/").context["calls"]) == 3
    assert queries_of(client, "/me/") == before
    assert queries_of(visitor, "/me/") == alone


def test_history_tells_all_sorts_of_things_the_newest_first(cast, login):
    happen(cast, 1)
    page = login("regular").get("/me/history/").context["page"]

    assert {row.what for row in page} == {"사원명부", "납부 기간", "주문", "문서"}
    days = [row.on for row in page]
    assert days == sorted(days, reverse=True)
    assert "사원명부" not in {
        row.what for row in login("account").get("/me/history/").context["page"]
    }
    assert 'class="empty' in login("account").get("/me/history/").content.decode()
