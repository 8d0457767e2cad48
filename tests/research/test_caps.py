"""How many copies one reader takes: in a day, of one report in an hour, and of both at once."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.test import Client

from kosna.accounts.models import User
from kosna.core import clock
from members.models import Seat
from research import caps
from research.actions import copies
from research.models import DailyCap, Download, Report
from tests import factories
from tests.conftest import Cast
from tests.events.test_rushes import BACKEND, at_once


def take(client: Client, slug: str, method: str = "get") -> int:
    return getattr(client, method)(f"/research/{slug}/download/").status_code


def test_what_was_taken_today_is_given_again_when_the_cap_is_lowered(
    cast: Cast, login, make_report
) -> None:
    for slug in ("first", "second", "third", "fourth"):
        make_report(slug)
    client = login("regular")
    assert [take(client, slug) for slug in ("first", "second", "third")] == [200] * 3
    own = {"everyone": "30", f"tier_{cast.regular_tier.pk}": "2"}
    login("editor").post("/staff/reports/caps/", own)
    assert [take(client, slug) for slug in ("first", "third", "fourth")] == [200, 200, 403]


def test_head_is_told_what_get_would_be(cast: Cast, login, make_report, monkeypatch) -> None:
    for slug in ("first", "second"):
        make_report(slug)
    DailyCap.objects.create(tier=None, copies=1)
    monkeypatch.setattr(caps, "MOST_ANEW", 2)
    client = login("account")

    def told() -> list[int]:
        return [take(client, slug, "head") for slug in ("first", "second")]

    assert told() == [200, 200]
    take(client, "first")
    assert told() == [200, 403]
    take(client, "first")
    assert told() == [429, 403]
    assert [take(client, slug) for slug in ("first", "second")] == [429, 403]
    assert Download.objects.count() == 2


def test_whoever_has_two_memberships_has_the_more_generous_cap(cast: Cast, make_report) -> None:
    """A tier without a number follows everyone else; that is more than the other tier's, too."""
    DailyCap.objects.create(tier=cast.associate_tier, copies=2)
    associate = factories.make_member(tier=cast.associate_tier).user
    assert caps.cap_of(associate, clock.now()) == 2
    Seat.objects.filter(member=cast.company, user=cast.company_seat).update(user=associate)
    both = User.objects.get(pk=associate.pk)
    assert caps.cap_of(both, clock.now()) == caps.USUAL


def test_the_office_is_told_who_has_taken_as_many_as_one_may(
    cast: Cast, login, make_report, monkeypatch
) -> None:
    for slug in ("first", "second"):
        make_report(slug)
    DailyCap.objects.create(tier=None, copies=1)
    monkeypatch.setattr(caps, "MOST_ANEW", 1)
    take(login("regular"), "first")
    desk = login("editor")
    for slug, words in (("first", "한 시간"), ("second", "하루")):
        report = Report.objects.get(slug=slug)
        page = desk.get(f"/staff/reports/{report.pk}/access/?who={cast.regular.email}")
        decision = page.context_data["explanation"].decision
        assert (decision.allowed, decision.code) == (False, "capped")
        assert words in decision.reason
        assert "1건 중 1건" in page.content.decode()
    User.objects.filter(pk=cast.regular.pk).update(is_active=False)
    page = desk.get(f"/staff/reports/{report.pk}/access/?who={cast.regular.email}")
    assert page.context_data["explanation"].decision.code == "blocked"
    assert "정지된 계정" in page.content.decode()


def test_one_report_is_taken_so_often_an_hour(cast: Cast, login, make_report, monkeypatch) -> None:
    monkeypatch.setattr(caps, "MOST_ANEW", 2)
    for slug in ("first", "second"):
        make_report(slug)
    client = login("regular")
    assert [take(client, "first") for _time in range(3)] == [200, 200, 429]
    over = client.get("/research/first/download/")
    assert (over["Retry-After"], "한 시간" in over.content.decode()) == ("3600", True)
    assert take(client, "second") == take(login("account"), "first") == 200
    assert client.get("/research/first/download/", headers={"Range": "bytes=1-"}).status_code == 206
    with clock.standing_at(clock.now() + timedelta(minutes=61)):
        assert take(client, "first") == 200


def many_clicks(make_report: Callable[..., Report], monkeypatch: Any) -> Counter[object]:
    """Five reports at once where one is allowed, each of them past the first question."""
    DailyCap.objects.create(tier=None, copies=1)
    user, meeting, stamped = factories.make_user(), Barrier(5), copies._stamped

    def waits(*facts: Any) -> bytes:
        meeting.wait(30)
        return stamped(*facts)

    monkeypatch.setattr(copies, "_stamped", waits)
    calls = []
    for number in range(5):
        make_report(f"report-{number}")
        client = Client()
        client.force_login(user, backend=BACKEND)
        calls.append(lambda client=client, slug=f"report-{number}": take(client, slug))
    return Counter(at_once(*calls))


@pytest.mark.django_db(transaction=True)
def test_parallel_clicks_do_not_pass_the_cap(make_report, monkeypatch) -> None:
    assert many_clicks(make_report, monkeypatch) == {200: 1, 403: 4}
    assert Download.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_twin_whoever_asks_only_once_passes_it(make_report, monkeypatch) -> None:
    monkeypatch.setattr(copies, "_look_again", lambda *facts: None)
    assert many_clicks(make_report, monkeypatch) == {200: 5}
