"""The desk's queue of requests for places: the membership behind each, and in which order."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from events import actions
from events.models import PlaceRequest, Ticket
from tests import factories
from tests.conftest import Cast
from tests.events.test_registering import FRIEND
from tests.events.test_requests import ask
from tests.members.test_desk import queries_of

QUEUE = "/staff/events/conference/requests/"


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    event = factories.make_event("conference", branch=cast.busan)
    return factories.make_ticket(event, needs_approval=True, prices={None: 55_000})


def listed(office: Client, query: str = "") -> list[str]:
    return [row.user.name for row in office.get(QUEUE + query).context["page"]]


def row_of(page: str, name: str) -> str:
    return page.partition(f'<th scope="row">{name}')[2].partition("</tr>")[0]


def test_the_desk_sees_who_asked_by_time_or_by_the_rule_of_the_waiting_list(
    cast: Cast, login, ticket
) -> None:
    """By tier and seniority, as far as a membership gives priority now, and then by time."""
    old = factories.make_user("오랜회원")
    factories.make_member(old, tier=cast.regular_tier, joined_on=date(2010, 3, 1))
    for user in (cast.account, cast.lapsed, cast.associate, cast.regular, old):
        ask(ticket, user, FRIEND)
    declined = PlaceRequest.objects.get(user=cast.associate)
    actions.decline_request(declined, reason="사유", by=cast.officer)
    office = login("officer")
    assert listed(office) == ["account", "lapsed", "regular", "오랜회원", "associate"]
    by_rank = ["오랜회원", "regular", "account", "lapsed", "associate"]
    assert listed(office, "?sort=rank") == by_rank
    assert listed(office, "?sort=nonsense") == listed(office)

    page = office.get(f"{QUEUE}?sort=rank").content.decode()
    assert all(words in row_of(page, "오랜회원") for words in ("regular", "정상", "2010-03-01"))
    assert "정상" not in row_of(page, "lapsed") and "2020-01-01" in row_of(page, "lapsed")
    assert "비회원" in row_of(page, "account")
    asked = PlaceRequest.objects.get(user=old)
    approve = reverse("events_staff:request-approve", args=["conference", asked.pk])
    assert f"{approve}?sort=rank" in page
    assert office.post(f"{approve}?sort=rank").url == f"{QUEUE}?sort=rank"


@pytest.mark.parametrize("query", ["", "?sort=rank"])
def test_the_queue_takes_constant_statements_in_either_order(
    cast: Cast, login, ticket, query
) -> None:
    office, counts = login("officer"), set()
    for total in (1, 3):
        while PlaceRequest.objects.count() < total:
            ask(ticket, factories.make_member(tier=cast.regular_tier).user, FRIEND)
        counts.add(queries_of(office, QUEUE + query))
    assert len(counts) == 1
