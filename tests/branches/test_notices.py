"""What a branch announces: on its public page from a day to a day, written by its own people."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from kosna.audit.models import Entry
from kosna.branches.models import BranchNotice
from kosna.core import clock
from tests.conftest import Cast

pytestmark = pytest.mark.django_db


def typed(cast: Cast, **changes: Any) -> dict[str, Any]:
    return {
        "branch": cast.busan.pk,
        "title_ko": "사무실 운영 시간",
        "title_en": "Office hours",
        "body_ko": "오전 10시부터\n\n<b>오후 6시</b>까지",
        "valid_from": str(clock.today()),
        **changes,
    }


def announced(cast: Cast, **changes: Any) -> BranchNotice:
    facts = {
        "branch": cast.busan,
        "title_ko": "공지",
        "body_ko": "알립니다.",
        "valid_from": clock.today(),
        "written_by": cast.officer,
        **changes,
    }
    return BranchNotice.objects.create(**facts)


def test_notice_stands_on_the_page_of_its_branch(cast: Cast, login: Any, client: Client) -> None:
    response = login("officer").post("/staff/notices/new/", typed(cast))
    notice = BranchNotice.objects.get()
    assert response["Location"] == f"/staff/notices/{notice.pk}/"
    assert notice.written_by == cast.officer
    page = client.get("/branches/busan/").content.decode()
    assert "사무실 운영 시간" in page and "&lt;b&gt;오후 6시" in page  # text, and nothing else
    client.cookies["language"] = "en"
    assert "Office hours" in client.get("/branches/busan/").content.decode()
    assert notice not in client.get("/branches/daegu/").context["notices"]
    entry = Entry.objects.get(verb="branches.write_notice")
    assert entry.branch == cast.busan and "title_ko" in entry.facts["changed"]


def test_branch_writes_for_itself_alone(cast: Cast, login: Any) -> None:
    refused = login("officer").post("/staff/notices/new/", typed(cast, branch=cast.daegu.pk))
    assert refused.status_code == 422 and set(refused.context["form"].errors) == {"branch"}
    there = announced(cast, branch=cast.daegu)
    assert login("officer").get(f"/staff/notices/{there.pk}/").status_code == 404
    assert list(login("officer").get("/staff/notices/").context["page"]) == []
    assert list(login("head_office").get("/staff/notices/").context["page"]) == [there]


@pytest.mark.parametrize(
    ("first", "last", "state"),
    [(0, None, "shown"), (-5, 0, "shown"), (1, None, "planned"), (-5, -1, "over")],
)
def test_state_follows_from_the_days(
    cast: Cast, client: Client, first: int, last: int | None, state: str
) -> None:
    today = clock.today()
    notice = announced(
        cast,
        valid_from=today + timedelta(days=first),
        valid_to=None if last is None else today + timedelta(days=last),
    )
    assert notice.state == state
    for each in BranchNotice.State:
        found = BranchNotice.objects.in_state(each, today)
        assert list(found) == ([notice] if each == state else [])
    shown = list(client.get("/branches/busan/").context["notices"])
    assert shown == ([notice] if state == "shown" else [])


def test_withdrawn_notice_leaves_the_page_and_stays_on_record(
    cast: Cast, login: Any, client: Client
) -> None:
    notice, officer = announced(cast), login("officer")
    assert officer.post(f"/staff/notices/{notice.pk}/withdraw/").status_code == 302
    notice.refresh_from_db()
    assert notice.state == "withdrawn" and notice.withdrawn_by == cast.officer
    assert list(client.get("/branches/busan/").context["notices"]) == []
    assert Entry.objects.filter(verb="branches.withdraw_notice").count() == 1
    again = officer.post(f"/staff/notices/{notice.pk}/", typed(cast))
    assert again.status_code == 422
    assert officer.post(f"/staff/notices/{notice.pk}/withdraw/").status_code == 303
    assert Entry.objects.filter(verb="branches.withdraw_notice").count() == 1


def test_last_day_lies_after_the_first(cast: Cast, login: Any) -> None:
    today = clock.today()
    refused = login("officer").post(
        "/staff/notices/new/", typed(cast, valid_to=str(today - timedelta(days=1)))
    )
    assert set(refused.context["form"].errors) == {"valid_to"}


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_have_a_constant_query_count(
    cast: Cast, login: Any, client: Client, rows: int, django_assert_num_queries: Any
) -> None:
    for _number in range(rows):
        announced(cast)
    officer = login("officer")
    officer.get("/staff/notices/")
    with django_assert_num_queries(5):
        officer.get("/staff/notices/")
    with django_assert_num_queries(7):
        client.get("/branches/busan/")
