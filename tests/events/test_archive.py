"""What was held: found by year, kind and words; files as this reader may have them."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from events.models import CheckIn, Event, Speaker
from kosna.core import clock
from tests import factories
from tests.members.test_desk import queries_of

URL = "/events/archive/"


def past(slug, day, **fields):
    starts_at = datetime.fromisoformat(f"{day}T10:00").replace(tzinfo=clock.KST)
    return factories.make_event(slug, starts_at=starts_at, **fields)


@pytest.fixture
def archive(cast):
    """New Year's Eve in Korea is still that year, whatever UTC says."""
    seminar = past("a", "2012-01-01", kind=Event.Kind.SEMINAR, title_ko="새해 세미나")
    Event.objects.filter(pk=seminar.pk).update(
        starts_at=datetime(2012, 1, 1, 0, 30, tzinfo=clock.KST)
    )
    talk = past("b", "2011-11-15", branch=cast.busan, title_ko="여론 컨퍼런스")
    Speaker.objects.create(event=talk, name_ko="편아인")
    past("draft", "2011-05-05", status=Event.Status.DRAFT, title_ko="초안")
    factories.make_event("soon", title_ko="앞으로의 행사")
    return seminar


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["a", "b"]),
        ("?year=2012", ["a"]),
        ("?year=2011", ["b"]),
        ("?kind=seminar", ["a"]),
        ("?branch=busan", ["b"]),
        ("?q=여론", ["b"]),
        ("?q=편아인", ["b"]),
        ("?q=편아인+컨퍼런스", ["b"]),
        ("?q=초안", []),
        ("?year=nonsense", ["a", "b"]),
    ],
)
def test_the_archive_is_searched(archive, login, query, found):
    page = login("visitor").get(URL + query).context["page"]
    assert [event.slug for event in page] == found


def test_files_open_to_those_who_may_have_them(cast, archive, login):
    open_one, own = (
        factories.make_material(archive, by=cast.officer, title_ko=title, is_public=public)
        for title, public in (("안내문", True), ("발표문", False))
    )
    place = factories.make_place(factories.make_ticket(archive), cast.regular)
    CheckIn.objects.create(registration=place, by=cast.doorkeeper)

    def addresses(name):
        text = login(name).get(URL).content.decode()
        assert "발표문" in text
        rows = (open_one, own)
        return [reverse("events:material", args=["a", row.pk]) in text for row in rows]

    assert addresses("visitor") == addresses("account") == [True, False]
    assert addresses("regular") == [True, True]


def test_the_archive_takes_as_many_statements_for_one_as_for_three(cast, archive, login):
    counts = []
    for n in range(3):
        event = past(f"n{n}", f"20{13 + n}-03-03")
        factories.make_material(event, by=cast.officer, tiers=(cast.regular_tier,))
        counts.append(queries_of(login("regular"), URL))
    assert len(set(counts)) == 1


def test_what_lies_ahead_is_not_in_the_archive(archive, login):
    assert "앞으로의 행사" not in login("visitor").get(URL).content.decode()
    Event.objects.filter(slug="soon").update(
        starts_at=clock.now() - timedelta(days=2), ends_at=clock.now() - timedelta(days=1)
    )
    assert "앞으로의 행사" in login("visitor").get(URL).content.decode()
