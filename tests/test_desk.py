"""The desk: what waits today, for whoever may decide it."""

from datetime import timedelta
from typing import Any

from django.test import Client

from events import actions as events
from kosna.core import clock
from research import actions as research
from research.models import Report
from tests import factories
from tests.conftest import Cast
from tests.events.test_registering import ME


def queue(client: Client, name: str) -> Any:
    return next(
        (one for one in client.get("/staff/").context["queues"] if one["queue"].name == name), None
    )


def rows(client: Client, name: str) -> list[int]:
    return [row.pk for row in queue(client, name)["rows"]]


def test_a_report_in_review_waits_for_whoever_did_not_write_it(cast: Cast, login: Any) -> None:
    report = factories.make_report("waits", status=Report.Status.DRAFT, published_at=None)
    factories.make_report("draft", status=Report.Status.DRAFT, published_at=None)
    research.submit_report(report, by=cast.editor)
    assert rows(login("head_office"), "reports") == [report.pk]
    assert f"/staff/reports/{report.pk}/" in login("head_office").get("/staff/").content.decode()
    assert rows(login("editor"), "reports") == []  # their own: another person approves it
    assert queue(login("officer"), "reports") is None
    assert queue(login("auditor"), "reports") is None
    listed = login("head_office").get(queue(login("head_office"), "reports")["queue"].url)
    assert [row.pk for row, _readers, _taken in listed.context["rows"]] == [report.pk]

    research.approve_report(report, by=cast.head_office)
    research.withdraw_report(report, reason="오류", by=cast.head_office)
    research.submit_report(report, by=cast.head_office)
    assert rows(login("editor"), "reports") == [report.pk]
    assert rows(login("head_office"), "reports") == []


def test_requests_for_places_wait_for_the_branch(cast: Cast, login: Any) -> None:
    event = factories.make_event("conference", branch=cast.busan)
    factories.make_event("quiet", branch=cast.busan)
    ticket = factories.make_ticket(event, needs_approval=True, prices={None: 55_000})
    asked = events.request_places(ticket=ticket, attendees=[ME], by=cast.regular)
    assert rows(login("officer"), "requests") == [asked.pk]
    assert "/staff/events/conference/requests/" in login("officer").get("/staff/").content.decode()
    assert rows(login("other_officer"), "requests") == []
    assert queue(login("doorkeeper"), "requests") is None
    listed = login("officer").get(queue(login("officer"), "requests")["queue"].url)
    assert [row.slug for row in listed.context["page"]] == ["conference"]

    events.decline_request(asked, reason="마감", by=cast.officer)
    assert rows(login("officer"), "requests") == []


def test_what_is_to_come_is_not_said_to_wait(cast: Cast, login: Any) -> None:
    factories.make_event("soon", starts_at=clock.now() + timedelta(days=9))
    hints = {
        one["queue"].name: str(one["queue"].hint)
        for one in login("head_office").get("/staff/").context["queues"]
    }
    assert {name for name, hint in hints.items() if hint != hints["applications"]} == {
        "terms",
        "expiring",
        "events",
    }
