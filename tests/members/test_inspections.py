"""Inspecting the register: asked, decided, looked at, over."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kosna.audit.models import Entry
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.mail import post
from kosna.mail.models import Message
from members import actions, register
from members.models import Inspection, InspectionLook, Member
from tests import factories

pytestmark = pytest.mark.django_db
PURPOSE = "임시총회 소집 청구를 위한 사원 확인"


@pytest.fixture
def asked(cast) -> Inspection:
    return actions.request_inspection(
        name="김하늘",
        email=cast.regular.email,
        requester=cast.regular,
        purpose=PURPOSE,
        by=cast.regular,
    )


def grant(inspection: Inspection, by, *, fields=("number", "name"), days: int = 3, **facts):
    today = clock.today()
    facts = {"as_of": today, "expires_on": today + timedelta(days=days), "reason": "허용", **facts}
    actions.grant_inspection(inspection, fields=fields, by=by, **facts)


def test_a_member_asks_once_at_a_time(cast, login):
    client = login("regular")

    assert client.post("/me/register/", {"purpose": "짧다"}).status_code == 422
    assert client.post("/me/register/", {"purpose": PURPOSE}).status_code == 302
    assert client.post("/me/register/", {"purpose": PURPOSE}).status_code == 422

    row = Inspection.objects.get()
    assert (row.number, row.status, row.requester) == (
        f"{clock.today().year}-0001",
        "received",
        cast.regular,
    )
    assert Message.objects.get(template="inspection_received").to == cast.regular.email
    queues = login("head_office").get("/staff/").context["queues"]
    assert [one["count"] for one in queues if one["queue"].name == "inspections"] == [1]
    assert login("account").post("/me/register/", {"purpose": PURPOSE}).status_code == 422
    assert login("lapsed").post(f"/me/register/{row.number}/withdraw/").status_code == 404
    assert client.post(f"/me/register/{row.number}/withdraw/").status_code == 302
    row.refresh_from_db()
    assert row.status == "withdrawn"


def test_a_stranger_sees_exactly_what_was_granted(cast, login):
    desk = login("head_office")
    letter = {"name": "홍변호사", "email": "law@example.test", "purpose": PURPOSE}
    assert desk.post("/staff/register/requests/new/", letter).status_code == 302
    row = Inspection.objects.get()
    url = f"/staff/register/requests/{row.number}/"
    today = clock.today()
    data = {
        "grant-granted": ["number", "tier"],
        "grant-as_of": today.isoformat(),
        "grant-expires_on": (today - timedelta(days=1)).isoformat(),
        "grant-reason": "목적 소명",
    }
    assert desk.post(f"{url}grant/", data).status_code == 422
    data["grant-expires_on"] = today.isoformat()
    assert desk.post(f"{url}grant/", data).status_code == 302
    row.refresh_from_db()

    stranger = Client()
    response = stranger.get(row.get_absolute_url())

    text = response.content.decode()
    assert response.context["labels"] == ["회원번호", "회원 종류"]
    assert cast.regular_member.number in text
    assert "regular@" not in text
    assert ">regular<" not in text  # the name was not granted
    assert "no-store" in response.headers["Cache-Control"]
    mail = Message.objects.get(template="inspection_granted")
    assert row.secret not in json.dumps(mail.context)
    assert row.get_absolute_url() in post.render(mail)[1]
    post.deliver(mail)
    mail.refresh_from_db()
    assert (mail.status, row.secret in mail.text) == ("sent", False)
    look = InspectionLook.objects.get()
    assert (look.inspection, look.page) == (row, 1)
    assert Entry.objects.get(verb="members.inspect_register").facts["fields"] == ["number", "tier"]
    assert stranger.get("/members/register/not-a-secret/").status_code == 404


def test_search_is_open_only_where_names_are(cast, asked):
    grant(asked, cast.head_office, fields=["number"])

    page = Client().get(asked.get_absolute_url(), {"q": "lapsed"}).context["page"]

    assert page.paginator.count == register.as_of(clock.today()).members().sawon().count() == 2


def test_the_page_shows_the_day_that_was_granted(cast, asked):
    yesterday = clock.today() - timedelta(days=1)
    grant(asked, cast.head_office, as_of=yesterday)
    Member.objects.filter(pk=cast.lapsed_member.pk).update(
        status="withdrawn", ended_on=clock.today()
    )
    register.enter(cast.lapsed_member, "withdrawn", on=clock.today())

    page = Client().get(asked.get_absolute_url()).context["page"]

    assert [cells[1][1] for cells in page] == ["regular", "lapsed"]


def test_it_closes_after_its_last_day(cast, asked):
    grant(asked, cast.head_office, days=0)
    url, end = asked.get_absolute_url(), clock.end_of(clock.today())

    with clock.standing_at(end):
        assert Client().get(url).status_code == 200
    with clock.standing_at(end + timedelta(seconds=1)):
        response = Client().get(url)
        assert response.status_code == 410
        assert cast.regular_member.number not in response.content.decode()
    assert InspectionLook.objects.count() == 1


@pytest.mark.parametrize("ending", ["received", "refused", "ended"])
def test_nothing_is_shown_without_a_standing_grant(cast, asked, ending):
    if ending == "refused":
        actions.refuse_inspection(asked, reason="목적 불분명", by=cast.head_office)
        assert Message.objects.get(template="inspection_refused").context["reason"] == "목적 불분명"
    if ending == "ended":
        grant(asked, cast.head_office)
        actions.end_inspection(asked, reason="목적 외 이용", by=cast.head_office)

    assert Client().get(asked.get_absolute_url()).status_code == 410
    assert not InspectionLook.objects.exists()


def test_nobody_decides_about_the_own_request(cast):
    row = actions.request_inspection(
        name="송이레",
        email="x@example.test",
        requester=cast.head_office,
        purpose=PURPOSE,
        by=cast.head_office,
    )
    for decide in (
        lambda: grant(row, cast.head_office),
        lambda: actions.refuse_inspection(row, reason="x", by=cast.head_office),
    ):
        with pytest.raises(Refused):
            decide()
    row.refresh_from_db()
    assert row.status == "received"


def test_a_register_of_tomorrow_cannot_be_granted(cast, asked):
    with pytest.raises(Refused):
        grant(asked, cast.head_office, as_of=clock.today() + timedelta(days=1))


def test_lists_take_constant_queries(cast, asked, login):
    client, stranger = login("head_office"), Client()
    grant(asked, cast.head_office)
    stranger.get(asked.get_absolute_url())

    def queries(who: Client, url: str) -> int:
        who.get(url)
        with CaptureQueriesContext(connection) as captured:
            assert who.get(url).status_code == 200
        return len(captured)

    urls = ("/staff/register/requests/", f"/staff/register/requests/{asked.number}/")
    before = [queries(client, url) for url in urls]
    open_page = queries(stranger, asked.get_absolute_url())
    for n in range(2):
        factories.make_member(tier=cast.regular_tier)
        actions.request_inspection(
            name=f"홍길동{n}", email="h@example.test", purpose=PURPOSE, by=cast.head_office
        )

    assert [queries(client, url) for url in urls] == before
    assert queries(stranger, asked.get_absolute_url()) == open_page <= 12
