"""Why can this person read that file of an event? The desk's answer, and the trace of the look."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events import materials
from events.explaining import explain
from events.models import CheckIn, Event
from kosna.audit.models import Entry, Look
from kosna.core import clock
from tests import factories

URL = "/staff/events/past/materials/access/"


@pytest.fixture
def past(cast):
    return factories.make_event(
        "past", branch=cast.busan, starts_at=clock.now() - timedelta(days=9)
    )


@pytest.fixture
def ticket(past):
    return factories.make_ticket(past, capacity=20)


def come(place, by):
    CheckIn.objects.create(registration=place, by=by)
    return place


def explained(event: Event, person):
    [row] = explain(materials.of_event(event), event, person, clock.now())
    return row.explanation


@pytest.mark.parametrize(
    "rule",
    [
        {"is_public": True},
        {"for_those_who_came": True},
        {"for_those_who_came": True, "tiers": True},
        {"for_those_who_came": False, "tiers": True},
    ],
    ids=["everyone", "came", "came or tier", "tier"],
)
def test_the_last_word_is_that_of_the_page_and_some_way_leads_there(
    cast, login, past, ticket, rule
):
    come(factories.make_place(ticket, cast.account), cast.officer)
    factories.make_place(ticket, cast.associate)
    tiers = (cast.regular_tier,) if rule.pop("tiers", False) else ()
    material = factories.make_material(past, by=cast.officer, tiers=tiers, **rule)
    for who in ("account", "associate", "regular", "lapsed", "company_seat"):
        told = explained(past, getattr(cast, who))
        answer = login(who).get(material.get_absolute_url())
        answer.getvalue()
        assert told.decision.allowed == (answer.status_code == 200)
        assert told.decision.allowed == any(way.opens for way in told.ways)
        assert told.decision.allowed or told.decision.reason in answer.getvalue().decode()


@pytest.mark.miscounts
def test_presence_is_told_place_by_place(cast, past, ticket):
    factories.make_material(past, by=cast.officer, for_those_who_came=True)
    stayed = factories.make_place(ticket, cast.associate)
    gone = factories.make_place(ticket, cast.lapsed, status="cancelled", released_at=clock.now())
    come(gone, cast.officer)
    come(factories.make_place(ticket, email=cast.regular.email.upper()), cast.officer)
    told = {
        who: explained(past, getattr(cast, who)).ways[1]
        for who in ("account", "associate", "lapsed", "regular")
    }
    assert not any(way.opens for way in told.values())
    assert told["account"].because == "이 사람의 참가 자리가 없음"
    assert told["associate"].because == "참가 자리는 있으나 입장 확인이 없음"
    assert gone.get_status_display() in told["lapsed"].because
    assert "계정과 연결되지 않은 참가권" in told["regular"].because
    come(stayed, cast.officer)
    assert explained(past, cast.associate).ways[1].opens


def test_the_desk_asks_for_a_person_and_the_look_is_on_record(cast, past, login):
    factories.make_material(past, by=cast.officer, for_those_who_came=True)
    client = login("officer")
    assert URL in client.get(reverse("events_staff:materials", args=["past"])).content.decode()
    assert client.get(URL).context["explained"] == []
    nobody = client.get(URL, {"who": "regular"})
    assert (nobody.context["person"], list(nobody.context["form"].errors)) == (None, ["who"])
    assert not Look.objects.exists()
    for who in (cast.regular.email.upper(), cast.regular_member.number):
        page = client.get(URL, {"who": who})
        assert page.context["person"] == cast.regular
        assert "읽을 수 없습니다" in page.content.decode()
    entry = Entry.objects.filter(verb="privacy.view").latest("pk")
    assert (entry.actor_id, entry.target_id, entry.subjects) == (
        cast.officer.pk,
        str(past.pk),
        [cast.regular.pk],
    )


def test_of_strangers_a_branch_learns_no_more_than_of_nobody(cast, past, ticket, login):
    stranger = cast.other_officer  # of Daegu, and no member of Busan

    def asked(who: str, about: str) -> tuple:
        page = login(who).get(URL, {"who": about})
        return page.context["person"], [str(e) for e in page.context["form"].errors.get("who", [])]

    unknown = asked("officer", "nobody@example.test")
    assert unknown == (None, ["이 이메일이나 회원번호로 등록된 사람이 없습니다."])
    assert asked("officer", stranger.email) == unknown
    assert not Look.objects.filter(user_id=stranger.pk).exists()
    assert asked("head_office", stranger.email) == (stranger, [])
    factories.make_place(ticket, stranger)
    assert asked("officer", stranger.email) == (stranger, [])


def test_of_a_draft_it_says_that_nobody_sees_its_files(cast, past, login):
    factories.make_material(past, by=cast.officer, is_public=True)
    Event.objects.update(status=Event.Status.DRAFT)
    assert "아직 공개하지 않은" in login("officer").get(URL).content.decode()


def test_three_files_take_as_many_statements_as_one(cast, past, ticket, login):
    come(factories.make_place(ticket, cast.regular), cast.officer)
    client, counts = login("officer"), []
    for more in (1, 2):
        for _n in range(more):
            factories.make_material(past, by=cast.officer, tiers=(cast.regular_tier,))
        client.get(URL, {"who": cast.regular.email})
        with CaptureQueriesContext(connection) as captured:
            page = client.get(URL, {"who": cast.regular.email})
        counts.append(len(captured))
    assert len(page.context["explained"]) == 3
    assert counts[0] == counts[1]
