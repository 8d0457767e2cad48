"""The home page is kept for visitors until something on it changes."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.test import Client

from events import actions
from events.models import Ticket
from kosna.branch_notices import withdraw_notice
from kosna.branches.models import BranchNotice
from kosna.core import clock
from kosna.views import home
from research.models import Report
from tests import factories
from tests.conftest import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.miscounts
def test_every_change_of_what_is_shown_is_another_version(django_assert_num_queries: Any) -> None:
    versions = [home.version()]
    event = factories.make_event("talk")
    versions.append(home.version())
    ticket = factories.make_ticket(event)
    Ticket.objects.filter(pk=ticket.pk).update(taken=1)
    versions.append(home.version())
    actions.touch(event)
    versions.append(home.version())
    reports = [factories.make_report(f"report-{number}") for number in range(2)]
    versions.append(home.version())
    Report.objects.filter(pk=reports[0].pk).update(version=F("version") + 1)
    versions.append(home.version())
    Report.objects.filter(pk=reports[1].pk).update(status=Report.Status.WITHDRAWN)
    versions.append(home.version())
    assert len(set(versions)) == len(versions), versions
    with django_assert_num_queries(1):
        assert home.version() == versions[-1]


def test_notices_of_the_branches_stand_there_in_their_days(cast: Cast, login: Any) -> None:
    today = clock.today()

    def announced(title: str, days: int) -> BranchNotice:
        return BranchNotice.objects.create(
            branch=cast.busan, title_ko=title, body_ko="글", written_by=cast.officer,
            valid_from=today + timedelta(days=days),
        )  # fmt: skip

    def shown() -> tuple[str, list[str]]:
        page = Client().get("/").content.decode()
        return home.version(), [title for title in ("이제", "나중") if title in page]

    nothing = shown()
    now, _later = announced("이제", 0), announced("나중", 1)
    told = shown()
    assert (nothing[1], told[1]) == ([], ["이제"])
    assert "공지사항</h2>" in Client().get("/").content.decode()
    changed = {"title_ko": "이제", "body_ko": "다른 글", "valid_from": str(today)}
    login("officer").post(f"/staff/notices/{now.pk}/", changed)
    assert shown()[0] not in (nothing[0], told[0])
    withdraw_notice(now, by=cast.officer)
    assert shown() == nothing


def test_a_readers_own_priority_is_shown_however_far_ahead(cast: Cast, login: Any) -> None:
    now = clock.now()
    for ahead in (1, 2, 3, 4):
        factories.make_event(f"soon-{ahead}", starts_at=now + timedelta(days=ahead))
    opening = factories.make_clock(
        {cast.regular_tier: now - timedelta(days=1), None: now + timedelta(days=1)}
    )
    far = factories.make_event("far", starts_at=now + timedelta(days=90), clock=opening)
    factories.make_ticket(far)

    def shown(client: Client) -> tuple[list[str], Any]:
        context = client.get("/").context
        early = context["early"]
        return [one.event.slug for one in context["invitations"]], early and early.event

    assert shown(login("regular")) == (["soon-1", "soon-2", "far"], far)
    assert shown(login("lapsed")) == (["soon-1", "soon-2", "soon-3"], None)
    assert shown(login("account")) == (["soon-1", "soon-2", "soon-3"], None)
    opening.openings.filter(tier=None).update(opens_at=now)
    assert shown(login("regular")) == (["soon-1", "soon-2", "soon-3"], None)


@pytest.mark.parametrize("page", ["bylaws", "ci"])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_site_map_has_its_pages(client: Client, page: str, language: str) -> None:
    client.cookies["language"] = language
    assert client.get(f"/about/{page}/").status_code == 200
